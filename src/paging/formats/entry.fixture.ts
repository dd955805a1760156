/** Entries of page tables written down as text, for tests: the 64 bits as "0x" and 16 hexadecimal digits. */
import { physAddr } from "../../trace/address.ts";
import { FLAG_LETTERS, type Flags } from "../../trace/flags.ts";
import { printFlags } from "../../trace/print.ts";
import { type PageTableFormat, TABLE } from "../format.ts";

/** A leaf worked out by hand: what it is made of, and the entry. */
export type LeafRow = readonly [letters: string, level: number, entry: string, physical: number];

/** The flags in `letters`, as in "rwx"; "-" for none. */
export function flagsOfLetters(letters: string): Flags {
  return [...letters].reduce((flags, letter) => flags | (letter === "-" ? 0 : bitOf(letter)), 0);
}

function bitOf(letter: string): Flags {
  const index = FLAG_LETTERS.indexOf(letter);
  if (index < 0) throw new Error(`${letter} is no flag`);
  return 1 << index;
}

/** The entry that `format` makes for a page. */
export function leafEntry(format: PageTableFormat, physical: number, letters: string, level: number): string {
  const page = physAddr(physical);
  const flags = flagsOfLetters(letters);
  return inHex(format.leafLow(page, flags, level), format.leafHigh(page, flags, level));
}

/** The entry that `format` makes for a table. */
export function tableEntry(format: PageTableFormat, table: number): string {
  return inHex(format.tableLow(physAddr(table)), format.tableHigh(physAddr(table)));
}

function inHex(low: number, high: number): string {
  return `0x${high.toString(16).padStart(8, "0")}${low.toString(16).padStart(8, "0")}`;
}

/** What `format` reads from an entry of `level`. */
export function readEntry(format: PageTableFormat, entry: string, level: number) {
  const high = Number.parseInt(entry.slice(2, 10), 16);
  const low = Number.parseInt(entry.slice(10), 16);
  const kind = format.kindOf(low, high, level);
  const flags = kind === TABLE ? "" : printFlags(format.flagsOf(low, high));
  return { kind, physical: format.physicalOf(low, high), flags };
}
