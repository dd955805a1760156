/** The backends under a plain `MemorySet`, whose commands are no transactions: each call is atomic by itself. */
import { describe, expect, test } from "vitest";
import { MemoryArea } from "../memory/area.ts";
import { BAD_STATE, DONE } from "../memory/error.ts";
import { MemorySet } from "../memory/memory-set.ts";
import { FORMATS } from "../paging/formats/by-name.ts";
import { ALL_FORMATS, GIB, KIB4, Machine, MIB2, pa, va } from "../paging/machine.fixture.ts";
import type { PageTable } from "../paging/page-table.ts";
import { type Flags, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { AllocBackend } from "./alloc-backend.ts";
import type { SpaceBackend } from "./backend.ts";
import { LinearBackend } from "./linear-backend.ts";

const RW = READ | WRITE;

class SetMachine extends Machine {
  readonly set = new MemorySet<Flags, PageTable, SpaceBackend>();

  map(start: number, size: number, backend: SpaceBackend, flags: Flags = RW, replace = false) {
    return this.set.map(new MemoryArea(va(start), size, flags, backend), this.pageTable, replace);
  }

  areas(): string[] {
    return Array.from(
      this.set,
      ({ start, end, flags }) => `${start.toString(16)}-${end.toString(16)} ${flags}`,
    );
  }
}

/** Runs a call without frames for all but the first `frames`. */
function starve<T>(machine: SetMachine, frames: number, call: () => T): T {
  machine.allocator.injection.failAfter(frames);
  const result = call();
  machine.allocator.injection.disarm();
  return result;
}

describe.each(ALL_FORMATS)("%s", (format) => {
  const { levels } = FORMATS[format];

  test("pages come and go with areas, frames and tables with them", () => {
    const machine = new SetMachine(format);
    expect(machine.map(GIB, 2 * MIB2, new LinearBackend(-GIB))).toEqual(DONE);
    expect(machine.map(0x1000, 0x3000, new AllocBackend(true))).toEqual(DONE);
    expect(machine.map(0x5000, 0x3000, new AllocBackend(false))).toEqual(DONE);
    expect(machine.sizes()).toEqual({ "4K": 3, "2M": 2 });
    expect(machine.pages().at(-1)).toBe("0x40200000 2M 0x200000 rw");
    expect(machine.set.unmap(va(0x2000), 0x1000, machine.pageTable)).toEqual(DONE);
    expect(machine.counts.data).toBe(2);
    expect(machine.set.clear(machine.pageTable)).toEqual(DONE);
    expect(machine.counts).toEqual({ data: 0, table: 1 });
  });

  test("an eager map that lacks a frame has mapped nothing", () => {
    // All tables but the root, and three pages.
    for (let frames = 0; frames < levels - 1 + 3; frames++) {
      const machine = new SetMachine(format);
      const before = machine.state();
      const mapped = starve(machine, frames, () => machine.map(0x1000, 0x3000, new AllocBackend(true)));
      expect(mapped).toEqual(BAD_STATE);
      expect(machine.state()).toEqual(before);
      expect(machine.areas()).toEqual([]);
    }
  });

  test("a linear map that lacks a table has mapped nothing", () => {
    const machine = new SetMachine(format);
    const before = machine.state();
    const map = () => machine.map(GIB - KIB4, 2 * KIB4, new LinearBackend(0));
    expect(starve(machine, levels - 1, map)).toEqual(BAD_STATE);
    expect(machine.state()).toEqual(before);
    expect(map()).toEqual(DONE);
  });

  test.each(["unmap", "protect"] as const)(
    "%s stops at the call that fails, which has done nothing",
    (name) => {
      const machine = new SetMachine(format);
      machine.map(0x1000, 0x2000, new AllocBackend(true));
      machine.map(GIB, GIB, new LinearBackend(0));
      machine.touch(0x1000, GIB);
      const linear = machine.pages().at(-1);
      const run = () =>
        name === "unmap"
          ? machine.set.unmap(va(0x1000), GIB, machine.pageTable)
          : machine.set.protect(va(0x1000), GIB, () => READ, machine.pageTable);
      expect(starve(machine, 1, run)).toEqual(BAD_STATE);
      expect(machine.pages().at(-1)).toBe(linear);
      expect(machine.stale()).toEqual([]);
      const first = name === "unmap" ? [] : ["1000-3000 1"];
      expect(machine.areas()).toEqual([...first, "40000000-80000000 3"]);
      expect(machine.counts.data).toBe(name === "unmap" ? 0 : 2);
      expect(run()).toEqual(DONE);
      machine.set.clear(machine.pageTable);
      expect(machine.counts).toEqual({ data: 0, table: 1 });
    },
  );
});

describe("a linear backend", () => {
  test("knows physical addresses, refuses faults, and its clone is alike", () => {
    const backend = new LinearBackend(GIB);
    for (const one of [backend, backend.clone()]) {
      expect([one.kind, one.physicalAt(va(0x1234))]).toEqual(["linear", GIB + 0x1234]);
      expect(one.handlePageFault(va(0x1000), READ, new Machine().pageTable)).toBe(false);
    }
    expect(backend.clone()).not.toBe(backend);
  });

  test("maps nothing where there is a page", () => {
    const machine = new Machine();
    machine.pageTable.map(va(0x3000), pa(0), KIB4, READ);
    const before = machine.state();
    expect(new LinearBackend(GIB).map(va(0x1000), 0x4000, RW, machine.pageTable)).toBe(false);
    expect(machine.state()).toEqual(before);
  });
});

describe("an allocation backend", () => {
  test.each([true, false])("and its clone are alike (populate: %s)", (populate) => {
    const backend = new AllocBackend(populate);
    const clone = backend.clone();
    expect(clone).toEqual(backend);
    expect(clone).not.toBe(backend);
    expect([clone.kind, clone.physicalAt(va(0))]).toEqual([
      populate ? "alloc:eager" : "alloc:lazy",
      undefined,
    ]);
  });

  test("gives back the frames of the pages before the one that is there already", () => {
    const machine = new Machine();
    machine.pageTable.map(va(0x3000), pa(0), KIB4, READ);
    const before = machine.state();
    expect(new AllocBackend(true).map(va(0x1000), 0x4000, RW, machine.pageTable)).toBe(false);
    expect(machine.state()).toEqual(before);
  });

  test("takes a fault at a guard page that has its frame for answered", () => {
    const machine = new Machine();
    const backend = new AllocBackend(false);
    expect(backend.handlePageFault(va(0x1fff), NO_FLAGS, machine.pageTable)).toBe(true);
    const before = machine.state();
    expect(backend.handlePageFault(va(0x1000), READ, machine.pageTable)).toBe(true);
    expect(machine.state()).toEqual(before);
  });

  test("gives back every frame of a huge page that it finds", () => {
    const machine = new Machine();
    const frames = Array.from({ length: 1024 }, () => machine.allocator.allocFrame("data") ?? pa(0));
    const first = frames.find((frame) => frame % MIB2 === 0) ?? pa(0);
    machine.pageTable.map(va(MIB2), first, MIB2, RW);
    expect(new AllocBackend(true).unmap(va(MIB2), MIB2, machine.pageTable)).toBe(true);
    expect(machine.counts.data).toBe(512);
    expect(
      [first, pa(first + MIB2 - KIB4), pa(first + MIB2)].map((at) => machine.allocator.useOf(at)),
    ).toEqual(["free", "free", "data"]);
  });
});
