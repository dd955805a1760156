import { createHash } from "node:crypto";
import type { Answer } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import { parseAnswer, parseRequest } from "../trace/parse.ts";
import type { ParseError } from "../trace/parse-error.ts";
import { printAddr, printAnswer, printRequest } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { Space, Surface } from "../trace/space.ts";
import { showValue } from "./problem.ts";
import { CORPUS_VERSION, type CorpusFile, type EntryStatus, type Origin, spaceFromFile } from "./schema.ts";

/** A saved case: a trace, what it showed, and where it came from. */
export interface CorpusEntry {
  /** `<surface>/<name>`; the file of the entry is `<id>.json` below the corpus directory. */
  readonly id: string;
  readonly surface: Surface;
  readonly space: Space;
  /** At least one. */
  readonly requests: readonly Request[];
  /** What each request must be answered, whatever the model says; as many as there are requests. */
  readonly answers?: readonly Answer[];
  /** Absent for a case written by hand. */
  readonly finding?: Finding;
  /** The name and version of the implementation that the finding was about. */
  readonly implementation?: string;
  readonly origin?: Origin;
  readonly status: EntryStatus;
  /** A sentence for people. */
  readonly note?: string;
}

/** Why a file that fits the schema can't be replayed by this version, and which part of it is meant. */
export interface StalePart {
  readonly path: readonly PropertyKey[];
  readonly what: string;
  readonly remedy: string;
}

/** The case in a corpus file. Nothing of a trace is ever skipped: one line that doesn't parse fails it all. */
export function entryFromFile(file: CorpusFile): Result<CorpusEntry, StalePart> {
  const { mapcheck: _, space, dialect, trace, answers: answerLines, ...rest } = file;
  const [manner] = Object.keys(dialect);
  if (manner !== undefined) return failure(unknownDialect(manner));
  const requests = parseRequests(trace);
  if (!requests.ok) return requests;
  const entry = { ...rest, space: spaceFromFile(space), requests: requests.value };
  if (answerLines === undefined) return success(entry);
  const answers = parseAnswers(answerLines, requests.value);
  return answers.ok ? success({ ...entry, answers: answers.value }) : answers;
}

/** The JSON of a case, its keys always in the same order. */
export function entryToFile(entry: CorpusEntry): CorpusFile {
  const { requests, answers, finding, implementation, origin, note } = entry;
  return {
    mapcheck: CORPUS_VERSION,
    id: entry.id,
    surface: entry.surface,
    space: spaceToFile(entry.space),
    dialect: {},
    trace: requests.map((request) => printRequest(request)),
    ...(answers && { answers: answers.map((answer) => printAnswer(answer)) }),
    ...(finding && { finding: findingToFile(finding) }),
    ...(implementation !== undefined && { implementation }),
    ...(origin && { origin: originToFile(origin) }),
    status: entry.status,
    ...(note !== undefined && { note }),
  };
}

/**
 * The id of a finding: `<surface>/<verb>-<check>-<hash>`. The hash is of the surface, the space, the trace
 * and what kind of finding it is, so the same trace that fails in the same way has the same id whatever
 * seed it was found under and whatever the values that it showed.
 */
export function entryId(
  surface: Surface,
  space: Space,
  requests: readonly Request[],
  finding: Finding,
): string {
  const { kind, check, at, answer } = finding;
  const { base, size, page, frames } = space;
  const lines = requests.map((request) => printRequest(request));
  const identity = JSON.stringify([surface, base, size, page, frames, lines, kind, check, answer]);
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 8);
  return `${surface}/${slug([requests[at]?.op ?? "trace", check])}-${hash}`;
}

/** Words for a file name: lower-case letters and digits, with single hyphens between them. */
function slug(words: readonly string[]): string {
  const runs = words.flatMap((word) => word.toLowerCase().match(/[a-z0-9]+/g) ?? []);
  return runs.join("-");
}

function parseRequests(lines: readonly string[]): Result<readonly Request[], StalePart> {
  const requests: Request[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = parseRequest(line);
    if (!parsed.ok) return failure(unreadable("trace", index, parsed.error));
    requests.push(parsed.value);
  }
  return success(requests);
}

/** `lines` are as many as `requests`: the schema has seen to that. */
function parseAnswers(
  lines: readonly string[],
  requests: readonly Request[],
): Result<readonly Answer[], StalePart> {
  const answers: Answer[] = [];
  for (const [index, request] of requests.entries()) {
    const parsed = parseAnswer(lines[index] ?? "", request);
    if (!parsed.ok) return failure(unreadable("answers", index, parsed.error));
    answers.push(parsed.value);
  }
  return success(answers);
}

function unreadable(key: "trace" | "answers", index: number, error: ParseError): StalePart {
  return {
    path: [key, index],
    what: `${key}[${index}], column ${error.column}: ${error.message}`,
    remedy: "correct the line, or delete the file if the case has had its day",
  };
}

function unknownDialect(key: string): StalePart {
  return {
    path: ["dialect", key],
    what: `unknown dialect key ${showValue(key)}`,
    remedy: "use a mapcheck that knows it",
  };
}

function spaceToFile(space: Space): CorpusFile["space"] {
  const { base, size, page, frames } = space;
  return { base: printAddr(base), size: printAddr(size), page: printAddr(page), frames };
}

function findingToFile(finding: Finding): Finding {
  const { kind, check, at, expected, observed, answer } = finding;
  return { kind, check, at, expected, observed, answer };
}

function originToFile(origin: Origin): Origin {
  const { seed, run, found, shrunkFrom } = origin;
  return {
    ...(seed !== undefined && { seed }),
    ...(run !== undefined && { run }),
    ...(found !== undefined && { found }),
    ...(shrunkFrom !== undefined && { shrunkFrom }),
  };
}
