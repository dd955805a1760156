import { describe, expect, test } from "vitest";
import { NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { DONE, NO_MEMORY } from "./error.ts";
import { FORMATS } from "./formats/by-name.ts";
import { FrameAllocator, MEMORY_START } from "./frame-allocator.ts";
import { ALL_FORMATS, failEachFrame, GIB, KIB4, Machine, MIB2, pa, va } from "./machine.fixture.ts";

const RW = READ | WRITE;

test("a transaction doesn't begin inside another one", () => {
  const { pageTable } = new Machine();
  pageTable.begin();
  expect(() => pageTable.begin()).toThrow("a transaction begins inside another one");
});

test("outside of a transaction frames for data come and go at once", () => {
  const { pageTable, allocator } = new Machine();
  const frame = pageTable.allocFrame();
  expect([frame, allocator.dataFrames]).toEqual([MEMORY_START + KIB4, 1]);
  if (frame !== undefined) pageTable.releaseFrame(frame);
  expect(allocator.dataFrames).toBe(0);
});

describe.each(ALL_FORMATS)("%s: when a frame is not to be had, nothing has changed", (format) => {
  /** Pages of all sizes, some of them in the TLB. */
  const mixed = () => {
    const machine = new Machine(format);
    const { pageTable } = machine;
    pageTable.map(va(0x5000), pa(0x7000), KIB4, READ);
    pageTable.map(va(0x7000), pa(0x9000), KIB4, NO_FLAGS);
    pageTable.mapRegion(va(GIB), pa(5 * GIB), 2 * GIB, RW, true);
    pageTable.mapRegion(va(4 * GIB), pa(4 * GIB), 2 * MIB2, NO_FLAGS, true);
    machine.touch(0x5000, GIB, 2 * GIB);
    return machine;
  };
  const below = FORMATS[format].levels - 1;

  test("map, for every table", () => {
    const empty = () => new Machine(format);
    const map = (size: number) => (machine: Machine) => machine.pageTable.map(va(GIB), pa(GIB), size, RW);
    expect(failEachFrame(empty, map(KIB4))).toBe(below);
    expect(failEachFrame(empty, map(MIB2))).toBe(below - 1);
    expect(failEachFrame(empty, map(GIB))).toBe(below - 2);
  });

  test("mapping a region over several tables", () => {
    const operation = ({ pageTable }: Machine) =>
      pageTable.mapRegion(va(8 * GIB - MIB2 - KIB4), pa(KIB4), 2 * MIB2 + 2 * KIB4, RW, true);
    // [ page | 2 MiB of pages ] [ 2 MiB of pages | page ], with a boundary of 1 GiB in the middle: two tables of
    // pages, and the table that points to them, twice.
    expect(failEachFrame(mixed, operation)).toBe(6);
  });

  test("unmapping from the middle of one huge page to the middle of another", () => {
    const unmap = ({ pageTable }: Machine) => pageTable.unmapRegion(va(2 * GIB - KIB4), 2 * KIB4);
    expect(failEachFrame(mixed, unmap)).toBe(4);
  });

  test("unmapping pages of all sizes with an end in a huge page", () => {
    const unmap = ({ pageTable }: Machine) => pageTable.unmapRegion(va(0), 2 * GIB + MIB2 + KIB4);
    expect(failEachFrame(mixed, unmap)).toBe(2);
  });

  test("protecting from one huge page to another, guard pages too", () => {
    const protect = ({ pageTable }: Machine) =>
      pageTable.protectRegion(va(2 * GIB + 3 * KIB4), 2 * GIB + KIB4, READ);
    expect(failEachFrame(mixed, protect)).toBe(3);
  });

  test("taking the middle out of one huge page", () => {
    const protect = ({ pageTable }: Machine) =>
      pageTable.protectRegion(va(GIB + MIB2 - KIB4), MIB2 + 2 * KIB4, NO_FLAGS);
    expect(failEachFrame(mixed, protect)).toBe(3);
  });

  test("several operations in one", () => {
    const several = ({ pageTable }: Machine) =>
      pageTable.attempt(() => {
        const frame = pageTable.allocFrame();
        if (frame === undefined) return NO_MEMORY;
        pageTable.unmapRegion(va(0x5000), KIB4);
        const mapped = pageTable.map(va(0x5000), frame, KIB4, RW);
        if (!mapped.ok) return mapped;
        const other = pageTable.map(va(16 * GIB), pa(0), KIB4, READ);
        return other.ok ? pageTable.protectRegion(va(GIB), KIB4, READ) : other;
      });
    // The frame, the tables of the new page below the one that all share, and two splits.
    expect(failEachFrame(mixed, several)).toBe(1 + 2 + 2);
  });

  test("the physical limit does the same as an injected failure", () => {
    // Room for one of the two tables that the split needs.
    const machine = new Machine(format, new FrameAllocator(below));
    machine.pageTable.map(va(GIB), pa(0), GIB, RW);
    machine.touch(GIB);
    const before = machine.state();
    expect(machine.pageTable.unmapRegion(va(GIB), KIB4)).toEqual(NO_MEMORY);
    expect(machine.state()).toEqual(before);
    expect(machine.stale()).toEqual([]);
    expect(machine.pageTable.unmapRegion(va(GIB), MIB2)).toEqual(DONE);
  });
});

describe("a part of a transaction", () => {
  test("that fails undoes itself alone", () => {
    const machine = new Machine();
    const { pageTable } = machine;
    pageTable.begin();
    pageTable.map(va(0x1000), pa(0x1000), KIB4, READ);
    machine.allocator.injection.failAfter(1);
    expect(pageTable.map(va(GIB), pa(0), KIB4, READ)).toEqual(NO_MEMORY);
    machine.allocator.injection.disarm();
    expect(machine.pages()).toEqual(["0x1000 4K 0x1000 r"]);
    pageTable.commit();
    expect(machine.pages()).toEqual(["0x1000 4K 0x1000 r"]);
    expect(machine.counts.table).toBe(4);
  });

  test("that fails leaves nothing of itself in the TLB", () => {
    const machine = new Machine();
    machine.pageTable.attempt(() => {
      machine.pageTable.map(va(0x1000), pa(0x1000), KIB4, READ);
      machine.touch(0x1000);
      return NO_MEMORY;
    });
    expect(machine.stale()).toEqual([]);
    expect(machine.translate(0x1000)).toBeUndefined();
  });

  test("that is nested fails without the outer one", () => {
    const machine = new Machine();
    const { pageTable } = machine;
    const outer = pageTable.attempt(() => {
      pageTable.map(va(0x1000), pa(0x1000), KIB4, READ);
      const inner = pageTable.attempt(() => {
        pageTable.map(va(0x2000), pa(0x2000), KIB4, READ);
        return NO_MEMORY;
      });
      expect(inner).toEqual(NO_MEMORY);
      return DONE;
    });
    expect(outer).toEqual(DONE);
    expect(machine.pages()).toEqual(["0x1000 4K 0x1000 r"]);
  });
});

describe("a transaction", () => {
  /** A page that is mapped, in the TLB, and has bytes of its own. */
  const setUp = () => {
    const machine = new Machine();
    const { pageTable, allocator } = machine;
    pageTable.attempt(() => {
      const frame = pageTable.allocFrame();
      return frame === undefined ? NO_MEMORY : pageTable.map(va(0x1000), frame, KIB4, RW);
    });
    const frame = pageTable.query(va(0x1000))?.physical ?? pa(0);
    allocator.physToVirt(frame)?.bytes.fill(0x5a);
    machine.touch(0x1000);
    return { machine, pageTable, allocator, frame };
  };

  test("keeps what it releases until it is committed, tables and data", () => {
    const { machine, pageTable, allocator, frame } = setUp();
    pageTable.begin();
    pageTable.unmapRegion(va(0x1000), KIB4, (physical) => pageTable.releaseFrame(physical));
    expect(machine.counts).toEqual({ data: 1, table: 4 });
    expect(machine.cached()).toEqual([]);
    expect(pageTable.allocFrame()).not.toBe(frame);
    expect(allocator.physToVirt(frame)?.bytes[0]).toBe(0x5a);
    pageTable.commit();
    expect(machine.counts).toEqual({ data: 1, table: 1 });
    expect(allocator.useOf(frame)).toBe("free");
  });

  test("that is rolled back leaves memory, counts and TLB as they were", () => {
    const { machine, pageTable } = setUp();
    const before = machine.state();
    pageTable.begin();
    pageTable.unmapRegion(va(0x1000), KIB4, (physical) => pageTable.releaseFrame(physical));
    const other = pageTable.allocFrame();
    if (other !== undefined) pageTable.map(va(0x1000), other, KIB4, READ);
    pageTable.map(va(GIB), pa(GIB), GIB, READ);
    pageTable.protectRegion(va(GIB), MIB2, RW);
    machine.touch(0x1000, GIB, GIB + MIB2);
    pageTable.rollback();
    expect(machine.state()).toEqual(before);
    expect(machine.stale()).toEqual([]);
  });

  test("is over then: the next operation is one of its own", () => {
    const { machine, pageTable } = setUp();
    pageTable.begin();
    pageTable.rollback();
    pageTable.unmap(va(0x1000));
    expect(machine.counts.table).toBe(1);
    pageTable.begin();
    pageTable.map(va(0x1000), pa(0), KIB4, READ);
    pageTable.commit();
    pageTable.unmap(va(0x1000));
    expect(machine.counts.table).toBe(1);
  });
});
