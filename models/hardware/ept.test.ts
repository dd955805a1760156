import { describe, expect, test } from "vitest";
import { chain, chainAddr, lookedUp, seen } from "./memory.fixture.ts";

// Entries from the EPT PML4 down. R 0x1, W 0x2, X 0x4, memory type 0x38 (write-back, 6, is 0x30), ignore PAT
// 0x40, page 0x80, A 0x100, D 0x200.
const PML4E = 0x8000_1007n;
const PDPTE = 0x8000_2007n;
const PDE = 0x8000_3007n;

function check(entries: readonly bigint[], expected: string): void {
  const hardware = chain("ept", entries);
  expect(seen(hardware)).toEqual(expected === "none" ? [] : [expected]);
  const page = expected.includes("malformed") ? "none" : expected;
  expect(lookedUp(hardware, chainAddr("ept"))).toBe(page);
}

describe("pages", () => {
  test.each<[string, bigint[], string]>([
    ["of 4 KiB", [PML4E, PDPTE, PDE, 0x1_2345_6037n], "0x8080604000 4K 0x123456000 rwx"],
    ["of 2 MiB", [PML4E, PDPTE, 0x1_2340_00b7n], "0x8080600000 2M 0x123400000 rwx"],
    ["of 1 GiB", [PML4E, 0x1_4000_00b7n], "0x8080000000 1G 0x140000000 rwx"],
    [
      "of 4 KiB at the highest physical address, 51:12",
      [PML4E, PDPTE, PDE, 0x000f_ffff_ffff_f037n],
      "0x8080604000 4K 0xffffffffff000 rwx",
    ],
    [
      "of 2 MiB at the highest, 51:21",
      [PML4E, PDPTE, 0x000f_ffff_ffe0_00b7n],
      "0x8080600000 2M 0xfffffffe00000 rwx",
    ],
    [
      "of 1 GiB at the highest, 51:30",
      [PML4E, 0x000f_ffff_c000_00b7n],
      "0x8080000000 1G 0xfffffc0000000 rwx",
    ],
    [
      "of 4 KiB with all ignored bits: 7, 11:8 and 63:52",
      [PML4E, PDPTE, PDE, 0xfff0_0001_2345_6ff7n],
      "0x8080604000 4K 0x123456000 rwx",
    ],
    [
      "of 2 MiB with all ignored bits",
      [PML4E, PDPTE, 0xfff0_0001_2340_0ff7n],
      "0x8080600000 2M 0x123400000 rwx",
    ],
    ["of 1 GiB with all ignored bits", [PML4E, 0xfff0_0001_4000_0ff7n], "0x8080000000 1G 0x140000000 rwx"],
    [
      "behind tables with all ignored bits",
      [0xfff0_0000_8000_1f07n, 0xfff0_0000_8000_2f07n, 0xfff0_0000_8000_3f07n, 0x1_2345_6037n],
      "0x8080604000 4K 0x123456000 rwx",
    ],
  ])("%s", (_rule, entries, expected) => {
    check(entries, expected);
  });

  test.each([0n, 1n, 4n, 5n, 6n])("of memory type %d", (type) => {
    check([PML4E, PDPTE, PDE, 0x1_2345_6007n | (type << 3n)], "0x8080604000 4K 0x123456000 rwx");
  });
});

describe("rights", () => {
  test.each<[string, bigint[], string]>([
    ["R", [PML4E, PDPTE, PDE, 0x1_2345_6031n], "r"],
    ["R and W", [PML4E, PDPTE, PDE, 0x1_2345_6033n], "rw"],
    ["R and X", [PML4E, PDPTE, PDE, 0x1_2345_6035n], "rx"],
    ["no other bit of a page counts", [PML4E, PDPTE, PDE, 0xfff0_0001_2345_6ff1n], "r"],
    ["nor one of memory type 5", [PML4E, PDPTE, PDE, 0xfff0_0001_2345_6fe9n], "r"],
    ["X alone", [PML4E, PDPTE, PDE, 0x1_2345_6034n], "x"],
    ["of a PDE", [PML4E, PDPTE, 0x8000_3005n, 0x1_2345_6037n], "rx"],
    ["of a PDPTE", [PML4E, 0x8000_2003n, PDE, 0x1_2345_6037n], "rw"],
    ["of a PML4E", [0x8000_1001n, PDPTE, PDE, 0x1_2345_6037n], "r"],
    ["X alone in a PDE", [PML4E, PDPTE, 0x8000_3004n, 0x1_2345_6037n], "x"],
    ["one from each", [0x8000_1005n, 0x8000_2007n, 0x8000_3003n, 0x1_2345_6037n], "r"],
  ])("%s", (_rule, entries, letters) => {
    check(entries, `0x8080604000 4K 0x123456000 ${letters}`);
  });

  test("of a page of 2 MiB", () => {
    check([0x8000_1003n, PDPTE, 0x1_2340_00b5n], "0x8080600000 2M 0x123400000 r");
  });

  test("of a page of 1 GiB", () => {
    check([0x8000_1005n, 0x1_4000_00b7n], "0x8080000000 1G 0x140000000 rx");
  });

  test("none left on the way: not accessible", () => {
    check([0x8000_1003n, PDPTE, PDE, 0x1_2345_6034n], "none");
  });
});

