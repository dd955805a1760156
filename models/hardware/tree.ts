/**
 * How every processor here finds its way through a tree of tables: nine bits of the address for each level. What
 * an entry means is the affair of each architecture, and written apart for each.
 */

import type { Hardware } from "../../src/trace/hardware.ts";
import {
  areEightAbsent,
  bytesAt,
  ENTRIES,
  firstWordOf,
  type HardwareWalk,
  holdsTable,
  indexAt,
  type Translation,
  type Walker,
} from "./walk.ts";

/**
 * What the manual of an architecture says of an entry, given by its two halves and its level. All but `isPresent`
 * are asked of present entries only, and all but `problemOf` and `isLeaf` of sound ones.
 */
export interface EntryRules {
  /** How many levels of tables there are. */
  readonly levels: number;
  /** What the tables on the way to the root permit or forbid: a set of bits that the rules alone understand. */
  readonly aboveRoot: number;
  /** Whether the processor looks at more of the entry than the bits that say so. */
  isPresent(low: number): boolean;
  /** Why the processor would take the entry for malformed, or fault on it whatever the access. */
  problemOf(low: number, high: number, level: number): string | undefined;
  /** Whether the entry maps a page; otherwise it points to a table. */
  isLeaf(low: number, level: number): boolean;
  /** What the tables on the way permit or forbid below this one, the table that the entry points to included. */
  belowTable(low: number, high: number, above: number): number;
  /** The flags of the page; none when the processor permits nothing. */
  rightsOf(low: number, high: number, above: number): number;
  /** The physical address of the table that the entry points to. */
  tableAddress(low: number, high: number): number;
  /** The physical address of the page that the entry maps. */
  pageAddress(low: number, high: number, level: number): number;
}

/** The processor that goes by these rules. */
export function walkerOf(rules: EntryRules): Walker {
  return {
    walk(hardware, into) {
      into.begin();
      walkTable(rules, hardware, hardware.root, rules.levels - 1, 0, rules.aboveRoot, into);
    },
    lookUp: (hardware, addr, into) => lookUp(rules, hardware, addr, into),
  };
}

function lookUp(rules: EntryRules, hardware: Hardware, addr: number, into: Translation): boolean {
  if (addr >= bytesAt(rules.levels)) return false;
  let table: number = hardware.root;
  let above = rules.aboveRoot;
  for (let level = rules.levels - 1; level >= 0; level--) {
    if (!holdsTable(hardware, table)) return false;
    const word = firstWordOf(hardware, table) + indexAt(addr, level) * 2;
    const low = hardware.words[word] ?? 0;
    const high = hardware.words[word + 1] ?? 0;
    if (!rules.isPresent(low) || rules.problemOf(low, high, level) !== undefined) return false;
    if (rules.isLeaf(low, level)) {
      into.physical = rules.pageAddress(low, high, level);
      into.size = bytesAt(level);
      into.flags = rules.rightsOf(low, high, above);
      return into.flags !== 0;
    }
    above = rules.belowTable(low, high, above);
    table = rules.tableAddress(low, high);
  }
  return false;
}

/** Walks the table at `table`, whose first entry translates `start`; `above` is as `belowTable` left it. */
function walkTable(
  rules: EntryRules,
  hardware: Hardware,
  table: number,
  level: number,
  start: number,
  above: number,
  into: HardwareWalk,
): void {
  if (!into.enter(hardware, table, start)) return;
  const words = hardware.words;
  const firstWord = firstWordOf(hardware, table);
  const size = bytesAt(level);
  let wasAbsent = false;
  for (let group = 0; group < ENTRIES; group += 8) {
    const isAbsent = areEightAbsent(words, firstWord + group * 2);
    // Behind the last entry there are only zeros, mostly. So are absent entries.
    if (isAbsent && !wasAbsent && into.isZero(hardware, firstWord + group * 2, firstWord + ENTRIES * 2))
      return;
    wasAbsent = isAbsent;
    if (isAbsent) continue;
    for (let index = group; index < group + 8; index++) {
      const low = words[firstWord + index * 2] ?? 0;
      if (!rules.isPresent(low)) continue;
      const high = words[firstWord + index * 2 + 1] ?? 0;
      const addr = start + index * size;
      const problem = rules.problemOf(low, high, level);
      if (problem !== undefined) into.malformedEntry(addr, level, low, high, problem);
      else if (rules.isLeaf(low, level)) {
        const rights = rules.rightsOf(low, high, above);
        if (rights !== 0) into.leaf(addr, size, rules.pageAddress(low, high, level), rights);
      } else {
        const below = rules.belowTable(low, high, above);
        walkTable(rules, hardware, rules.tableAddress(low, high), level - 1, addr, below, into);
      }
    }
  }
}
