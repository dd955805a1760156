import { describe, expect, test } from "vitest";
import { EXECUTE, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { ALL_FORMATS, GIB, KIB4, Machine, MIB2, pa, va } from "./machine.fixture.ts";

const RW = READ | WRITE;

describe.each(ALL_FORMATS)("%s: a region", (format) => {
  test.each([
    ["aligned to 1 GiB", GIB, 4 * GIB, 2 * GIB, { "1G": 2 }],
    ["aligned to 2 MiB", 4 * MIB2, MIB2, 3 * MIB2, { "2M": 3 }],
    ["of pages", 0x1000, 0x5000, 0x3000, { "4K": 3 }],
    ["congruent modulo 2 MiB", MIB2 - KIB4, 5 * MIB2 - KIB4, MIB2 + 2 * KIB4, { "4K": 2, "2M": 1 }],
    ["congruent modulo 1 GiB", GIB - MIB2, 3 * GIB - MIB2, GIB + 2 * MIB2, { "2M": 2, "1G": 1 }],
    ["congruent modulo 2 MiB alone", GIB, 2 * GIB + MIB2, GIB, { "2M": 512 }],
    ["incongruent", MIB2, 8 * MIB2 + KIB4, MIB2, { "4K": 512 }],
    ["at a lower physical address", 8 * GIB, 0, GIB + KIB4, { "1G": 1, "4K": 1 }],
    ["across two tables", GIB - KIB4, GIB - KIB4, 2 * KIB4, { "4K": 2 }],
    ["too short for a huge page", MIB2, MIB2, MIB2 - KIB4, { "4K": 511 }],
  ])("%s uses pages as large as possible", (_name, start, physical, size, sizes) => {
    const machine = new Machine(format);
    expect(machine.pageTable.mapRegion(va(start), pa(physical), size, RW, true)).toEqual({ ok: true });
    expect(machine.sizes()).toEqual(sizes);
    let next = start;
    machine.pageTable.walk((addr, bytes, at, flags) => {
      expect([addr, at - physical, flags]).toEqual([next, addr - start, RW]);
      next += bytes;
    });
    expect(next).toBe(start + size);
    expect(machine.pageTable.unmapRegion(va(start), size)).toEqual({ ok: true });
    expect(machine.counts).toEqual({ data: 0, table: 1 });
  });

  test("uses no huge pages unless it may", () => {
    const machine = new Machine(format);
    machine.pageTable.mapRegion(va(MIB2), pa(MIB2), MIB2, RW, false);
    expect(machine.sizes()).toEqual({ "4K": 512 });
  });

  test("of guard pages uses huge ones too", () => {
    const machine = new Machine(format);
    machine.pageTable.mapRegion(va(GIB - MIB2), pa(GIB - MIB2), GIB + MIB2, NO_FLAGS, true);
    expect(machine.pages()).toEqual(["0x3fe00000 2M 0x3fe00000 -", "0x40000000 1G 0x40000000 -"]);
  });

  test("goes around tables that are there: a huge page doesn't fit over one", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(MIB2), pa(0), KIB4, READ);
    machine.pageTable.mapRegion(va(0), pa(0), MIB2, RW, true);
    machine.pageTable.mapRegion(va(MIB2 + KIB4), pa(MIB2 + KIB4), MIB2 - KIB4, RW, true);
    expect(machine.sizes()).toEqual({ "2M": 1, "4K": 512 });
  });

  test.each([
    ["its virtual address", 0x800, 0x1000, 0x1000],
    ["its physical address", 0x1000, 0x800, 0x1000],
    ["its size", 0x1000, 0x1000, 0x800],
  ])("needs whole pages: %s", (_name, start, physical, size) => {
    const machine = new Machine(format);
    const refused = { ok: false, error: "NotAligned" };
    expect(machine.pageTable.mapRegion(va(start), pa(physical), size, READ, true)).toEqual(refused);
    if (physical === 0x1000) {
      expect(machine.pageTable.unmapRegion(va(start), size)).toEqual(refused);
      expect(machine.pageTable.protectRegion(va(start), size, READ)).toEqual(refused);
    }
    expect(machine.pages()).toEqual([]);
  });

  test("may be empty, and ends at the end of the address space at the latest", () => {
    const machine = new Machine(format);
    const limit = 2 ** machine.format.addrBits;
    machine.pageTable.map(va(0x1000), pa(0), KIB4, READ);
    expect(machine.pageTable.mapRegion(va(0x1000), pa(0), 0, READ, true)).toEqual({ ok: true });
    expect(machine.pageTable.unmapRegion(va(0x1000), 0)).toEqual({ ok: true });
    expect(machine.pageTable.protectRegion(va(0x1000), 0, NO_FLAGS)).toEqual({ ok: true });
    expect(machine.pages()).toEqual(["0x1000 4K 0x0 r"]);
    expect(machine.pageTable.mapRegion(va(limit - GIB), pa(0), GIB, READ, true)).toEqual({ ok: true });
    expect(machine.pageTable.protectRegion(va(limit - GIB), GIB, NO_FLAGS)).toEqual({ ok: true });
    expect(machine.pageTable.protectRegion(va(limit - GIB), GIB + KIB4, RW).ok).toBe(false);
    expect(machine.pages().at(-1)).toBe(`0x${(limit - GIB).toString(16)} 1G 0x0 -`);
  });

  test("that is empty changes no table, inside of a huge page neither", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(GIB), pa(0), GIB, READ);
    const before = machine.state();
    for (const start of [va(0x1000), va(GIB + KIB4), va(3 * GIB + MIB2)]) {
      expect(machine.pageTable.mapRegion(start, pa(0), 0, READ, true)).toEqual({ ok: true });
      expect(machine.pageTable.unmapRegion(start, 0)).toEqual({ ok: true });
      expect(machine.pageTable.protectRegion(start, 0, NO_FLAGS)).toEqual({ ok: true });
    }
    expect(machine.state()).toEqual(before);
  });

  test("can't begin below the address space, or end before it begins", () => {
    const machine = new Machine(format);
    const refused = { ok: false, error: "NotAligned" };
    for (const [start, size] of [
      [-KIB4, 2 * KIB4],
      [2 * KIB4, -KIB4],
    ] as const) {
      expect(machine.pageTable.mapRegion(va(start), pa(4 * KIB4), size, READ, true)).toEqual(refused);
      expect(machine.pageTable.unmapRegion(va(start), size)).toEqual(refused);
      expect(machine.pageTable.protectRegion(va(start), size, READ)).toEqual(refused);
    }
    expect(machine.counts.table).toBe(1);
  });

  test.each([
    [MIB2, KIB4],
    [GIB, MIB2],
  ])("that is left of a huge page of %i bytes has the entries of smaller pages", (size, part) => {
    const [split, plain] = [new Machine(format), new Machine(format)];
    split.pageTable.map(va(size), pa(4 * size), size, RW);
    split.pageTable.unmapRegion(va(size), part);
    plain.pageTable.mapRegion(va(size + part), pa(4 * size + part), size - part, RW, true);
    expect(split.memory()).toEqual(plain.memory());
  });

  test("is mapped as a whole or not at all", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(GIB + 5 * KIB4), pa(0), KIB4, READ);
    const before = machine.state();
    const mapped = machine.pageTable.mapRegion(va(GIB - MIB2), pa(GIB - MIB2), 2 * MIB2, RW, true);
    expect(mapped).toEqual({ ok: false, error: "AlreadyMapped" });
    expect(machine.state()).toEqual(before);
  });

  test("is unmapped and protected with its holes", () => {
    const machine = new Machine(format);
    for (const addr of [0x1000, 0x3000, MIB2, GIB + 0x5000, 2 ** 38]) {
      machine.pageTable.map(va(addr), pa(addr), KIB4, RW);
    }
    machine.touch(0x1000, MIB2, GIB + 0x5000, 2 ** 38);
    expect(machine.pageTable.protectRegion(va(0x3000), 2 ** 37, READ | EXECUTE)).toEqual({ ok: true });
    expect(machine.pages().map((page) => page.split(" ").at(-1))).toEqual(["rw", "rx", "rx", "rx", "rw"]);
    expect(machine.stale()).toEqual([]);
    const unmapped: number[][] = [];
    const told = (physical: number, size: number) => unmapped.push([physical, size]);
    expect(machine.pageTable.unmapRegion(va(0), 2 ** 38, told)).toEqual({ ok: true });
    expect(unmapped).toEqual([0x1000, 0x3000, MIB2, GIB + 0x5000].map((physical) => [physical, KIB4]));
    expect(machine.pages()).toEqual(["0x4000000000 4K 0x4000000000 rw"]);
    expect(machine.stale()).toEqual([]);
  });

  test("tells of huge pages, and of guard pages, when they are unmapped", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(GIB), pa(2 * GIB), GIB, READ);
    machine.pageTable.map(va(2 * GIB), pa(MIB2), MIB2, NO_FLAGS);
    const unmapped: number[][] = [];
    machine.pageTable.unmapRegion(va(GIB), 2 * GIB, (physical, size) => unmapped.push([physical, size]));
    expect(unmapped).toEqual([
      [2 * GIB, GIB],
      [MIB2, MIB2],
    ]);
  });
});
