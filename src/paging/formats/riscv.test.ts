import { describe, expect, test } from "vitest";
import { EMPTY, KEPT, LEAF, TABLE } from "../format.ts";
import { type LeafRow, leafEntry, readEntry, tableEntry } from "./entry.fixture.ts";
import { SV39, SV48 } from "./riscv.ts";

// RISC-V Privileged, "Sv39 page table entry":
// V 0x1, R 0x2, W 0x4, X 0x8, U 0x10, A 0x40, D 0x80; the page number at bit 10, so the address / 4:
// 0x123456000 / 4 = 0x48d15800. PBMT × 2^61: NC 1 = 0x2000000000000000, IO 2 = 0x4000000000000000.
const LEAVES: LeafRow[] = [
  // V + A + D = 0xc1, and the rights.
  ["r", 0, "0x0000000048d158c3", 0x123456000],
  ["rw", 0, "0x0000000048d158c7", 0x123456000],
  ["rx", 0, "0x0000000048d158cb", 0x123456000],
  ["rwx", 0, "0x0000000048d158cf", 0x123456000],
  // + U.
  ["ru", 0, "0x0000000048d158d3", 0x123456000],
  ["rwu", 0, "0x0000000048d158d7", 0x123456000],
  ["rxu", 0, "0x0000000048d158db", 0x123456000],
  ["rwxu", 0, "0x0000000048d158df", 0x123456000],
  // + PBMT.
  ["rwn", 0, "0x2000000048d158c7", 0x123456000],
  ["rwd", 0, "0x4000000048d158c7", 0x123456000],
  ["rwxun", 0, "0x2000000048d158df", 0x123456000],
  ["rxud", 0, "0x4000000048d158db", 0x123456000],
  // Addresses at both ends, and with bit 31 of the entry: 0x200000000 / 4 = 0x80000000.
  ["r", 0, "0x00000000000000c3", 0x0],
  ["rx", 0, "0x00000000800000cb", 0x200000000],
  // 0x7ffffffff000 / 4 = 0x1ffffffffc00.
  ["rw", 0, "0x00001ffffffffcc7", 0x7ffffffff000],
  ["rwd", 0, "0x40001ffffffffcc7", 0x7ffffffff000],
  // Large pages have no bit of their own: 0x123400000 / 4 = 0x48d00000, 0x140000000 / 4 = 0x50000000.
  ["rw", 1, "0x0000000048d000c7", 0x123400000],
  ["rwxu", 1, "0x0000000048d000df", 0x123400000],
  ["rwn", 1, "0x2000000048d000c7", 0x123400000],
  ["rwx", 2, "0x00000000500000cf", 0x140000000],
  // 0x7fffc0000000 / 4 = 0x1ffff0000000.
  ["rxud", 2, "0x40001ffff00000db", 0x7fffc0000000],
];

// V = 0, PBMT = 0, and the lower bit of RSW, bit 8 = 0x100.
const KEPT_PAGES: LeafRow[] = [
  ["-", 0, "0x0000000048d15900", 0x123456000],
  ["-", 0, "0x0000000000000100", 0x0],
  ["ud", 0, "0x00001ffffffffd00", 0x7ffffffff000],
  ["un", 1, "0x0000000048d00100", 0x123400000],
  ["u", 2, "0x0000000050000100", 0x140000000],
];

describe.each([SV39, SV48])("$name", (format) => {
  test.each(LEAVES)("a page with %s at level %d is %s", (letters, level, entry, physical) => {
    expect(leafEntry(format, physical, letters, level)).toBe(entry);
    expect(readEntry(format, entry, level)).toEqual({ kind: LEAF, physical, flags: letters });
  });

  test.each(KEPT_PAGES)("a kept page with %s at level %d is %s", (letters, level, entry, physical) => {
    expect(leafEntry(format, physical, letters, level)).toBe(entry);
    expect(readEntry(format, entry, level)).toMatchObject({ kind: KEPT, physical });
  });

  // V alone.
  test.each([
    ["0x0000000048d15801", 0x123456000],
    ["0x0000000020000001", 0x80000000],
    ["0x00001ffffffffc01", 0x7ffffffff000],
  ])("a table is %s", (entry, table) => {
    expect(tableEntry(format, table)).toBe(entry);
    for (let level = 1; level < format.levels; level++) {
      expect(readEntry(format, entry, level)).toMatchObject({ kind: TABLE, physical: table });
    }
  });

  test.each([0, 1, 2])("0 is empty at level %d", (level) => {
    expect(readEntry(format, "0x0000000000000000", level).kind).toBe(EMPTY);
  });
});
