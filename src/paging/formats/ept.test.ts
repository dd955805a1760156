import { describe, expect, test } from "vitest";
import { EMPTY, KEPT, LEAF, TABLE } from "../format.ts";
import { type LeafRow, leafEntry, readEntry, tableEntry } from "./entry.fixture.ts";
import { EPT } from "./ept.ts";

// Intel SDM volume 3C, formats of an EPT PML4E, PDPTE, PDE and PTE:
// R 0x1, W 0x2, X 0x4, memory type × 0x8 (UC 0, WC 1 = 0x8, WB 6 = 0x30), large 0x80.
const LEAVES: LeafRow[] = [
  // WB = 0x30, and the rights.
  ["r", 0, "0x0000000123456031", 0x123456000],
  ["rw", 0, "0x0000000123456033", 0x123456000],
  ["rx", 0, "0x0000000123456035", 0x123456000],
  ["rwx", 0, "0x0000000123456037", 0x123456000],
  // WC and UC.
  ["rn", 0, "0x0000000123456009", 0x123456000],
  ["rwxn", 0, "0x000000012345600f", 0x123456000],
  ["rd", 0, "0x0000000123456001", 0x123456000],
  ["rwd", 0, "0x0000000123456003", 0x123456000],
  // Addresses at both ends, and with bit 31.
  ["r", 0, "0x0000000000000031", 0x0],
  ["rx", 0, "0x00000000fffff035", 0xfffff000],
  ["rw", 0, "0x00007ffffffff033", 0x7ffffffff000],
  // + 0x80.
  ["rw", 1, "0x00000001234000b3", 0x123400000],
  ["rwn", 1, "0x000000012340008b", 0x123400000],
  ["rd", 1, "0x0000000123400081", 0x123400000],
  ["rwx", 2, "0x00000001400000b7", 0x140000000],
  ["rxd", 2, "0x00007fffc0000085", 0x7fffc0000000],
];

// Bits 2:0 = 0, bit 10 = 0, and bit 11 = 0x800.
const KEPT_PAGES: LeafRow[] = [
  ["-", 0, "0x0000000123456800", 0x123456000],
  ["-", 0, "0x0000000000000800", 0x0],
  ["ud", 0, "0x00007ffffffff800", 0x7ffffffff000],
  ["un", 1, "0x0000000123400800", 0x123400000],
  ["u", 2, "0x0000000140000800", 0x140000000],
];

describe("a page", () => {
  test.each(LEAVES)("with %s at level %d is %s", (letters, level, entry, physical) => {
    expect(leafEntry(EPT, physical, letters, level)).toBe(entry);
    expect(readEntry(EPT, entry, level)).toEqual({ kind: LEAF, physical, flags: letters });
  });

  test.each(KEPT_PAGES)("kept, with %s at level %d is %s", (letters, level, entry, physical) => {
    expect(leafEntry(EPT, physical, letters, level)).toBe(entry);
    expect(readEntry(EPT, entry, level)).toMatchObject({ kind: KEPT, physical });
  });

  test("for user mode looks like any other", () => {
    expect(leafEntry(EPT, 0x123456000, "rwu", 0)).toBe("0x0000000123456033");
  });
});

// R + W + X = 0x7, bits 7:3 reserved.
test.each([
  ["0x0000000123456007", 0x123456000],
  ["0x0000000080000007", 0x80000000],
  ["0x00007ffffffff007", 0x7ffffffff000],
])("a table is %s", (entry, table) => {
  expect(tableEntry(EPT, table)).toBe(entry);
  for (const level of [1, 2, 3]) {
    expect(readEntry(EPT, entry, level)).toMatchObject({ kind: TABLE, physical: table });
  }
});

test.each([0, 1, 2, 3])("0 is empty at level %d", (level) => {
  expect(readEntry(EPT, "0x0000000000000000", level).kind).toBe(EMPTY);
});
