import type { Driver, PastRun } from "../execute/driver.ts";
import type { Runner } from "../execute/runner.ts";
import { type Counterexample, sameFinding } from "../shrink/same-finding.ts";
import type { Finding } from "../trace/finding.ts";
import type { Request } from "../trace/request.ts";
import { Pace } from "./pace.ts";

/** What it takes to see a finding again. */
export interface Recurrence {
  /** The earlier runs that it needs, in their order; mostly none. */
  readonly before: readonly PastRun[];
  /** Whether it came back at all. */
  readonly stable: boolean;
}

/**
 * Runs the earlier runs and then the trace, on an implementation that has done nothing before. What shows only when
 * the implementation is told to end counts too.
 */
export async function runAfter(
  before: readonly PastRun[],
  runner: Runner,
  requests: readonly Request[],
  driver: Driver,
): Promise<Finding | undefined> {
  await driver.renew();
  const earlier = before.map((run) => driver.runnerIn(run.space).begin(run.requests));
  for (const flight of earlier) await flight();
  const finding = await runner.begin(requests)();
  if (finding) return finding;
  const late = await driver.renew();
  return late?.requests === requests ? late.finding : undefined;
}

/**
 * Looks for the fewest earlier runs with which a finding comes back, twice: once may be chance. `earlier` gives all that
 * there were.
 */
export async function findRecurrence(
  found: Counterexample,
  runner: Runner,
  earlier: () => readonly PastRun[],
  driver: Driver,
  pace = new Pace(),
): Promise<Recurrence> {
  const hangs = isAwaitedInVain(found.finding);
  const deadline = pace.seconds + driver.shrinkSeconds;
  if (hangs) driver.beImpatient(true);
  const recurs = async (before: readonly PastRun[]) => {
    const finding = await runAfter(before, runner, found.requests, driver);
    return finding !== undefined && sameFinding(found, { requests: found.requests, finding });
  };
  const isTimeUp = () => pace.stopped || pace.seconds > deadline;
  const recursTwice: Recurs = async (runs) => (await recurs(runs)) && (await recurs(runs));
  const before = await whatItTakes(earlier, recursTwice, isTimeUp);
  if (hangs) driver.beImpatient(false);
  return { before: before ?? [], stable: before !== undefined };
}

/**
 * Whether what shows the finding is that nothing comes: no answer at all, or not one line more. To see it again and
 * again takes the time limit each time.
 */
export function isAwaitedInVain({ kind }: Finding): boolean {
  return kind === "hang" || kind === "out-of-step";
}

/** Whether a finding comes back after these runs. */
type Recurs = (before: readonly PastRun[]) => Promise<boolean>;

/** Few of the runs, the latest, with which the finding recurs; `undefined` where it doesn't with all of them. */
async function whatItTakes(
  earlier: () => readonly PastRun[],
  recurs: Recurs,
  isTimeUp: () => boolean,
): Promise<readonly PastRun[] | undefined> {
  if (await recurs([])) return [];
  const all = earlier();
  for (let count = 1; ; count *= 4) {
    const last = all.slice(-count);
    if (last.length > 0 && (await recurs(last))) return fewest(last, recurs, isTimeUp);
    if (count >= all.length) return undefined;
  }
}

/** Leaves out as many of the runs as can be, in ever smaller pieces, as long as the finding recurs and there is time. */
async function fewest(
  runs: readonly PastRun[],
  recurs: Recurs,
  isTimeUp: () => boolean,
): Promise<readonly PastRun[]> {
  let needed = runs;
  for (let size = Math.ceil(needed.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < needed.length && !isTimeUp(); ) {
      const fewer = needed.toSpliced(from, size);
      if (needed.length > 1 && (await recurs(fewer))) needed = fewer;
      else from += size;
    }
  }
  return needed;
}
