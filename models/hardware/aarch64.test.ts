import { describe, expect, test } from "vitest";
import { chain, chainAddr, lookedUp, seen } from "./memory.fixture.ts";

// Entries from the manual's level 0 down. Table or page 0x3, block 0x1, attr 0x1c, NS 0x20, AP[1] 0x40, AP[2] 0x80,
// SH 0x300, AF 0x400, nG 0x800, contiguous bit 52, PXN bit 53, UXN bit 54; in tables PXNTable bit 59, XNTable
// bit 60, APTable bits 61 and 62, NSTable bit 63.
const LEVEL_0 = 0x8000_1003n;
const LEVEL_1 = 0x8000_2003n;
const LEVEL_2 = 0x8000_3003n;
const PAGE = 0x1_2345_6403n;
const PAGE_EL0 = 0x1_2345_6443n;

function check(entries: readonly bigint[], expected: string): void {
  const hardware = chain("aarch64", entries);
  expect(seen(hardware)).toEqual(expected === "none" ? [] : [expected]);
  const page = expected.includes("malformed") ? "none" : expected;
  expect(lookedUp(hardware, chainAddr("aarch64"))).toBe(page);
}

describe("pages and blocks", () => {
  test.each<[string, bigint[], string]>([
    ["of 4 KiB", [LEVEL_0, LEVEL_1, LEVEL_2, PAGE], "0x8080604000 4K 0x123456000 rwx"],
    ["of 2 MiB", [LEVEL_0, LEVEL_1, 0x1_2340_0401n], "0x8080600000 2M 0x123400000 rwx"],
    ["of 1 GiB", [LEVEL_0, 0x1_4000_0401n], "0x8080000000 1G 0x140000000 rwx"],
    [
      "of 4 KiB at the highest physical address, 47:12",
      [LEVEL_0, LEVEL_1, LEVEL_2, 0x0000_ffff_ffff_f403n],
      "0x8080604000 4K 0xfffffffff000 rwx",
    ],
    [
      "of 2 MiB at the highest, 47:21",
      [LEVEL_0, LEVEL_1, 0x0000_ffff_ffe0_0401n],
      "0x8080600000 2M 0xffffffe00000 rwx",
    ],
    [
      "of 1 GiB at the highest, 47:30",
      [LEVEL_0, 0x0000_ffff_c000_0401n],
      "0x8080000000 1G 0xffffc0000000 rwx",
    ],
    [
      "with all bits that are ignored or about caches: 63:55, DBM, nG, SH, NS and attr",
      [LEVEL_0, LEVEL_1, LEVEL_2, 0xff88_0001_2345_6f3fn],
      "0x8080604000 4K 0x123456000 rwx",
    ],
    [
      "behind tables with all bits that are ignored: NSTable, 58:51 and 11:2",
      [0x87f8_0000_8000_1fffn, 0x87f8_0000_8000_2fffn, 0x87f8_0000_8000_3fffn, PAGE_EL0],
      "0x8080604000 4K 0x123456000 rwxu",
    ],
    [
      "of 2 MiB with all of these bits",
      [LEVEL_0, LEVEL_1, 0xff88_0001_2340_0f3dn],
      "0x8080600000 2M 0x123400000 rwx",
    ],
    ["of 1 GiB with all of these bits", [LEVEL_0, 0xff88_0001_4000_0f3dn], "0x8080000000 1G 0x140000000 rwx"],
    [
      "without EL0 behind such tables",
      [0x87f8_0000_8000_1fffn, 0x87f8_0000_8000_2fffn, 0x87f8_0000_8000_3fffn, PAGE],
      "0x8080604000 4K 0x123456000 rwx",
    ],
    ["with SH 2", [LEVEL_0, LEVEL_1, LEVEL_2, PAGE | 0x200n], "0x8080604000 4K 0x123456000 rwx"],
  ])("%s", (_rule, entries, expected) => {
    check(entries, expected);
  });
});

