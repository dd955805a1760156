import { describe, expect, test } from "vitest";
import { EMPTY, KEPT, LEAF, TABLE } from "../format.ts";
import { type LeafRow, leafEntry, readEntry, tableEntry } from "./entry.fixture.ts";
import { X86_64 } from "./x86-64.ts";

// Intel SDM volume 3A, formats of a PML4E, PDPTE, PDE and PTE:
// P 0x1, R/W 0x2, U/S 0x4, PWT 0x8, PCD 0x10, A 0x20, D 0x40, PS 0x80, XD 0x8000000000000000.
const LEAVES: LeafRow[] = [
  // P + A + D = 0x61, and XD without x.
  ["r", 0, "0x8000000123456061", 0x123456000],
  ["rw", 0, "0x8000000123456063", 0x123456000],
  ["rx", 0, "0x0000000123456061", 0x123456000],
  ["rwx", 0, "0x0000000123456063", 0x123456000],
  // + U/S.
  ["ru", 0, "0x8000000123456065", 0x123456000],
  ["rwu", 0, "0x8000000123456067", 0x123456000],
  ["rxu", 0, "0x0000000123456065", 0x123456000],
  ["rwxu", 0, "0x0000000123456067", 0x123456000],
  // + PCD = 0x10; + PCD + PWT = 0x18.
  ["rwn", 0, "0x8000000123456073", 0x123456000],
  ["rwd", 0, "0x800000012345607b", 0x123456000],
  ["rwxun", 0, "0x0000000123456077", 0x123456000],
  ["rxud", 0, "0x000000012345607d", 0x123456000],
  // Addresses at both ends, and with bit 31.
  ["r", 0, "0x8000000000000061", 0x0],
  ["rx", 0, "0x00000000fffff061", 0xfffff000],
  ["rw", 0, "0x80007ffffffff063", 0x7ffffffff000],
  // + PS.
  ["rw", 1, "0x80000001234000e3", 0x123400000],
  ["rwxu", 1, "0x00000001234000e7", 0x123400000],
  ["rwn", 1, "0x80000001234000f3", 0x123400000],
  ["rwd", 1, "0x80000001234000fb", 0x123400000],
  ["rw", 2, "0x80000001400000e3", 0x140000000],
  ["rxu", 2, "0x00007fffc00000e5", 0x7fffc0000000],
];

// P = 0, and bit 9 = 0x200.
const KEPT_PAGES: LeafRow[] = [
  ["-", 0, "0x0000000123456200", 0x123456000],
  ["-", 0, "0x0000000000000200", 0x0],
  ["ud", 0, "0x00007ffffffff200", 0x7ffffffff000],
  ["un", 1, "0x0000000123400200", 0x123400000],
  ["u", 2, "0x0000000140000200", 0x140000000],
];

describe("a page", () => {
  test.each(LEAVES)("with %s at level %d is %s", (letters, level, entry, physical) => {
    expect(leafEntry(X86_64, physical, letters, level)).toBe(entry);
    expect(readEntry(X86_64, entry, level)).toEqual({ kind: LEAF, physical, flags: letters });
  });

  test.each(KEPT_PAGES)("kept, with %s at level %d is %s", (letters, level, entry, physical) => {
    expect(leafEntry(X86_64, physical, letters, level)).toBe(entry);
    expect(readEntry(X86_64, entry, level)).toMatchObject({ kind: KEPT, physical });
  });
});

// P + R/W + U/S + A = 0x27.
test.each([
  ["0x0000000123456027", 0x123456000],
  ["0x0000000080000027", 0x80000000],
  ["0x00007ffffffff027", 0x7ffffffff000],
])("a table is %s", (entry, table) => {
  expect(tableEntry(X86_64, table)).toBe(entry);
  for (const level of [1, 2, 3]) {
    expect(readEntry(X86_64, entry, level)).toMatchObject({ kind: TABLE, physical: table });
  }
});

test.each([0, 1, 2, 3])("0 is empty at level %d", (level) => {
  expect(readEntry(X86_64, "0x0000000000000000", level).kind).toBe(EMPTY);
});
