/** What `replay` is given: corpus files, directories of them, and traces as text. */
import { readFile, stat } from "node:fs/promises";
import { type LoadedFile, loadDirectory, loadFile } from "../corpus/load.ts";
import { describeProblem, type Problem } from "../corpus/problem.ts";
import { describeSystemError, systemErrorCode } from "../corpus/system-error.ts";
import type { ReplayCase } from "../report/replay.ts";
import { formatParseError, parseTrace } from "../trace/parse.ts";
import type { Space, Surface } from "../trace/space.ts";

/** The path that stands for standard input. */
export const STDIN = "-";

/** What comes in over standard input. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** One case to replay. */
export interface CaseInput {
  readonly status: "case";
  readonly file: string;
  readonly entry: ReplayCase;
  /** Where the request with this index stands: the file, and the line or the key in it. */
  readonly placeOf: (at: number) => string;
}

/**
 * One case, or a path that gives none. `reason` is one line that names the file, the place and the remedy,
 * safe to print on a terminal.
 */
export type ReplayInput =
  | CaseInput
  | { readonly status: "stale" | "broken"; readonly file: string; readonly reason: string };

/** What a trace as text leaves open. */
export interface TextDefaults {
  readonly surface: Surface;
  /** The space of a trace without a `reset` line. */
  readonly space: Space;
}

/** Everything that the paths name, in their order. `-` is the trace that `stdin` holds. */
export async function readInputs(
  paths: readonly string[],
  defaults: TextDefaults,
  stdin: ByteStream,
): Promise<readonly ReplayInput[]> {
  const inputs: ReplayInput[] = [];
  for (const path of paths) inputs.push(...(await readPath(path, defaults, stdin)));
  return inputs;
}

async function readPath(
  path: string,
  defaults: TextDefaults,
  stdin: ByteStream,
): Promise<readonly ReplayInput[]> {
  if (path === STDIN) return [textInput(path, await bytesOf(stdin), defaults)];
  // What isn't there says so when it is read.
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return (await loadDirectory(path)).map(corpusInput);
  if (path.endsWith(".json")) return [corpusInput(await loadFile(path))];
  try {
    return [textInput(path, await readFile(path), defaults)];
  } catch (error) {
    return [broken(path, readProblem(error))];
  }
}

function corpusInput(loaded: LoadedFile): ReplayInput {
  const { file } = loaded;
  switch (loaded.status) {
    case "entry":
      return {
        status: "case",
        file,
        entry: { ...loaded.entry, file },
        placeOf: (at) => `${file}: trace[${at}]`,
      };
    case "stale":
      return loaded;
    case "broken":
      return { status: "broken", file, reason: loaded.problem };
  }
}

function textInput(file: string, bytes: Uint8Array, defaults: TextDefaults): ReplayInput {
  if (bytes.length > MAX_BYTES) return broken(file, TOO_LARGE);
  const trace = parseTrace(new TextDecoder().decode(bytes));
  if (!trace.ok) return { status: "broken", file, reason: formatParseError(trace.error, file) };
  const { requests, lines, space = defaults.space } = trace.value;
  if (requests.length === 0) return broken(file, NO_REQUESTS);
  return {
    status: "case",
    file,
    entry: { file, surface: defaults.surface, space, requests },
    placeOf: (at) => `${file}:${lines[at]}`,
  };
}

/** More than any trace; and what is larger still may not fit in a string. */
const MAX_BYTES = 64 * 2 ** 20;

const TOO_LARGE: Problem = { what: "more than 64 MiB, which no trace has", remedy: "give a smaller one" };

const NO_REQUESTS: Problem = {
  what: "there is no request in it",
  remedy: "write one a line, such as: map 0x0 0x1000 rw mock",
};

async function bytesOf(stream: ByteStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function broken(file: string, problem: Problem): ReplayInput {
  return { status: "broken", file, reason: describeProblem(file, problem) };
}

function readProblem(error: unknown): Problem {
  if (systemErrorCode(error) === "ENOENT") {
    return { what: "there is no such file or directory", remedy: "correct the path" };
  }
  return { what: `can't be read: ${describeSystemError(error)}`, remedy: "make it readable" };
}