describe("rights of a page", () => {
  test.each<[string, bigint, string]>([
    ["AP 0", 0x1_2345_6403n, "rwx"],
    ["AP 1: EL0 too", 0x1_2345_6443n, "rwxu"],
    ["AP 2: read-only", 0x1_2345_6483n, "rx"],
    ["AP 3: read-only, EL0 too", 0x1_2345_64c3n, "rxu"],
    ["AP 2, and no other bit counts", 0xff88_0001_2345_6fbfn, "rx"],
    ["AP 1, and no other bit counts", 0xff88_0001_2345_6f7fn, "rwxu"],
    ["PXN, without EL0", 0x0020_0001_2345_6403n, "rw"],
    ["PXN, with EL0", 0x0020_0001_2345_6443n, "rwxu"],
    ["UXN, without EL0", 0x0040_0001_2345_6403n, "rwx"],
    ["UXN, with EL0", 0x0040_0001_2345_6443n, "rwu"],
    ["PXN and UXN, without EL0", 0x0060_0001_2345_6483n, "r"],
    ["PXN and UXN, with EL0", 0x0060_0001_2345_64c3n, "ru"],
  ])("%s", (_rule, entry, letters) => {
    check([LEVEL_0, LEVEL_1, LEVEL_2, entry], `0x8080604000 4K 0x123456000 ${letters}`);
  });

  test("of a block of 2 MiB", () => {
    check([LEVEL_0, LEVEL_1, 0x0040_0001_2340_04c1n], "0x8080600000 2M 0x123400000 ru");
  });

  test("of a block of 1 GiB", () => {
    check([LEVEL_0, 0x0020_0001_4000_0481n], "0x8080000000 1G 0x140000000 r");
  });
});

describe("rights that tables take away", () => {
  const APTABLE_0 = 1n << 61n;
  const APTABLE_1 = 1n << 62n;
  const XNTABLE = 1n << 60n;
  const PXNTABLE = 1n << 59n;

  test.each<[string, bigint, bigint, string]>([
    ["APTable[0]: no EL0", APTABLE_0, PAGE_EL0, "rwx"],
    ["APTable[0]: then it is PXN that counts", APTABLE_0, PAGE_EL0 | (1n << 53n), "rw"],
    ["APTable[1]: read-only", APTABLE_1, PAGE_EL0, "rxu"],
    ["XNTable, with EL0", XNTABLE, PAGE_EL0, "rwu"],
    ["XNTable, without EL0", XNTABLE, PAGE, "rwx"],
    ["PXNTable, with EL0", PXNTABLE, PAGE_EL0, "rwxu"],
    ["PXNTable, without EL0", PXNTABLE, PAGE, "rw"],
  ])("%s", (_rule, bit, page, letters) => {
    const expected = `0x8080604000 4K 0x123456000 ${letters}`;
    check([LEVEL_0 | bit, LEVEL_1, LEVEL_2, page], expected);
    check([LEVEL_0, LEVEL_1 | bit, LEVEL_2, page], expected);
    check([LEVEL_0, LEVEL_1, LEVEL_2 | bit, page], expected);
  });

  test.each<[string, bigint, string]>([
    ["APTable", APTABLE_0 | APTABLE_1, "rx"],
    ["APTable and PXNTable", APTABLE_0 | APTABLE_1 | PXNTABLE, "r"],
    ["APTable[1] and XNTable", APTABLE_1 | XNTABLE, "ru"],
    ["APTable[1], XNTable and PXNTable", APTABLE_1 | XNTABLE | PXNTABLE, "ru"],
  ])("both or all of %s in one table", (_rule, bits, letters) => {
    check([LEVEL_0, LEVEL_1 | bits, LEVEL_2, PAGE_EL0], `0x8080604000 4K 0x123456000 ${letters}`);
  });

  test("one from each", () => {
    const tables = [LEVEL_0 | APTABLE_0, LEVEL_1 | APTABLE_1, LEVEL_2 | PXNTABLE];
    check([...tables, PAGE_EL0], "0x8080604000 4K 0x123456000 r");
  });

  test("of a block of 2 MiB and of 1 GiB", () => {
    check([LEVEL_0 | APTABLE_1, LEVEL_1 | PXNTABLE, 0x1_2340_0401n], "0x8080600000 2M 0x123400000 r");
    check([LEVEL_0 | XNTABLE, 0x1_4000_0441n], "0x8080000000 1G 0x140000000 rwu");
  });
});

