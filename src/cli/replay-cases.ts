/** What `replay` and `explain` share: the cases that somebody names, what they run on, and where that is shown. */
import { describeStale, type Replay, showsKnownBug } from "../explore/replay.ts";
import { type Paint, paintFor } from "../report/paint.ts";
import type { ReplayResult } from "../report/replay-result.ts";
import { STACK } from "../subjects/registry.ts";
import { printSpace } from "../trace/print.ts";
import { type Result, success } from "../trace/result.ts";
import type { Surface } from "../trace/space.ts";
import { type ByteStream, type CaseInput, type ReplayInput, readInputs } from "./replay-input.ts";
import { type SpaceOptions, spaceOf } from "./space-options.ts";
import { type CommandWords, type OpenTarget, openNamed, openTarget, type TargetOptions } from "./target.ts";

/** Where cases come from and what is shown of them goes to; problems go to standard error. */
export interface CaseStreams {
  readonly stdin: ByteStream;
  readonly print: (text: string) => void;
  readonly paint: Paint;
  /** The characters in a line. */
  readonly width: number;
}

/** Those of this process. */
export function standardStreams(): CaseStreams {
  const { stdin, stdout } = process;
  const print = (text: string) => stdout.write(text);
  return { stdin, print, paint: paintFor(stdout), width: widthOf(stdout) };
}

/** The width where the terminal doesn't say. */
const DEFAULT_WIDTH = 80;

/** The characters in a line of a terminal, or of what is none. */
export function widthOf({ columns }: NodeJS.WriteStream): number {
  // Undefined where it is no terminal, and 0 where the terminal doesn't know.
  return columns || DEFAULT_WIDTH;
}

/** Cases, and what they run on. */
interface OpenedCases {
  readonly targets: Targets;
  readonly inputs: readonly ReplayInput[];
}

/** Opens what cases run on, and reads all that `paths` name. The error is a line for the user. */
export async function openCases(
  paths: readonly string[],
  options: TargetOptions & SpaceOptions,
  stdin: ByteStream,
  words: CommandWords,
): Promise<Result<OpenedCases, string>> {
  const targets = await targetsOf(options, words);
  if (!targets.ok) return targets;
  const { hello } = targets.value.text.driver;
  const space = spaceOf(options, hello);
  if (!space.ok) return space;
  const inputs = await readInputs(paths, { surface: hello.surface, space: space.value }, stdin);
  return success({ targets: targets.value, inputs });
}

/** What cases run on. */
export interface Targets {
  /** What a trace as text runs on. */
  readonly text: OpenTarget;
  /** What a case of this surface runs on. */
  readonly of: (surface: Surface) => OpenTarget;
}

/** Opens what the options and the words behind `--` name, or else what the stack has for each surface. */
async function targetsOf(options: TargetOptions, words: CommandWords): Promise<Result<Targets, string>> {
  const target = await openTarget(options, words);
  if (!target.ok) return target;
  const text = target.value;
  const isChosen = options.subject !== undefined || words.length > 0;
  const of = (surface: Surface) =>
    isChosen || surface === text.driver.hello.surface ? text : openNamed(STACK[surface]);
  return success({ text, of });
}

/** What a replay came to, as it is reported. */
export function resultOf(
  { file, entry, placeOf }: CaseInput,
  target: OpenTarget,
  replay: Replay,
): ReplayResult {
  const known = {
    file,
    ...(entry.id !== undefined && { id: entry.id }),
    subject: target.name,
    ...(target.format !== undefined && { format: target.format }),
    space: printSpace(entry.space),
  };
  switch (replay.status) {
    case "agree":
      return { ...known, status: "agree" };
    case "finding":
      return {
        ...known,
        status: showsKnownBug(entry, replay.finding, target.name) ? "known" : "finding",
        finding: replay.finding,
      };
    case "stale":
      return { ...known, status: "stale", reason: describeStale(entry, replay, file, placeOf) };
    case "unsuited":
      return { ...known, status: "unsuited", reason: replay.reason };
  }
}
