import { describe, expect, test } from "vitest";
import { NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { ALL_FORMATS, GIB, KIB4, Machine, MIB2, pa, va } from "./machine.fixture.ts";

const RW = READ | WRITE;

/** Two huge pages of `size` bytes from `size` on, at physical addresses 4 GiB higher. */
function twoHuge(format: (typeof ALL_FORMATS)[number], size: number, flags = RW): Machine {
  const machine = new Machine(format);
  machine.pageTable.mapRegion(va(size), pa(size + 4 * GIB), 2 * size, flags, true);
  expect(machine.pages()).toHaveLength(2);
  machine.touch(size, 2 * size, 3 * size - 1);
  return machine;
}

/** Checks what lies at each of these addresses. */
function expectPages(
  machine: Machine,
  expected: readonly (readonly [addr: number, flags: number | undefined])[],
) {
  for (const [addr, flags] of expected) {
    const page = machine.pageTable.query(va(addr));
    const seen = page && { physical: page.physical + (addr % page.size), flags: page.flags };
    expect(seen, `0x${addr.toString(16)}`).toEqual(
      flags === undefined ? undefined : { physical: addr + 4 * GIB, flags },
    );
  }
}

// A part of the two huge pages: its start and its end, and how many tables splitting needs.
const PARTS_2M = [
  ["the first page", MIB2, MIB2 + KIB4, 1],
  ["a page in the middle", MIB2 + 0x80000, MIB2 + 0x81000, 1],
  ["the last page", 3 * MIB2 - KIB4, 3 * MIB2, 1],
  ["all but the first page", MIB2 + KIB4, 2 * MIB2, 1],
  ["the end of one and the start of the other", 2 * MIB2 - KIB4, 2 * MIB2 + KIB4, 2],
  ["one and the start of the other", MIB2, 2 * MIB2 + 5 * KIB4, 1],
] as const;

const PARTS_1G = [
  ["the first page", GIB, GIB + KIB4, 2],
  ["2 MiB", GIB + 7 * MIB2, GIB + 8 * MIB2, 1],
  ["the last page", 3 * GIB - KIB4, 3 * GIB, 2],
  ["a page and 2 MiB", GIB + MIB2 - KIB4, GIB + 2 * MIB2, 2],
  ["pages at both ends of 2 MiB", GIB + MIB2 - KIB4, GIB + 2 * MIB2 + KIB4, 3],
  ["the end of one and the start of the other", 2 * GIB - KIB4, 2 * GIB + KIB4, 4],
  ["one and the start of the other", GIB, 2 * GIB + MIB2, 1],
] as const;

const CASES = [
  ...PARTS_2M.map(([name, start, end, tables]) => ({ size: MIB2, name, start, end, tables })),
  ...PARTS_1G.map(([name, start, end, tables]) => ({ size: GIB, name, start, end, tables })),
];

describe.each(ALL_FORMATS)("%s", (format) => {
  describe.each(CASES)("$name of huge pages of $size bytes", ({ size, start, end, tables }) => {
    const around = (machine: Machine, flags: number | undefined, others: number) =>
      expectPages(machine, [
        [size, start === size ? flags : others],
        [start - 1, start === size ? undefined : others],
        [start, flags],
        [end - 1, flags],
        [end, end === 3 * size ? undefined : others],
        [3 * size - 1, end === 3 * size ? flags : others],
      ]);

    test("is unmapped alone", () => {
      const machine = twoHuge(format, size);
      const before = machine.counts.table;
      let bytes = 0;
      const unmapped = machine.pageTable.unmapRegion(va(start), end - start, (physical, pageSize) => {
        bytes += pageSize;
        expect(physical).toBeGreaterThanOrEqual(start + 4 * GIB);
      });
      expect(unmapped).toEqual({ ok: true });
      expect(bytes).toBe(end - start);
      around(machine, undefined, RW);
      expect(machine.stale()).toEqual([]);
      expect(machine.counts.table).toBe(before + tables);
      machine.pageTable.unmapRegion(va(size), 2 * size);
      expect(machine.counts.table).toBe(1);
    });

    test.each([
      ["rw", RW, READ],
      ["rw to none", RW, NO_FLAGS],
      ["none to r", NO_FLAGS, READ],
    ])("is protected alone: %s", (_name, others, flags) => {
      const machine = twoHuge(format, size, others);
      const before = machine.counts.table;
      expect(machine.pageTable.protectRegion(va(start), end - start, flags)).toEqual({ ok: true });
      around(machine, flags, others);
      expect(machine.stale()).toEqual([]);
      expect(machine.counts.table).toBe(before + tables);
      machine.pageTable.unmapRegion(va(size), 2 * size);
      expect(machine.counts.table).toBe(1);
    });
  });

  test("a huge page is split once: its parts stay pages, also when they are alike again", () => {
    const machine = twoHuge(format, MIB2);
    machine.pageTable.protectRegion(va(MIB2), KIB4, READ);
    machine.pageTable.protectRegion(va(MIB2), KIB4, RW);
    expect(machine.sizes()).toEqual({ "4K": 512, "2M": 1 });
    const { table } = machine.counts;
    machine.pageTable.unmapRegion(va(MIB2 + KIB4), KIB4);
    expect(machine.counts.table).toBe(table);
  });

  test("whole huge pages are not split", () => {
    const machine = twoHuge(format, GIB);
    machine.pageTable.protectRegion(va(GIB), GIB, READ);
    machine.pageTable.unmapRegion(va(2 * GIB), GIB);
    expect(machine.pages()).toEqual(["0x40000000 1G 0x140000000 r"]);
    expect(machine.stale()).toEqual([]);
  });

  test("splitting forgets the huge page's translation, and no other", () => {
    const machine = twoHuge(format, MIB2);
    expect(machine.cached()).toEqual(["0x200000 2097152", "0x400000 2097152"]);
    machine.pageTable.protectRegion(va(MIB2 + KIB4), KIB4, READ);
    expect(machine.cached()).toEqual(["0x400000 2097152"]);
  });

  test("the first page of a huge page at address 0 is split off", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(0), pa(GIB), GIB, RW);
    machine.pageTable.unmapRegion(va(0), KIB4);
    expect(machine.sizes()).toEqual({ "4K": 511, "2M": 511 });
    expect(machine.pageTable.query(va(KIB4))?.physical).toBe(GIB + KIB4);
  });
});