test("the address of a table is bits 47:12", () => {
  check(
    [0x0000_ffff_ffff_f003n],
    "0x8000000000 malformed: the table at 0xfffffffff000 is no frame of memory",
  );
});

describe("an entry with bit 0 clear is absent, whatever it holds", () => {
  test.each([
    [[LEVEL_0, LEVEL_1, LEVEL_2, 0xffff_ffff_ffff_fffen]],
    [[LEVEL_0, LEVEL_1, LEVEL_2, PAGE - 1n]],
    [[LEVEL_0, LEVEL_1, 0xffff_ffff_ffff_fffcn]],
    [[LEVEL_0, LEVEL_1, LEVEL_2 - 1n, PAGE]],
    [[LEVEL_0, 0xffff_ffff_ffff_fffen]],
    [[LEVEL_0, LEVEL_1 - 1n, LEVEL_2, PAGE]],
    [[0xffff_ffff_ffff_fffcn]],
    [[LEVEL_0 - 1n, LEVEL_1, LEVEL_2, PAGE]],
  ])("%#", (entries) => {
    check(entries, "none");
  });
});

describe("malformed", () => {
  test.each([48n, 49n, 50n])("bit %d", (bit) => {
    const why = "malformed: bits 50:48 are reserved";
    check([LEVEL_0 | (1n << bit), LEVEL_1, LEVEL_2, PAGE], `0x8000000000 ${why}`);
    check([LEVEL_0, LEVEL_1, LEVEL_2 | (1n << bit), PAGE], `0x8080600000 ${why}`);
    check([LEVEL_0, LEVEL_1, LEVEL_2, PAGE | (1n << bit)], `0x8080604000 ${why}`);
    check([LEVEL_0, 0x1_4000_0401n | (1n << bit)], `0x8080000000 ${why}`);
  });

  test.each([0x1_2345_6401n, 0xff88_0001_2345_6ffdn])("a block at the lowest level: 0x%x", (entry) => {
    const why = "malformed: bits 1:0 are 01 at the lowest level";
    check([LEVEL_0, LEVEL_1, LEVEL_2, entry], `0x8080604000 ${why}`);
  });

  test("a block of 512 GiB", () => {
    check([0x401n], "0x8000000000 malformed: a block of 512 GiB");
  });

  test.each([12n, 16n, 29n])("bit %d of a block of 1 GiB", (bit) => {
    const why = "malformed: bits 29:12 of a block of 1 GiB are not clear";
    check([LEVEL_0, 0x1_4000_0401n | (1n << bit)], `0x8080000000 ${why}`);
  });

  test.each([12n, 16n, 20n])("bit %d of a block of 2 MiB", (bit) => {
    const why = "malformed: bits 20:12 of a block of 2 MiB are not clear";
    check([LEVEL_0, LEVEL_1, 0x1_2340_0401n | (1n << bit)], `0x8080600000 ${why}`);
  });

  test.each<[string, bigint, string]>([
    ["contiguous", PAGE | (1n << 52n), "bit 52 (contiguous) is set"],
    ["SH 1", PAGE | 0x100n, "bits 9:8 (SH) hold the reserved value 1"],
    ["SH 1, and no other bit counts", 0xff88_0001_2345_6dffn, "bits 9:8 (SH) hold the reserved value 1"],
    ["AF clear, and no other bit counts", 0xff88_0001_2345_6bffn, "AF is clear: every access faults"],
    ["AF clear", PAGE - 0x400n, "AF is clear: every access faults"],
  ])("%s", (_rule, entry, why) => {
    check([LEVEL_0, LEVEL_1, LEVEL_2, entry], `0x8080604000 malformed: ${why}`);
  });
});
