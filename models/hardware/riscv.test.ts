import { describe, expect, test } from "vitest";
import { chain, chainAddr, lookedUp, seen } from "./memory.fixture.ts";

// Entries from level 3 down with Sv48, from level 2 down with Sv39. V 0x1, R 0x2, W 0x4, X 0x8, U 0x10, G 0x20,
// A 0x40, D 0x80, RSW 0x300, PPN from bit 10: physical address 0x80001000 is 0x20000400, 0x123456000 is
// 0x48d15800, 0x123400000 is 0x48d00000, 0x140000000 is 0x50000000.
const LEVEL_3 = 0x2000_0401n;
const LEVEL_2 = 0x2000_0801n;
const LEVEL_1 = 0x2000_0c01n;
const PAGE = 0x48d1_58dfn;
const PAGE_2M = 0x48d0_00dfn;
const PAGE_1G = 0x5000_00dfn;

function check(entries: readonly bigint[], expected: string, format: "sv39" | "sv48" = "sv48"): void {
  const hardware = chain(format, entries);
  expect(seen(hardware)).toEqual(expected === "none" ? [] : [expected]);
  const page = expected.includes("malformed") ? "none" : expected;
  expect(lookedUp(hardware, chainAddr(format))).toBe(page);
}

// With Sv39 the table of level 2 is the root, at 0x80000000, so those below lie a frame lower than with Sv48.
describe("pages of Sv39", () => {
  test.each<[string, bigint[], string]>([
    ["of 4 KiB", [0x2000_0401n, 0x2000_0801n, PAGE], "0x80604000 4K 0x123456000 rwxu"],
    ["of 2 MiB", [0x2000_0401n, PAGE_2M], "0x80600000 2M 0x123400000 rwxu"],
    ["of 1 GiB", [PAGE_1G], "0x80000000 1G 0x140000000 rwxu"],
  ])("%s", (_rule, entries, expected) => {
    check(entries, expected, "sv39");
  });

  test("a table below the lowest level", () => {
    check(
      [0x2000_0401n, 0x2000_0801n, 0x2000_0c01n],
      "0x80604000 malformed: a table below the lowest level",
      "sv39",
    );
  });
});

describe("pages of Sv48", () => {
  test.each<[string, bigint[], string]>([
    ["of 4 KiB", [LEVEL_3, LEVEL_2, LEVEL_1, PAGE], "0x8080604000 4K 0x123456000 rwxu"],
    ["of 2 MiB", [LEVEL_3, LEVEL_2, PAGE_2M], "0x8080600000 2M 0x123400000 rwxu"],
    ["of 1 GiB", [LEVEL_3, PAGE_1G], "0x8080000000 1G 0x140000000 rwxu"],
    [
      // PPN bits 39:0 of 44: an address inside the harness has 52 bits.
      "of 4 KiB at the highest physical address of the harness",
      [LEVEL_3, LEVEL_2, LEVEL_1, 0x0003_ffff_ffff_fcdfn],
      "0x8080604000 4K 0xffffffffff000 rwxu",
    ],
    [
      "of 4 KiB at the highest physical address, bits 55:12",
      [LEVEL_3, LEVEL_2, LEVEL_1, 0x003f_ffff_ffff_fcdfn],
      "0x8080604000 4K 0xfffffffffff000 rwxu",
    ],
    [
      "with RSW and G, in tables too",
      [LEVEL_3 | 0x320n, LEVEL_2 | 0x320n, LEVEL_1 | 0x320n, PAGE | 0x320n],
      "0x8080604000 4K 0x123456000 rwxu",
    ],
    ["of 2 MiB with RSW and G", [LEVEL_3, LEVEL_2, PAGE_2M | 0x320n], "0x8080600000 2M 0x123400000 rwxu"],
    ["of 1 GiB with RSW and G", [LEVEL_3, PAGE_1G | 0x320n], "0x8080000000 1G 0x140000000 rwxu"],
  ])("%s", (_rule, entries, expected) => {
    check(entries, expected);
  });

  test.each([1n, 2n])("with PBMT %d", (type) => {
    const bits = type << 61n;
    check([LEVEL_3, LEVEL_2, LEVEL_1, PAGE | bits], "0x8080604000 4K 0x123456000 rwxu");
    check([LEVEL_3, LEVEL_2, PAGE_2M | bits], "0x8080600000 2M 0x123400000 rwxu");
    check([LEVEL_3, PAGE_1G | bits], "0x8080000000 1G 0x140000000 rwxu");
  });
});

describe("rights are those of the page alone", () => {
  test.each<[string, bigint, string]>([
    ["R", 0x48d1_5843n, "r"],
    ["R, and D of no importance", 0x48d1_58c3n, "r"],
    ["R and W", 0x48d1_58c7n, "rw"],
    ["R and X", 0x48d1_584bn, "rx"],
    ["X", 0x48d1_5849n, "x"],
    ["R, W and X", 0x48d1_58cfn, "rwx"],
    ["R and U", 0x48d1_5853n, "ru"],
    ["X, and no other bit counts", 0x48d1_5be9n, "x"],
    ["R, and no other bit counts", 0x48d1_5be3n, "r"],
  ])("%s", (_rule, entry, letters) => {
    check([LEVEL_3, LEVEL_2, LEVEL_1, entry], `0x8080604000 4K 0x123456000 ${letters}`);
  });
});

