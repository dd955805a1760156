import { describe, expect, test } from "vitest";
import { EMPTY, KEPT, LEAF, TABLE } from "../format.ts";
import { AARCH64 } from "./aarch64.ts";
import { type LeafRow, leafEntry, readEntry, tableEntry } from "./entry.fixture.ts";

// Arm Architecture Reference Manual, VMSAv8-64 descriptors of stage 1:
// valid 0x1, table or page 0x2, AttrIndx × 0x4, AP[1] 0x40, AP[2] 0x80, SH × 0x100 (inner 3), AF 0x400,
// PXN, bit 53, 0x0020000000000000, UXN, bit 54, 0x0040000000000000.
const LEAVES: LeafRow[] = [
  // Page 0x3 + write-back 0x4 + inner shareable 0x300 + AF 0x400 = 0x707; AP[2] without w; UXN, and PXN
  // without x.
  ["r", 0, "0x0060000123456787", 0x123456000],
  ["rw", 0, "0x0060000123456707", 0x123456000],
  ["rx", 0, "0x0040000123456787", 0x123456000],
  ["rwx", 0, "0x0040000123456707", 0x123456000],
  // + AP[1]; PXN, and UXN without x.
  ["ru", 0, "0x00600001234567c7", 0x123456000],
  ["rwu", 0, "0x0060000123456747", 0x123456000],
  ["rxu", 0, "0x00200001234567c7", 0x123456000],
  ["rwxu", 0, "0x0020000123456747", 0x123456000],
  // AttrIndx 2 = 0x8: 0x3 + 0x8 + 0x300 + 0x400 = 0x70b. AttrIndx 0, SH 0: 0x3 + 0x400 = 0x403.
  ["rwn", 0, "0x006000012345670b", 0x123456000],
  ["rwd", 0, "0x0060000123456403", 0x123456000],
  ["rwxun", 0, "0x002000012345674b", 0x123456000],
  ["rxud", 0, "0x00200001234564c3", 0x123456000],
  // Addresses at both ends, and with bit 31.
  ["r", 0, "0x0060000000000787", 0x0],
  ["rx", 0, "0x00400000fffff787", 0xfffff000],
  ["rw", 0, "0x00607ffffffff707", 0x7ffffffff000],
  // Blocks: bits 1:0 = 01.
  ["rw", 1, "0x0060000123400705", 0x123400000],
  ["rwxu", 1, "0x0020000123400745", 0x123400000],
  ["rwn", 1, "0x0060000123400709", 0x123400000],
  ["rwd", 1, "0x0060000123400401", 0x123400000],
  ["rx", 2, "0x0040000140000785", 0x140000000],
  ["rxud", 2, "0x00207fffc00004c1", 0x7fffc0000000],
];

// Bit 0 = 0, and bit 55 = 0x0080000000000000.
const KEPT_PAGES: LeafRow[] = [
  ["-", 0, "0x0080000123456000", 0x123456000],
  ["-", 0, "0x0080000000000000", 0x0],
  ["ud", 0, "0x00807ffffffff000", 0x7ffffffff000],
  ["un", 1, "0x0080000123400000", 0x123400000],
  ["u", 2, "0x0080000140000000", 0x140000000],
];

describe("a page", () => {
  test.each(LEAVES)("with %s at level %d is %s", (letters, level, entry, physical) => {
    expect(leafEntry(AARCH64, physical, letters, level)).toBe(entry);
    expect(readEntry(AARCH64, entry, level)).toEqual({ kind: LEAF, physical, flags: letters });
  });

  test.each(KEPT_PAGES)("kept, with %s at level %d is %s", (letters, level, entry, physical) => {
    expect(leafEntry(AARCH64, physical, letters, level)).toBe(entry);
    expect(readEntry(AARCH64, entry, level)).toMatchObject({ kind: KEPT, physical });
  });
});

// Valid + table = 0x3.
test.each([
  ["0x0000000123456003", 0x123456000],
  ["0x0000000080000003", 0x80000000],
  ["0x00007ffffffff003", 0x7ffffffff000],
])("a table is %s", (entry, table) => {
  expect(tableEntry(AARCH64, table)).toBe(entry);
  for (const level of [1, 2, 3]) {
    expect(readEntry(AARCH64, entry, level)).toMatchObject({ kind: TABLE, physical: table });
  }
});

test.each([0, 1, 2, 3])("0 is empty at level %d", (level) => {
  expect(readEntry(AARCH64, "0x0000000000000000", level).kind).toBe(EMPTY);
});
