/** The values that options of several subcommands take, read strictly. */
import { InvalidArgumentError, Option } from "commander";
import type { Shard } from "../explore/units.ts";
import type { NamedSubject } from "../subjects/registry.ts";
import { ADDRESS_LIMIT, type VirtAddr, virtAddr } from "../trace/address.ts";
import { FORMAT_NAMES, type FormatName } from "../trace/hardware.ts";
import { guess } from "../trace/nearest.ts";
import { failure, type Result, success } from "../trace/result.ts";

/** The longest trace that can be asked for, in commands: all of it is in memory at once. */
export const MAX_COMMANDS = 100_000;

/** `--format`: the format of page tables. */
export function formatOption(): Option {
  const text = `the format of the page tables: ${FORMAT_NAMES.join(", ")} (default: x86-64)`;
  return new Option("--format <name>", text).argParser(parseFormat);
}

/** `subject` with page tables of `format`, where one was asked for. The error is a line for the user. */
export function inFormat(
  subject: NamedSubject,
  format: FormatName | undefined,
): Result<NamedSubject, string> {
  if (format === undefined) return success(subject);
  if (subject.inFormat !== undefined) return success(subject.inFormat(format));
  const why =
    subject.format === undefined
      ? `${subject.name} has no page tables`
      : `${subject.name} is about ${subject.format} alone`;
  return failure(
    `--format ${format} can't be used with --subject ${subject.name}: ${why}; leave --format out`,
  );
}

/** A whole number above 0, decimal or hexadecimal with 0x. */
export function parseCount(text: string): number {
  const count = wholeNumber(text);
  if (count !== undefined && count > 0) return count;
  throw new InvalidArgumentError("write a whole number above 0, such as 1000 or 0x1000");
}

function wholeNumber(text: string): number | undefined {
  const value = /^(0x[0-9a-f]+|[0-9]+)$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A whole number, decimal or hexadecimal with 0x: a limit, or 0 for none. */
export function parseLimit(text: string): number {
  const limit = wholeNumber(text);
  if (limit !== undefined) return limit;
  throw new InvalidArgumentError("write a whole number, such as 64, or 0 for no limit");
}

/** An address, decimal or hexadecimal with 0x. */
export function parseAddress(text: string): VirtAddr {
  const addr = wholeNumber(text);
  if (addr !== undefined && addr < ADDRESS_LIMIT) return virtAddr(addr);
  throw new InvalidArgumentError("write an address below 2^52, such as 0x0 or 0x800000000000");
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
  if (!(seconds > 0 && Number.isFinite(seconds))) {
    throw new InvalidArgumentError("write a duration above 0 with its unit, such as 500ms, 30s, 10m or 1h");
  }
  if (seconds > LONGEST) throw new InvalidArgumentError(`write at most ${LONGEST / 3600}h`);
  return seconds;
}

/** A part of several, such as `1/4`. */
export function parseShard(text: string): Shard {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count };
  throw new InvalidArgumentError("write which part of how many, such as 1/4 for the first of four");
}

/** A probability, of which there is always some: above 0 and below 1, such as `1e-5` or `0.00001`. */
export function parseRisk(text: string): number {
  const risk = /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (risk > 0 && risk < 1) return risk;
  throw new InvalidArgumentError("write a probability above 0 and below 1, such as 1e-5 or 0.00001");
}

/** A path that names something. */
export function parsePath(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("write a path, such as . for the current directory");
}

/** The longest duration, in seconds: timers don't go much beyond 500 hours. */
const LONGEST = 500 * 3600;

const SECONDS = new Map([
  ["ms", 0.001],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
]);

function parseFormat(name: string): FormatName {
  const found = FORMAT_NAMES.find((format) => format === name);
  if (found) return found;
  const all = FORMAT_NAMES.join(", ");
  throw new InvalidArgumentError(`there is no such format${guess(name, FORMAT_NAMES)}; formats are ${all}`);
}

/** A list of some of the words of an option, such as `map,unmap`, in the order that they are known in. */
export function listOf<T extends string>(what: string, known: readonly T[]): (text: string) => readonly T[] {
  return (text) => {
    const words = text.split(",");
    const found = known.filter((word) => words.includes(word));
    const strange = words.find((word) => !known.some((each) => each === word));
    if (strange === undefined && found.length === words.length) return found;
    const hint = strange === undefined ? "" : guess(strange, known);
    throw new InvalidArgumentError(`${what} are ${known.join(",")}, each at most once${hint}`);
  };
}