test("the address of a table is bits 51:12", () => {
  check(
    [0x000f_ffff_ffff_f007n],
    "0x8000000000 malformed: the table at 0xffffffffff000 is no frame of memory",
  );
});

describe("an entry without R, W and X is absent, whatever it holds", () => {
  test.each([
    [[PML4E, PDPTE, PDE, 0xffff_ffff_ffff_fff8n]],
    [[PML4E, PDPTE, 0xffff_ffff_ffff_fff8n]],
    [[PML4E, PDPTE, 0x8000_3000n, 0x1_2345_6037n]],
    [[PML4E, 0xffff_ffff_ffff_fff8n]],
    [[PML4E, 0x8000_2000n, PDE, 0x1_2345_6037n]],
    [[0xffff_ffff_ffff_fff8n]],
    [[0x8000_1000n, PDPTE, PDE, 0x1_2345_6037n]],
  ])("%#", (entries) => {
    check(entries, "none");
  });
});

describe("malformed", () => {
  test.each<[string, bigint[], string]>([
    ["W in a page", [PML4E, PDPTE, PDE, 0x1_2345_6032n], "0x8080604000"],
    ["W and X in a page", [PML4E, PDPTE, PDE, 0x1_2345_6036n], "0x8080604000"],
    ["W in a PDE", [PML4E, PDPTE, 0x8000_3002n, 0x1_2345_6037n], "0x8080600000"],
    ["W and X in a PDPTE", [PML4E, 0x8000_2006n, PDE, 0x1_2345_6037n], "0x8080000000"],
    ["W in a PML4E", [0x8000_1002n, PDPTE, PDE, 0x1_2345_6037n], "0x8000000000"],
  ])("%s without R", (_rule, entries, addr) => {
    check(entries, `${addr} malformed: writable but not readable`);
  });

  test("bit 7 of a PML4E", () => {
    check([0x8000_1087n, PDPTE, PDE, 0x1_2345_6037n], "0x8000000000 malformed: bit 7 is reserved");
  });

  test.each([3n, 4n, 5n, 6n])("bit %d in the entry of a table", (bit) => {
    const reserved = 1n << bit;
    const why = "malformed: bits 6:3 are reserved";
    check([PML4E | reserved, PDPTE, PDE, 0x1_2345_6037n], `0x8000000000 ${why}`);
    check([PML4E, PDPTE | reserved, PDE, 0x1_2345_6037n], `0x8080000000 ${why}`);
    check([PML4E, PDPTE, PDE | reserved, 0x1_2345_6037n], `0x8080600000 ${why}`);
  });

  test.each([2n, 3n, 7n])("memory type %d", (type) => {
    const why = "malformed: the memory type is reserved";
    check([PML4E, PDPTE, PDE, 0x1_2345_6007n | (type << 3n)], `0x8080604000 ${why}`);
    check([PML4E, PDPTE, PDE, 0xfff0_0001_2345_6fc7n | (type << 3n)], `0x8080604000 ${why}`);
    check([PML4E, PDPTE, 0x1_2340_0087n | (type << 3n)], `0x8080600000 ${why}`);
    check([PML4E, 0x1_4000_0087n | (type << 3n)], `0x8080000000 ${why}`);
  });

  test.each([12n, 21n, 29n])("bit %d of a page of 1 GiB", (bit) => {
    check([PML4E, 0x1_4000_00b7n | (1n << bit)], "0x8080000000 malformed: bits 29:12 are reserved");
  });

  test.each([12n, 17n, 20n])("bit %d of a page of 2 MiB", (bit) => {
    check([PML4E, PDPTE, 0x1_2340_00b7n | (1n << bit)], "0x8080600000 malformed: bits 20:12 are reserved");
  });
});