test("the address of a table is bits 53:10, times 4096", () => {
  check(
    [0x003f_ffff_ffff_fc01n],
    "0x8000000000 malformed: the table at 0xfffffffffff000 is no frame of memory",
  );
});

describe("an entry without V is absent, whatever it holds", () => {
  test.each([
    [[LEVEL_3, LEVEL_2, LEVEL_1, 0xffff_ffff_ffff_fffen]],
    [[LEVEL_3, LEVEL_2, LEVEL_1, PAGE - 1n]],
    [[LEVEL_3, LEVEL_2, 0xffff_ffff_ffff_fffen]],
    [[LEVEL_3, LEVEL_2, LEVEL_1 - 1n, PAGE]],
    [[LEVEL_3, 0xffff_ffff_ffff_fffen]],
    [[LEVEL_3, LEVEL_2 - 1n, LEVEL_1, PAGE]],
    [[0xffff_ffff_ffff_fffen]],
    [[LEVEL_3 - 1n, LEVEL_2, LEVEL_1, PAGE]],
  ])("%#", (entries) => {
    check(entries, "none");
  });
});

describe("malformed entries of any level", () => {
  test.each([54n, 57n, 60n])("bit %d", (bit) => {
    const why = "malformed: bits 60:54 are reserved";
    check([LEVEL_3 | (1n << bit), LEVEL_2, LEVEL_1, PAGE], `0x8000000000 ${why}`);
    check([LEVEL_3, LEVEL_2 | (1n << bit), LEVEL_1, PAGE], `0x8080000000 ${why}`);
    check([LEVEL_3, LEVEL_2, LEVEL_1, PAGE | (1n << bit)], `0x8080604000 ${why}`);
    check([LEVEL_3, LEVEL_2, PAGE_2M | (1n << bit)], `0x8080600000 ${why}`);
  });

  test("N", () => {
    const why = "malformed: bit 63 (N) is reserved";
    check([LEVEL_3, LEVEL_2, LEVEL_1 | (1n << 63n), PAGE], `0x8080600000 ${why}`);
    check([LEVEL_3, LEVEL_2, LEVEL_1, PAGE | (1n << 63n)], `0x8080604000 ${why}`);
  });
});

describe("malformed entries of tables", () => {
  test("at the lowest level", () => {
    check(
      [LEVEL_3, LEVEL_2, LEVEL_1, 0x2000_0801n],
      "0x8080604000 malformed: a table below the lowest level",
    );
  });

  test.each([61n, 62n])("bit %d", (bit) => {
    const why = "malformed: bits 62:61 (PBMT) are reserved in the entry of a table";
    check([LEVEL_3, LEVEL_2 | (1n << bit), LEVEL_1, PAGE], `0x8080000000 ${why}`);
  });

  test.each([
    ["U", 0x10n],
    ["A", 0x40n],
    ["D", 0x80n],
  ])("%s", (_name, bit) => {
    const why = "malformed: D, A and U are reserved in the entry of a table";
    check([LEVEL_3 | bit, LEVEL_2, LEVEL_1, PAGE], `0x8000000000 ${why}`);
    check([LEVEL_3, LEVEL_2, LEVEL_1 | bit, PAGE], `0x8080600000 ${why}`);
  });
});

describe("malformed pages", () => {
  test.each([
    ["W", 0x48d1_58c5n],
    ["W and X", 0x48d1_58cdn],
  ])("%s without R", (_rule, entry) => {
    check([LEVEL_3, LEVEL_2, LEVEL_1, entry], "0x8080604000 malformed: writable but not readable");
  });

  test("PBMT 3", () => {
    const why = "malformed: bits 62:61 (PBMT) hold the reserved value 3";
    check([LEVEL_3, LEVEL_2, LEVEL_1, PAGE | (3n << 61n)], `0x8080604000 ${why}`);
  });

  test("of 512 GiB", () => {
    check([0xdfn], "0x8000000000 malformed: a page of 512 GiB");
  });

  test.each([10n, 19n, 27n])("bit %d of a page of 1 GiB", (bit) => {
    const why = "malformed: a page of 1 GiB that is not aligned";
    check([LEVEL_3, PAGE_1G | (1n << bit)], `0x8080000000 ${why}`);
    check([PAGE_1G | (1n << bit)], `0x80000000 ${why}`, "sv39");
  });

  test.each([10n, 14n, 18n])("bit %d of a page of 2 MiB", (bit) => {
    const why = "malformed: a page of 2 MiB that is not aligned";
    check([LEVEL_3, LEVEL_2, PAGE_2M | (1n << bit)], `0x8080600000 ${why}`);
  });

  test.each([
    ["R, W and X", 0x48d1_588fn],
    ["X", 0x48d1_5889n],
    ["all but A", 0x48d1_5bbfn],
  ])("A is clear in a page with %s", (_rights, entry) => {
    const why = "malformed: A is clear: every access faults";
    check([LEVEL_3, LEVEL_2, LEVEL_1, entry], `0x8080604000 ${why}`);
  });

  test("D is clear in a writable page", () => {
    const why = "malformed: D is clear in a writable page: every write faults";
    check([LEVEL_3, LEVEL_2, LEVEL_1, 0x48d1_5847n], `0x8080604000 ${why}`);
    check([LEVEL_3, LEVEL_2, LEVEL_1, 0x48d1_5b7fn], `0x8080604000 ${why}`);
    check([LEVEL_3, LEVEL_2, 0x48d0_0047n], `0x8080600000 ${why}`);
  });
});
