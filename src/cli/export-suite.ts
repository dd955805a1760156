/** `check --export-suite`: a suite in place of a check. */
import type { CheckPlan } from "../check/check.ts";
import { conformanceSuite } from "../check/conformance.ts";
import { exportSuite } from "../check/export-suite.ts";
import { newSuiteTally } from "../check/suite-tally.ts";
import { Pace } from "../explore/pace.ts";
import { suiteProgress, suiteText } from "../report/check.ts";
import { progressOn } from "../report/progress.ts";
import { count } from "../report/statistics.ts";
import { escapeText } from "../trace/escape.ts";
import type { CheckOptions } from "./check.ts";
import { complain, EXIT, type ExitStatus } from "./exit-status.ts";
import { NOTHING } from "./scope-options.ts";
import { stopOnSignal } from "./signals.ts";

/** Which option says something of a check that a suite has nothing of, in a line for the user. */
export function conflictWithExport(options: CheckOptions): string | undefined {
  const { symmetry = false, commands = [], paths = false, depth, maxStates, time, workers } = options;
  if (symmetry) return "--export-suite takes every state for itself; leave --symmetry out";
  if (commands.includes("failures"))
    return "--export-suite writes commands without failures; leave failures out of --commands";
  if (paths) return "--export-suite takes commands in every state, not every sequence; leave --paths out";
  const bounds = { "--depth": depth, "--max-states": maxStates, "--time": time };
  const [bound] = Object.entries(bounds).find(([, limit]) => limit !== undefined) ?? [];
  if (bound !== undefined) return `--export-suite takes the scope to its end; leave ${bound} out`;
  if (options.require !== undefined) return "--export-suite checks nothing; leave --require out";
  return workers === undefined ? undefined : "--export-suite runs in one thread; leave --workers out";
}

/** Writes a suite, unless the first Ctrl-C comes before its end, and says what it is. */
export async function runExport(
  directory: string,
  { target: { driver }, scope }: CheckPlan,
  { json = false }: CheckOptions,
  print: (text: string) => void,
): Promise<ExitStatus> {
  const progress = progressOn(process.stderr);
  const tally = newSuiteTally();
  const pace = new Pace(() => progress.update(pace.seconds, () => suiteProgress(tally, pace.seconds)));
  const signals = stopOnSignal(pace, driver);
  try {
    const suite = await conformanceSuite(scope, driver.hello, pace, tally);
    if (suite?.traces.length === 0) return complain(NOTHING);
    const written = suite && (await exportSuite(directory, suite, driver.hello, pace, tally));
    progress.done();
    if (written?.ok === false) return complain(written.error);
    if (suite === undefined || tally.saved < suite.traces.length) {
      complain(interruption(directory, tally.saved));
      return EXIT.environment;
    }
    print(suiteText(directory, suite, json));
    return EXIT.agree;
  } finally {
    signals.release();
  }
}

function interruption(directory: string, saved: number): string {
  if (saved === 0) return "interrupted before anything was written";
  const traces = `${count(saved)} of its traces are in ${escapeText(directory)}`;
  return `interrupted before the suite was complete: ${traces}; the same command writes the others`;
}
