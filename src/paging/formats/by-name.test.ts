import { describe, expect, test } from "vitest";
import { type PhysAddr, physAddr } from "../../trace/address.ts";
import { FORMAT_NAMES } from "../../trace/hardware.ts";
import { printFlags } from "../../trace/print.ts";
import { KEPT, LEAF, type PageTableFormat, TABLE } from "../format.ts";
import { FORMATS } from "./by-name.ts";
import { flagsOfLetters } from "./entry.fixture.ts";

const RIGHTS = ["r", "rw", "rx", "rwx"];
const OTHERS = ["", "u", "d", "n", "ud", "un"];
const OPEN = RIGHTS.flatMap((rights) => OTHERS.map((others) => flagsOfLetters(rights + others)));
const CLOSED = OTHERS.map(flagsOfLetters);

/** Addresses of pages of `level`: the first, the last below 2^46 and 2^47, and some with a single bit. */
function pagesOf(level: number): PhysAddr[] {
  const size = 4096 * 512 ** level;
  const bits = Array.from({ length: 47 }, (_, bit) => 2 ** bit).filter((address) => address >= size);
  return [0, 2 ** 46 - size, 2 ** 47 - size, ...bits].map(physAddr);
}

/** Every page that a leaf of `format` can map. */
function forEachPage(format: PageTableFormat, visit: (page: PhysAddr, level: number) => void): void {
  for (let level = 0; level <= format.largestLeaf; level++) {
    for (const page of pagesOf(level)) visit(page, level);
  }
}

function expectHalf(half: number): void {
  expect(half).toBe(half >>> 0);
}

test("the formats are named, have 9 bits a level, and map up to 1 GiB", () => {
  const shapes = FORMAT_NAMES.map((name) => {
    const { levels, addrBits, largestLeaf, pageFlags } = FORMATS[name];
    return [FORMATS[name].name, levels, addrBits, largestLeaf, printFlags(pageFlags)];
  });
  expect(shapes).toEqual([
    ["x86-64", 4, 48, 2, "rwxudn"],
    ["sv39", 3, 39, 2, "rwxudn"],
    ["sv48", 4, 48, 2, "rwxudn"],
    ["aarch64", 4, 48, 2, "rwxudn"],
    ["ept", 4, 48, 2, "rwxdn"],
  ]);
});

describe.each(FORMAT_NAMES)("%s", (name) => {
  const format = FORMATS[name];

  test("a leaf gives back what it was made of", () => {
    forEachPage(format, (page, level) => {
      for (const flags of OPEN) {
        const low = format.leafLow(page, flags, level);
        const high = format.leafHigh(page, flags, level);
        expectHalf(low);
        expectHalf(high);
        const read = [
          format.kindOf(low, high, level),
          format.physicalOf(low, high),
          format.flagsOf(low, high),
        ];
        expect(read).toEqual([LEAF, page, flags & format.pageFlags]);
      }
    });
  });

  test("a kept page gives back its address, and the hardware takes it for absent", () => {
    // Bit 0, for EPT bits 2:0 and the execute bit for user mode, bit 10.
    const present = name === "ept" ? 0x407 : 0x1;
    forEachPage(format, (page, level) => {
      for (const flags of CLOSED) {
        const low = format.leafLow(page, flags, level);
        const high = format.leafHigh(page, flags, level);
        expectHalf(low);
        expectHalf(high);
        expect(low & present).toBe(0);
        expect([format.kindOf(low, high, level), format.physicalOf(low, high)]).toEqual([KEPT, page]);
      }
    });
  });

  test("a table gives back its address at every level that has tables below", () => {
    for (const table of pagesOf(0)) {
      const low = format.tableLow(table);
      const high = format.tableHigh(table);
      expectHalf(low);
      expectHalf(high);
      for (let level = 1; level < format.levels; level++) {
        expect([format.kindOf(low, high, level), format.physicalOf(low, high)]).toEqual([TABLE, table]);
      }
    }
  });
});
