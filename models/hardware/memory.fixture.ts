/**
 * Physical memories made by hand, and what a walker sees of them in a line of text for each page:
 *
 *     0x8080604000 4K 0x123456000 rwu
 */

import { physAddr } from "../../src/trace/address.ts";
import type { FormatName, Hardware } from "../../src/trace/hardware.ts";
import { EXECUTE, HardwareWalk, READ, Translation, USER, WRITE } from "./walk.ts";
import { WALKERS } from "./walkers.ts";

/** Where physical memory begins, and the root table lies, if a test doesn't say otherwise. */
export const MEMORY_START = 0x8000_0000;

/** Entries of 64 bits by the physical address of their table and their index in it. */
export type Tables = { readonly [table: number]: { readonly [index: number]: bigint } };

/** A machine with `frames` frames of memory that is zero but for these tables. */
export function machine(
  format: FormatName,
  frames: number,
  tables: Tables,
  { root = MEMORY_START, memoryStart = MEMORY_START } = {},
): Hardware {
  const bytes = new DataView(new ArrayBuffer(frames * 4096));
  for (const [table, entries] of Object.entries(tables)) {
    for (const [index, entry] of Object.entries(entries)) {
      bytes.setBigUint64(Number(table) - memoryStart + Number(index) * 8, entry, true);
    }
  }
  return {
    format,
    root: physAddr(root),
    memoryStart: physAddr(memoryStart),
    words: new Uint32Array(bytes.buffer),
    useOf: () => "free",
    forEachCached: () => {},
  };
}

/**
 * A machine whose tables lie one behind the other, the root at 0x80000000, and hold one entry each: at
 * indices 1, 2, 3, 4 from level 3 down. So an entry points to a table when its address is that of the next
 * one, and the pages that it can have lie at 0x8080604000, 0x8080600000 and 0x8080000000 with four levels,
 * and with three at 0x80604000, 0x80600000 and 0x80000000.
 */
export function chain(format: FormatName, entries: readonly bigint[]): Hardware {
  const firstIndex = format === "sv39" ? 2 : 1;
  const tables = entries.map((entry, depth) => [
    MEMORY_START + depth * 4096,
    { [firstIndex + depth]: entry },
  ]);
  return machine(format, 4, Object.fromEntries(tables));
}

/** An address in the page that a chain can have. */
export function chainAddr(format: FormatName): number {
  return format === "sv39" ? 0x80604abc : 0x80_8060_4abc;
}

/** A walk of everything. */
export function walked(hardware: Hardware): HardwareWalk {
  const walk = new HardwareWalk();
  WALKERS[hardware.format].walk(hardware, walk);
  return walk;
}

/** A line for each page that a walk finds, and one for what it finds malformed. */
export function seen(hardware: Hardware): string[] {
  const walk = walked(hardware);
  const lines = Array.from({ length: walk.leafCount }, (_, index) =>
    pageText(
      walk.leafAddrs[index] ?? Number.NaN,
      walk.leafSizes[index] ?? Number.NaN,
      walk.leafPhysicals[index] ?? Number.NaN,
      walk.leafFlags[index] ?? Number.NaN,
    ),
  );
  const malformed = walk.malformed;
  if (malformed === undefined) return lines;
  const why = malformed.why.replace(/^entry 0x[0-9a-f]{16} at level [0-3]: /, "");
  return [...lines, `0x${malformed.addr.toString(16)} malformed: ${why}`];
}

/** The line of the page that `addr` lies in, or `none`. */
export function lookedUp(hardware: Hardware, addr: number): string {
  const found = new Translation();
  if (!WALKERS[hardware.format].lookUp(hardware, addr, found)) return "none";
  return pageText(addr - (addr % found.size), found.size, found.physical, found.flags);
}

function pageText(addr: number, size: number, physical: number, flags: number): string {
  const sizes = new Map([
    [2 ** 12, "4K"],
    [2 ** 21, "2M"],
    [2 ** 30, "1G"],
  ]);
  const letters = [
    [READ, "r"],
    [WRITE, "w"],
    [EXECUTE, "x"],
    [USER, "u"],
  ] as const;
  const text = letters.map(([flag, letter]) => ((flags & flag) === 0 ? "" : letter)).join("");
  return `0x${addr.toString(16)} ${sizes.get(size) ?? size} 0x${physical.toString(16)} ${text}`;
}
