import { describe, expect, test } from "vitest";
import { EXECUTE, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { ALL_FORMATS, GIB, KIB4, Machine, MIB2, pa, va } from "./machine.fixture.ts";

describe.each(ALL_FORMATS)("%s: a processor", (format) => {
  test.each([KIB4, MIB2, GIB])("finds a page of %i bytes, and keeps its translation", (size) => {
    const machine = new Machine(format);
    machine.pageTable.map(va(2 * size), pa(8 * GIB), size, READ | WRITE);
    expect(machine.translate(2 * size + 5)).toBe(8 * GIB + 5);
    expect(machine.cached()).toEqual([`0x${(2 * size).toString(16)} ${size}`]);
    expect(machine.translate(3 * size - 1, WRITE)).toBe(8 * GIB + size - 1);
    expect(machine.translate(2 * size - 1)).toBeUndefined();
    expect(machine.translate(3 * size)).toBeUndefined();
  });

  test("checks what the page permits, in the TLB and in the page table alike", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(0x1000), pa(0x5000), KIB4, READ | EXECUTE);
    expect(machine.translate(0x1000, WRITE)).toBeUndefined();
    expect(machine.cached()).toEqual(["0x1000 4096"]);
    expect(machine.translate(0x1000, WRITE)).toBeUndefined();
    expect(machine.translate(0x1008, READ | WRITE)).toBeUndefined();
    expect(machine.translate(0x1008, READ | EXECUTE)).toBe(0x5008);
  });

  test("takes a guard page for an absent one and keeps nothing of it", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(0x1000), pa(0x5000), KIB4, NO_FLAGS);
    expect(machine.translate(0x1000, NO_FLAGS)).toBeUndefined();
    expect(machine.cached()).toEqual([]);
  });

  test("goes by the TLB first: it sees what was there until it is told", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(0x1000), pa(0x5000), KIB4, READ);
    machine.touch(0x1000);
    machine.pageTable.unmap(va(0x1000));
    expect(machine.translate(0x1000)).toBeUndefined();
    machine.tlb.fill(va(0x1000), KIB4, pa(0x7000), READ);
    expect(machine.translate(0x1234)).toBe(0x7234);
  });

  test("faults beyond what the format can map", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(0), pa(0x5000), KIB4, READ);
    expect(machine.translate(2 ** machine.format.addrBits)).toBeUndefined();
  });
});
