import { createHash } from "node:crypto";
import type { Answer } from "../trace/answer.ts";
import { type Dialect, isManner, ownManners, PLAIN_DIALECT, withManner } from "../trace/dialect.ts";
import type { Finding } from "../trace/finding.ts";
import { parseAnswer, parseRequest } from "../trace/parse.ts";
import type { ParseError } from "../trace/parse-error.ts";
import { printAddr, printAnswer, printRequest } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { Hello, Space, Surface } from "../trace/space.ts";
import { showValue } from "./problem.ts";
import {
  type Certificate,
  CORPUS_VERSION,
  type CorpusFile,
  type EntryStatus,
  type Origin,
  spaceFromFile,
} from "./schema.ts";

/** A saved case: a trace, what it showed, and where it came from. */
export interface CorpusEntry {
  /** `<surface>/<name>`; the file of the entry is `<id>.json` below the corpus directory. */
  readonly id: string;
  readonly surface: Surface;
  readonly space: Space;
  /** At least one. */
  readonly requests: readonly Request[];
  /** The manners of the implementation that the finding was about, where they are not the contract's own. */
  readonly dialect?: Partial<Dialect>;
  /** Earlier runs that the finding needs. */
  readonly before?: readonly EarlierRun[];
  /** What each request must be answered, whatever the model says; as many as there are requests. */
  readonly answers?: readonly Answer[];
  /** Absent for a case written by hand. */
  readonly finding?: Finding;
  /** The name and version of the implementation that the finding was about. */
  readonly implementation?: string;
  readonly origin?: Origin;
  /** That no shorter trace shows the same, as far as was looked. */
  readonly minimal?: Certificate;
  readonly status: EntryStatus;
  /** A sentence for people. */
  readonly note?: string;
}

/** A run before that of the trace. */
export interface EarlierRun {
  readonly space: Space;
  readonly requests: readonly Request[];
}

/** Why a file that fits the schema can't be replayed by this version, and which part of it is meant. */
export interface StalePart {
  readonly path: readonly PropertyKey[];
  readonly what: string;
  readonly remedy: string;
}

/** The case in a corpus file. Nothing of a trace is ever skipped: one line that doesn't parse fails it all. */
export function entryFromFile(file: CorpusFile): Result<CorpusEntry, StalePart> {
  const { mapcheck: _, space, dialect: manners, trace, answers: answerLines, before: runs, ...rest } = file;
  const dialect = dialectFrom(manners);
  if (!dialect.ok) return dialect;
  const requests = parseRequests(trace, ["trace"]);
  if (!requests.ok) return requests;
  const before = runs && parseRuns(runs);
  if (before && !before.ok) return before;
  const entry = {
    ...rest,
    space: spaceFromFile(space),
    ...(Object.keys(manners).length > 0 && { dialect: dialect.value }),
    ...(before && { before: before.value }),
    requests: requests.value,
  };
  if (answerLines === undefined) return success(entry);
  const answers = parseAnswers(answerLines, requests.value);
  return answers.ok ? success({ ...entry, answers: answers.value }) : answers;
}

/** The JSON of a case, its keys always in the same order. */
export function entryToFile(entry: CorpusEntry): CorpusFile {
  const { requests, answers, before, dialect = {}, finding, implementation, origin, note } = entry;
  return {
    mapcheck: CORPUS_VERSION,
    id: entry.id,
    surface: entry.surface,
    space: spaceToFile(entry.space),
    dialect: { ...dialect },
    trace: requests.map((request) => printRequest(request)),
    ...(answers && { answers: answers.map((answer) => printAnswer(answer)) }),
    ...(before && { before: before.map(runToFile) }),
    ...(finding && { finding: findingToFile(finding) }),
    ...(implementation !== undefined && { implementation }),
    ...(origin && { origin: originToFile(origin) }),
    ...(entry.minimal && { minimal: entry.minimal }),
    status: entry.status,
    ...(note !== undefined && { note }),
  };
}

/** What a case says of where its trace takes place, and for whom. */
export function caseOf(
  hello: Hello,
  space: Space,
  requests: readonly Request[],
): Pick<CorpusEntry, "surface" | "space" | "dialect" | "requests"> {
  const manners = ownManners(hello.dialect);
  const dialect = Object.keys(manners).length > 0 && { dialect: manners };
  return { surface: hello.surface, space, ...dialect, requests };
}

/** The eight letters at the end of an id: of what makes the case this one and no other. */
export function hashOf(identity: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 8);
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
  const hash = hashOf([surface, base, size, page, frames, lines, kind, check, answer]);
  return `${surface}/${slug([requests[at]?.op ?? "trace", check])}-${hash}`;
}

/** The id under which the finding called `id` is saved as it was met, for as long as it is not shrunk. */
export function draftId(id: string): string {
  return `${id}${DRAFT_ENDING}`;
}

/** Whether the case is a finding as it was met, which nobody has shrunk yet. */
export function isDraft({ id }: CorpusEntry): boolean {
  return id.endsWith(DRAFT_ENDING);
}

const DRAFT_ENDING = "-unshrunk";

/** Words for a file name: lower-case letters and digits, with single hyphens between them. */
function slug(words: readonly string[]): string {
  const runs = words.flatMap((word) => word.toLowerCase().match(/[a-z0-9]+/g) ?? []);
  return runs.join("-");
}

function parseRequests(
  lines: readonly string[],
  path: readonly PropertyKey[],
): Result<readonly Request[], StalePart> {
  const requests: Request[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = parseRequest(line);
    if (!parsed.ok) return failure(unreadable([...path, index], parsed.error));
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
    if (!parsed.ok) return failure(unreadable(["answers", index], parsed.error));
    answers.push(parsed.value);
  }
  return success(answers);
}

/** The runs of `before`. */
function parseRuns(runs: NonNullable<CorpusFile["before"]>): Result<readonly EarlierRun[], StalePart> {
  const parsed: EarlierRun[] = [];
  for (const [index, { space, trace }] of runs.entries()) {
    const requests = parseRequests(trace, ["before", index, "trace"]);
    if (!requests.ok) return requests;
    parsed.push({ space: spaceFromFile(space), requests: requests.value });
  }
  return success(parsed);
}

function unreadable(path: readonly PropertyKey[], error: ParseError): StalePart {
  return {
    path,
    what: `${placeIn(path)}, column ${error.column}: ${error.message}`,
    remedy: "correct the line, or delete the file if the case has had its day",
  };
}

/** A path as people write it: `before[0].trace[2]`. */
function placeIn(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`,
    )
    .join("");
}

function dialectFrom(manners: Readonly<Record<string, string>>): Result<Partial<Dialect>, StalePart> {
  let dialect = PLAIN_DIALECT;
  for (const [key, value] of Object.entries(manners)) {
    const changed = isManner(key) ? withManner(dialect, key, value) : undefined;
    if (changed === undefined) return failure(unknownManner(key, value));
    dialect = changed;
  }
  return success(ownManners(dialect));
}

function unknownManner(key: string, value: string): StalePart {
  const what = isManner(key)
    ? `${key} has no value ${showValue(value)}`
    : `unknown dialect key ${showValue(key)}`;
  return { path: ["dialect", key], what, remedy: "use a mapcheck that knows it" };
}

function runToFile({ space, requests }: EarlierRun): NonNullable<CorpusFile["before"]>[number] {
  return { space: spaceToFile(space), trace: requests.map((request) => printRequest(request)) };
}

/** A space as the four keys that files have. */
export function spaceToFile(space: Space): CorpusFile["space"] {
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
