/** The values that options of several subcommands take, read strictly. */
import { InvalidArgumentError, Option } from "commander";
import { DEFAULT_SUBJECT, findSubject, type NamedSubject, SUBJECTS } from "../subjects/registry.ts";
import { ADDRESS_LIMIT, virtAddr } from "../trace/address.ts";
import { nearest } from "../trace/nearest.ts";
import { misfitOfSpace } from "../trace/preconditions.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { Space } from "../trace/space.ts";

/** The size of the space unless told otherwise, in pages. */
const DEFAULT_PAGES = 16;
/** The size of a page unless told otherwise, in bytes. */
const DEFAULT_PAGE = 0x1000;
const DEFAULTS = `--pages ${DEFAULT_PAGES} --page 0x${DEFAULT_PAGE.toString(16)}`;

/** The longest trace that can be asked for, in commands: all of it is in memory at once. */
export const MAX_COMMANDS = 100_000;

/** `--subject`: what is tested. */
export function subjectOption(): Option {
  return new Option("--subject <name>", "what to test; mapcheck subjects lists what there is")
    .default(findSubject(DEFAULT_SUBJECT), DEFAULT_SUBJECT)
    .argParser(parseSubject);
}

/** `--pages`: the size of the space in pages. */
export function pagesOption(): Option {
  const option = new Option("--pages <count>", "how large the address space is, in pages");
  return option.default(DEFAULT_PAGES).argParser(parseCount);
}

/** `--page`: the size of a page in bytes. */
export function pageOption(): Option {
  const option = new Option("--page <bytes>", "how large a page is, in bytes: a power of two");
  return option.default(DEFAULT_PAGE, `0x${DEFAULT_PAGE.toString(16)}`).argParser(parseCount);
}

/** The space of `pages` pages of `page` bytes from address 0. The error is a line for the user. */
export function spaceOf({
  pages,
  page,
}: {
  readonly pages: number;
  readonly page: number;
}): Result<Space, string> {
  const space = { base: virtAddr(0), size: pages * page, page, frames: 0 };
  const misfit = misfitOfSpace(space, ADDRESS_LIMIT);
  if (misfit === undefined) return success(space);
  const given = `--pages ${pages} with --page 0x${page.toString(16)}`;
  return failure(`${given} gives no usable space: ${misfit}; the default is ${DEFAULTS}`);
}

/** A whole number above 0, decimal or hexadecimal with 0x. */
export function parseCount(text: string): number {
  const count = /^(0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError("write a whole number above 0, such as 1000 or 0x1000");
}

/** As `parseCount`, at most `MAX_COMMANDS`. */
export function parseMaxCommands(text: string): number {
  const count = parseCount(text);
  if (count <= MAX_COMMANDS) return count;
  throw new InvalidArgumentError(`write at most ${MAX_COMMANDS}`);
}

/** A duration such as `500ms`, `30s`, `10m` or `1h`, in seconds. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const seconds = Number(digits) * (SECONDS.get(unit ?? "") ?? Number.NaN);
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new InvalidArgumentError("write a duration above 0 with its unit, such as 500ms, 30s, 10m or 1h");
}

/** A path that names something. */
export function parsePath(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("write a path, such as . for the current directory");
}

const SECONDS = new Map([
  ["ms", 0.001],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
]);

function parseSubject(name: string): NamedSubject {
  const found = findSubject(name);
  if (found) return found;
  const names = SUBJECTS.map((subject) => subject.name);
  const guess = nearest(name, names);
  const hint = guess === undefined ? "" : ` (did you mean ${guess}?)`;
  throw new InvalidArgumentError(`there is no such subject${hint}, mapcheck subjects lists all`);
}
