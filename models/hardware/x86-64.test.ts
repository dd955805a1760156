import { describe, expect, test } from "vitest";
import { chain, chainAddr, lookedUp, seen } from "./memory.fixture.ts";

// Entries from the PML4 down. P 0x1, R/W 0x2, U/S 0x4, PWT 0x8, PCD 0x10, A 0x20, D 0x40, PS 0x80 (PAT in a PTE),
// G 0x100, PAT of large pages 0x1000, XD bit 63.
const PML4E = 0x8000_1007n;
const PDPTE = 0x8000_2007n;
const PDE = 0x8000_3007n;

function check(entries: readonly bigint[], expected: string): void {
  const hardware = chain("x86-64", entries);
  expect(seen(hardware)).toEqual(expected === "none" ? [] : [expected]);
  const page = expected.includes("malformed") ? "none" : expected;
  expect(lookedUp(hardware, chainAddr("x86-64"))).toBe(page);
}

describe("pages", () => {
  test.each<[string, bigint[], string]>([
    ["of 4 KiB", [PML4E, PDPTE, PDE, 0x1_2345_6007n], "0x8080604000 4K 0x123456000 rwxu"],
    ["of 2 MiB", [PML4E, PDPTE, 0x1_2340_0087n], "0x8080600000 2M 0x123400000 rwxu"],
    ["of 1 GiB", [PML4E, 0x1_4000_0087n], "0x8080000000 1G 0x140000000 rwxu"],
    [
      "of 4 KiB at the highest physical address, 51:12",
      [PML4E, PDPTE, PDE, 0x000f_ffff_ffff_f007n],
      "0x8080604000 4K 0xffffffffff000 rwxu",
    ],
    [
      "of 2 MiB at the highest, 51:21",
      [PML4E, PDPTE, 0x000f_ffff_ffe0_0087n],
      "0x8080600000 2M 0xfffffffe00000 rwxu",
    ],
    [
      "of 1 GiB at the highest, 51:30",
      [PML4E, 0x000f_ffff_c000_0087n],
      "0x8080000000 1G 0xfffffc0000000 rwxu",
    ],
    [
      "of 4 KiB with all ignored and cache bits: bit 7 is PAT, 62:52 and 11:8 are ignored",
      [PML4E, PDPTE, PDE, 0x7ff0_0001_2345_6fffn],
      "0x8080604000 4K 0x123456000 rwxu",
    ],
    [
      "of 2 MiB with all ignored and cache bits: bit 12 is PAT",
      [PML4E, PDPTE, 0x7ff0_0001_2340_1fffn],
      "0x8080600000 2M 0x123400000 rwxu",
    ],
    [
      "of 1 GiB with all ignored and cache bits: bit 12 is PAT",
      [PML4E, 0x7ff0_0001_4000_1fffn],
      "0x8080000000 1G 0x140000000 rwxu",
    ],
    [
      "behind tables with all ignored bits",
      [0x7ff0_0000_8000_1f7fn, 0x7ff0_0000_8000_2f7fn, 0x7ff0_0000_8000_3f7fn, 0x1_2345_6007n],
      "0x8080604000 4K 0x123456000 rwxu",
    ],
  ])("%s", (_rule, entries, expected) => {
    check(entries, expected);
  });
});

describe("rights", () => {
  test.each<[string, bigint[], string]>([
    ["P is enough to be read and executed", [PML4E, PDPTE, PDE, 0x1_2345_6001n], "rx"],
    ["no other bit of a page counts", [PML4E, PDPTE, PDE, 0x7ff0_0001_2345_6ff9n], "rx"],
    ["no other bit of a table counts", [PML4E, PDPTE, 0x7ff0_0000_8000_3f79n, 0x1_2345_6007n], "rx"],
    ["R/W of a page", [PML4E, PDPTE, PDE, 0x1_2345_6005n], "rxu"],
    ["R/W of a PDE", [PML4E, PDPTE, 0x8000_3005n, 0x1_2345_6007n], "rxu"],
    ["R/W of a PDPTE", [PML4E, 0x8000_2005n, PDE, 0x1_2345_6007n], "rxu"],
    ["R/W of a PML4E", [0x8000_1005n, PDPTE, PDE, 0x1_2345_6007n], "rxu"],
    ["U/S of a page", [PML4E, PDPTE, PDE, 0x1_2345_6003n], "rwx"],
    ["U/S of a PDE", [PML4E, PDPTE, 0x8000_3003n, 0x1_2345_6007n], "rwx"],
    ["U/S of a PDPTE", [PML4E, 0x8000_2003n, PDE, 0x1_2345_6007n], "rwx"],
    ["U/S of a PML4E", [0x8000_1003n, PDPTE, PDE, 0x1_2345_6007n], "rwx"],
    ["XD of a page", [PML4E, PDPTE, PDE, 0x8000_0001_2345_6007n], "rwu"],
    ["XD of a PDE", [PML4E, PDPTE, 0x8000_0000_8000_3007n, 0x1_2345_6007n], "rwu"],
    ["XD of a PDPTE", [PML4E, 0x8000_0000_8000_2007n, PDE, 0x1_2345_6007n], "rwu"],
    ["XD of a PML4E", [0x8000_0000_8000_1007n, PDPTE, PDE, 0x1_2345_6007n], "rwu"],
    ["one from each", [0x8000_1005n, 0x8000_2003n, 0x8000_0000_8000_3007n, 0x1_2345_6007n], "r"],
  ])("%s", (_rule, entries, letters) => {
    check(entries, `0x8080604000 4K 0x123456000 ${letters}`);
  });

  test("of a page of 2 MiB", () => {
    check([0x8000_1005n, PDPTE, 0x8000_0001_2340_0083n], "0x8080600000 2M 0x123400000 r");
  });

  test("of a page of 1 GiB", () => {
    check([0x8000_1003n, 0x8000_0001_4000_0085n], "0x8080000000 1G 0x140000000 r");
  });
});

test("the address of a table is bits 51:12", () => {
  check(
    [0x000f_ffff_ffff_f007n],
    "0x8000000000 malformed: the table at 0xffffffffff000 is no frame of memory",
  );
});

describe("an entry without P is absent, whatever it holds", () => {
  test.each([
    [[PML4E, PDPTE, PDE, 0xffff_ffff_ffff_fffen]],
    [[PML4E, PDPTE, 0xffff_ffff_ffff_fffen]],
    [[PML4E, PDPTE, 0x8000_3006n, 0x1_2345_6007n]],
    [[PML4E, 0xffff_ffff_ffff_fffen]],
    [[PML4E, 0x8000_2006n, PDE, 0x1_2345_6007n]],
    [[0xffff_ffff_ffff_fffen]],
    [[0x8000_1006n, PDPTE, PDE, 0x1_2345_6007n]],
    [[PML4E, PDPTE, PDE, 0n]],
  ])("%#", (entries) => {
    check(entries, "none");
  });
});

describe("malformed", () => {
  test("PS in a PML4E", () => {
    check([0x8000_1087n, PDPTE, PDE, 0x1_2345_6007n], "0x8000000000 malformed: bit 7 is reserved");
  });

  test.each([13n, 17n, 21n, 29n])("bit %d of a page of 1 GiB", (bit) => {
    check([PML4E, 0x1_4000_0087n | (1n << bit)], "0x8080000000 malformed: bits 29:13 are reserved");
  });

  test.each([13n, 17n, 20n])("bit %d of a page of 2 MiB", (bit) => {
    check([PML4E, PDPTE, 0x1_2340_0087n | (1n << bit)], "0x8080600000 malformed: bits 20:13 are reserved");
  });
});
