import { availableParallelism } from "node:os";
import { Command, CommanderError, Option } from "commander";
import { complain, EXIT, type ExitStatus } from "../cli/exit-status.ts";
import { listOf, parseCount, parsePath } from "../cli/options.ts";
import { count } from "../report/statistics.ts";
import { SUBJECTS } from "../subjects/registry.ts";
import { success } from "../trace/result.ts";
import { compare } from "./comparison.ts";
import { Ledger, type Selection, trialsOf } from "./ledger.ts";
import { appendRecord, lineOf, readRecords } from "./records.ts";
import { runTrials } from "./run-trials.ts";
import { SPACE_SIZES, type SpaceSize } from "./space-size.ts";
import { STRATEGY_NAMES, type StrategyName } from "./strategies.ts";
import { tableOf } from "./table.ts";
import type { Trial } from "./trial.ts";

const SEEDS = 100;
const BUDGET = 1_000_000;

/** What the command line asks for. */
interface Options {
  readonly only: readonly string[];
  readonly space: readonly SpaceSize[];
  readonly strategies: readonly StrategyName[];
  readonly seeds?: number;
  readonly budget?: number;
  readonly workers: number;
  readonly out?: string;
  readonly table?: readonly string[];
  readonly json: boolean;
}

const PROGRAM = "npm run -s bench:power --";

const HELP = `
Each trial searches for one planted defect in one space, with one strategy and
one seed, until something is found or the budget is spent, and shrinks nothing.
docs/power.md says how each strategy draws. All trials with the default budget
take days: have them appended to a file, and go on another time.

Examples:
  ${PROGRAM} --seeds 10 --budget 50000 --only memory-set
  ${PROGRAM} --out power.jsonl                  what the file has is left out
  ${PROGRAM} --out small.jsonl --space small    a part of it, on one machine
  ${PROGRAM} --out ours.jsonl --strategies ours a part of it, on another
  ${PROGRAM} --table small.jsonl ours.jsonl     the table of what is there`;

/** Runs the power bench with these arguments, and gives its exit status. */
export async function runBench(args: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.environment;
  const command = benchCommand(async (options) => {
    status = await measure(options);
  });
  try {
    await command.exitOverride().parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.agree : EXIT.usage;
  }
}

async function measure(options: Options): Promise<ExitStatus> {
  const ledger = new Ledger();
  const { table, out } = options;
  for (const file of table ?? (out === undefined ? [] : [out])) {
    const records = await readRecords(file);
    if (!records.ok) return complain(records.error);
    if (table && records.value.length === 0) return complain(`${file}: there are no trials`);
    for (const record of records.value) ledger.add(record);
  }
  const selection = selectionOf(options, ledger);
  if (selection.defects.length === 0)
    return complain("--only chooses no defect; npm run -s mapcheck -- subjects lists them");
  if (table && selection.budget > ledger.limit) {
    return complain(`--budget is at most ${ledger.limit} for these files: with that a trial found nothing`);
  }
  const trials = trialsOf(selection);
  if (table === undefined) {
    const missing = trials.filter((trial) => ledger.find(trial) === undefined);
    const ran = await runTrials(missing, options.workers, async (record) => {
      ledger.add(record);
      return out === undefined ? success(undefined) : appendRecord(out, record);
    });
    if (!ran.ok) return complain(ran.error);
  }
  print(trials, selection, ledger, options.json);
  return EXIT.agree;
}

/** Of a table, all that the files have, unless less is asked for. */
function selectionOf({ only, space, strategies, seeds, budget, table }: Options, ledger: Ledger): Selection {
  const planted = SUBJECTS.filter(({ killedBy }) => killedBy !== undefined);
  const isWanted = (text: string) => only.length === 0 || only.some((part) => text.includes(part));
  return {
    defects: planted.filter(({ name, surface }) => isWanted(`${surface} ${name}`)),
    spaces: space,
    strategies,
    seeds: seeds ?? (table ? ledger.seeds : SEEDS),
    budget: budget ?? (table ? ledger.budget : BUDGET),
  };
}

function print(trials: readonly Trial[], { spaces, budget }: Selection, ledger: Ledger, json: boolean): void {
  const records = trials.map((trial) => ledger.findStopped(trial)).filter((record) => record !== undefined);
  if (json) return void process.stdout.write(records.map(lineOf).join(""));
  for (const space of spaces) {
    const comparison = compare(space, budget, records);
    const wanted = trials.filter((trial) => trial.space === space).length;
    if (comparison.rows.length > 0) process.stdout.write(`${tableOf(comparison, wanted)}\n`);
  }
}

function benchCommand(action: (options: Options) => Promise<void>): Command {
  return new Command("bench:power")
    .usage("[options]")
    .description("Measures how many commands it takes to find each planted defect.")
    .addOption(
      new Option(
        "--only <text>",
        "a part of the name of a defect, or of its surface; can be given several times",
      )
        .argParser((text: string, before: readonly string[]) => [...before, text])
        .default([], "all"),
    )
    .addOption(
      new Option("--space <list>", `how large the space is, of ${SPACE_SIZES.join(",")}`)
        .argParser(listOf("spaces", SPACE_SIZES))
        .default(SPACE_SIZES, "both"),
    )
    .addOption(
      new Option("--strategies <list>", `how commands are drawn, of ${STRATEGY_NAMES.join(",")}`)
        .argParser(listOf("strategies", STRATEGY_NAMES))
        .default(STRATEGY_NAMES, "all"),
    )
    .addOption(
      new Option("--seeds <count>", `how many trials of each (default: ${SEEDS})`).argParser(parseCount),
    )
    .addOption(
      new Option("--budget <commands>", `how far a trial goes (default: ${count(BUDGET)})`).argParser(
        parseCount,
      ),
    )
    .addOption(
      new Option("--workers <count>", "how many threads run trials")
        .argParser(parseCount)
        .default(availableParallelism(), "as many as there are cores"),
    )
    .addOption(
      new Option("--out <file>", "append each trial to this file, and leave out those that it has").argParser(
        parsePath,
      ),
    )
    .option("--table <files...>", "run nothing: make the table of these files")
    .option("--json", "print one line of JSON for each trial, instead of the table", false)
    .addHelpText("after", HELP)
    .action(action);
}
