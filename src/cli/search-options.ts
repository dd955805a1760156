/** What the command line asks of a search, be it by `fuzz` or by `verify`. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Budget } from "../explore/campaign.ts";
import type { Shard } from "../explore/units.ts";
import { DEFAULT_MAX_COMMANDS } from "../generate/trace.ts";
import { addCorpusOptions, type CorpusOptions } from "./corpus-options.ts";
import {
  MAX_COMMANDS,
  parseCount,
  parseDuration,
  parseMaxCommands,
  parsePath,
  parseShard,
} from "./options.ts";
import { addReportOptions, type ReportOptions } from "./session-reports.ts";
import { addSpaceOptions, type SpaceOptions } from "./space-options.ts";
import type { TargetOptions } from "./target.ts";

/** What the command line asks of `fuzz`. */
export interface FuzzOptions extends SpaceOptions, TargetOptions, CorpusOptions, ReportOptions {
  readonly seed?: string;
  readonly runs?: number;
  /** Seconds. */
  readonly time?: number;
  /** The search ends when the next run shows a new behaviour with a probability below this. */
  readonly untilRisk?: number;
  /** How many findings to go on to. */
  readonly maxFindings?: number;
  readonly maxCommands?: number;
  /** How many threads carry out random runs. */
  readonly workers?: number;
  readonly shard?: Shard;
  /** The file that keeps how far the campaign is. */
  readonly resume?: string;
  /** `all`: each trace is run again with every single failure of every command. */
  readonly inject?: "all";
  /** How findings are shrunk: by small changes only, or until none can be shorter, however long it takes. */
  readonly minimize?: "greedy" | "exact";
  /** Whether to go on after a finding. */
  readonly keepGoing?: boolean;
  /** Whether an interruption means failure. */
  readonly isGate?: boolean;
}

/** How long a session without a budget of its own takes, in seconds. */
const DEFAULT_SECONDS = 10;
/** How many random traces a session without a budget of its own runs when every failure is injected. */
export const DEFAULT_INJECTED_RUNS = 1000;

/** Adds the options of a search: seed, budget, space, corpus and report. */
export function addSearchOptions(command: Command, seconds = DEFAULT_SECONDS): void {
  command
    .option(
      "--seed <text>",
      "any text; the same seed gives the same traces, if the other options are the same too (default: a fresh one, which is printed)",
    )
    .addOption(new Option("--runs <count>", "stop after this many random traces").argParser(parseCount))
    .addOption(
      new Option(
        "--time <duration>",
        `stop after this long: 500ms, 30s, 10m or 1h (default: ${seconds}s)`,
      ).argParser(parseDuration),
    )
    .addOption(
      new Option(
        "--max-commands <count>",
        `the longest trace, in commands, at most ${MAX_COMMANDS} (default: ${DEFAULT_MAX_COMMANDS})`,
      ).argParser(parseMaxCommands),
    )
    .addOption(
      new Option(
        "--inject <failures>",
        `all: also run each trace with every single failure of every command, one at a time`,
      ).argParser(parseInject),
    )
    .addOption(
      new Option(
        "--minimize <how>",
        "how findings are shrunk: greedy, by small changes; exact, and then, within 8 pages in this process, until it is proved that none is shorter (default: exact where it takes no more than about a second)",
      ).choices(["greedy", "exact"]),
    )
    .addOption(
      new Option(
        "--workers <count>",
        "how many threads carry out random runs, each with an implementation of its own (default: as many as there are cores)",
      ).argParser(parseCount),
    )
    .addOption(
      new Option(
        "--shard <part>",
        "the part of the random runs that is done here, as 1/4 for the first of four; all parts together are what one process does",
      ).argParser(parseShard),
    )
    .addOption(
      new Option(
        "--resume <file>",
        "keep in this file how far the search is, and go on from there if it exists: with the seed and the options that it was begun with",
      ).argParser(parsePath),
    );
  addSpaceOptions(command);
  addCorpusOptions(command);
  addReportOptions(command);
}

function parseInject(text: string): "all" {
  if (text === "all") return text;
  throw new InvalidArgumentError("write all");
}

/** Whether a search goes on after a finding. */
export function goesOn({ keepGoing = false, maxFindings }: FuzzOptions): boolean {
  return keepGoing || maxFindings !== undefined;
}

/** When the session ends, if nothing is found before. */
export function budgetOf({ runs, time, untilRisk, maxFindings, inject }: Limits): Budget {
  const isLimited = runs !== undefined || time !== undefined || untilRisk !== undefined;
  const usual =
    inject === undefined
      ? { runs: Number.POSITIVE_INFINITY, seconds: DEFAULT_SECONDS }
      : { runs: DEFAULT_INJECTED_RUNS, seconds: Number.POSITIVE_INFINITY };
  const limited = { runs: runs ?? Number.POSITIVE_INFINITY, seconds: time ?? Number.POSITIVE_INFINITY };
  return {
    ...(isLimited ? limited : usual),
    ...(untilRisk !== undefined && { risk: untilRisk }),
    ...(maxFindings !== undefined && { findings: maxFindings }),
  };
}

/** What ends a session. */
type Limits = Pick<FuzzOptions, "runs" | "time" | "untilRisk" | "maxFindings" | "inject">;
