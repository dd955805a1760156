/** What upstream documents and tests of its address spaces, and what goes with it. */
import { describe, expect, test } from "vitest";
import { MEMORY_START } from "../paging/frame-allocator.ts";
import { ALL_FORMATS, GIB, KIB4, MIB2, pa, va } from "../paging/machine.fixture.ts";
import { DEVICE, EXECUTE, NO_FLAGS, READ, USER, WRITE } from "../trace/flags.ts";
import { failed, OK, RW, SpaceMachine } from "./space-machine.fixture.ts";

describe.each(ALL_FORMATS)("over %s", (format) => {
  const setUp = () => {
    const machine = new SpaceMachine({ format });
    return { machine, space: machine.space };
  };

  test("a new space has its bounds, no area, and a root table", () => {
    const { machine, space } = setUp();
    expect([space.base, space.size, space.end]).toEqual([0x10000, 0x10000, 0x20000]);
    expect(machine.areas()).toEqual([]);
    expect(machine.counts).toEqual({ data: 0, table: 1 });
  });

  test("ranges lie in it or don't", () => {
    const { space } = setUp();
    const inside = [
      [0x10000, 0x1000],
      [0x11000, 0x2000],
      [0x10000, 0x10000],
      [0x20000, 0],
    ] as const;
    const outside = [
      [0xf000, 0x1000],
      [0xf000, 0x2000],
      [0x20000, 0x1000],
      [0x10000, 0x11000],
      [0x13000, 0xf000],
      [0x20001, 0],
      [0xf000, 0],
      [0x11000, -1],
    ] as const;
    expect(inside.map(([start, size]) => space.containsRange(va(start), size))).not.toContain(false);
    expect(outside.map(([start, size]) => space.containsRange(va(start), size))).not.toContain(true);
  });

  test("a linear area maps to addresses in a row, lower or higher ones", () => {
    const { machine, space } = setUp();
    expect(space.mapLinear(va(0x18000), pa(0x10000), 0x8000, RW)).toEqual(OK);
    expect(space.translate(va(0x18000))).toBe(0x10000);
    expect(space.translate(va(0x19004))).toBe(0x11004);
    expect(space.translate(va(0x1ffff))).toBe(0x17fff);
    expect(space.mapLinear(va(0x10000), pa(0x40000), 0x1000, READ)).toEqual(OK);
    expect(space.translate(va(0x10000))).toBe(0x40000);
    expect(machine.areas()).toEqual([
      "0x10000-0x11000 r linear:0x40000",
      "0x18000-0x20000 rw linear:0x10000",
    ]);
    expect(machine.counts.data).toBe(0);
  });

  test("a populated area has a frame for each page, different ones", () => {
    const { machine, space } = setUp();
    expect(space.mapAlloc(va(0x10000), 0x2000, RW, true)).toEqual(OK);
    const found = [space.translate(va(0x10000)), space.translate(va(0x11000))];
    expect(found.map((at) => at !== undefined && machine.allocator.useOf(at))).toEqual(["data", "data"]);
    expect(found[0]).not.toBe(found[1]);
    expect(machine.counts.data).toBe(2);
    expect(machine.areas()).toEqual(["0x10000-0x12000 rw alloc:eager"]);
  });

  test("a lazy area gets frames by page faults", () => {
    const { machine, space } = setUp();
    expect(space.mapAlloc(va(0x13000), 0x2000, RW, false)).toEqual(OK);
    expect(space.translate(va(0x13000))).toBeUndefined();
    expect(machine.counts).toEqual({ data: 0, table: 1 });
    expect(space.handlePageFault(va(0x14123), READ)).toBe(true);
    expect(space.translate(va(0x13fff))).toBeUndefined();
    expect(space.translate(va(0x14123))).toBe(MEMORY_START + KIB4 + 0x123);
    expect(machine.counts.data).toBe(1);
    expect(machine.areas()).toEqual(["0x13000-0x15000 rw alloc:lazy"]);
  });

  test("unmapping takes pages, frames and tables away", () => {
    const { machine, space } = setUp();
    space.mapAlloc(va(0x15000), 0x3000, RW, true);
    machine.touch(0x15000, 0x16000);
    expect(space.unmap(va(0x16000), 0x1000)).toEqual(OK);
    expect([0x15000, 0x16000, 0x17000].map((addr) => space.translate(va(addr)) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    expect(machine.counts.data).toBe(2);
    expect(machine.stale()).toEqual([]);
    expect(machine.areas()).toEqual(["0x15000-0x16000 rw alloc:eager", "0x17000-0x18000 rw alloc:eager"]);
    space.unmap(va(0x10000), 0x10000);
    expect(machine.counts).toEqual({ data: 0, table: 1 });
    expect(machine.areas()).toEqual([]);
  });

  test("clearing takes everything away", () => {
    const { machine, space } = setUp();
    space.mapAlloc(va(0x16000), 0x1000, RW, true);
    space.mapAlloc(va(0x17000), 0x1000, NO_FLAGS, true);
    space.mapLinear(va(0x18000), pa(0), 0x1000, RW);
    machine.touch(0x16000, 0x18000);
    expect(space.clear()).toEqual(OK);
    expect([machine.areas(), machine.pages(), machine.cached()]).toEqual([[], [], []]);
    expect(machine.counts).toEqual({ data: 0, table: 1 });
  });

  test("translation needs an accessible page inside the space", () => {
    const { machine, space } = setUp();
    space.mapAlloc(va(0x18000), 0x1000, RW, true);
    machine.pageTable.map(va(0x30000), pa(0x5000), KIB4, READ);
    expect(space.translate(va(0x18000))).toBeDefined();
    expect([0x19000, 0x30000, 0xf000].map((addr) => space.translate(va(addr)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    space.protect(va(0x18000), 0x1000, NO_FLAGS);
    expect(space.translate(va(0x18000))).toBeUndefined();
  });

  test("translation tells the size of the whole area", () => {
    const { space } = setUp();
    space.mapAlloc(va(0x1a000), 0x3000, RW, true);
    space.mapAlloc(va(0x1d000), 0x1000, RW, false);
    expect(space.translateAndGetLimit(va(0x1b008))).toEqual({
      physical: space.translate(va(0x1b008)),
      areaSize: 0x3000,
    });
    expect([0x1d000, 0x1e000, 0x30000].map((addr) => space.translateAndGetLimit(va(addr)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("a page that no area knows of has no area's size", () => {
    const { machine, space } = setUp();
    machine.pageTable.map(va(0x18000), pa(0x5000), KIB4, READ);
    expect(space.translate(va(0x18000))).toBe(0x5000);
    expect(space.translateAndGetLimit(va(0x18000))).toBeUndefined();
  });

  test("a place is free between areas, from the hint on, within the limit", () => {
    const { space } = setUp();
    space.mapAlloc(va(0x10000), 0x2000, RW, false);
    space.mapAlloc(va(0x13000), 0x2000, RW, false);
    const limit = { start: va(0x10000), end: va(0x18000) };
    expect(space.findFreeArea(va(0), 0x1000, limit, KIB4)).toBe(0x12000);
    expect(space.findFreeArea(va(0), 0x2000, limit, KIB4)).toBe(0x15000);
    expect(space.findFreeArea(va(0x14000), 0x2000, limit, 0x2000)).toBe(0x16000);
    expect(space.findFreeArea(va(0), 0x4000, limit, KIB4)).toBeUndefined();
  });

  test("areas are found, and ranges overlap them", () => {
    const { space } = setUp();
    space.mapAlloc(va(0x13000), 0x2000, RW, false);
    expect(space.findArea(va(0x14fff))?.start).toBe(0x13000);
    expect([0x12fff, 0x15000].map((addr) => space.findArea(va(addr)))).toEqual([undefined, undefined]);
    expect(space.overlaps({ start: va(0x12000), end: va(0x13001) })).toBe(true);
    expect(space.overlaps({ start: va(0x15000), end: va(0x20000) })).toBe(false);
  });

  test("huge pages of a linear area are split where a part of it goes or changes", () => {
    const machine = new SpaceMachine({ format, base: 0, size: 8 * GIB });
    const { space } = machine;
    space.mapLinear(va(GIB), pa(4 * GIB), GIB + 2 * MIB2, RW);
    expect(machine.sizes()).toEqual({ "1G": 1, "2M": 2 });
    space.unmap(va(GIB + MIB2), KIB4);
    space.protect(va(2 * GIB), KIB4, READ);
    expect(machine.sizes()).toEqual({ "2M": 512, "4K": 1023 });
    expect([GIB, GIB + MIB2, GIB + MIB2 + KIB4, 2 * GIB].map((addr) => space.translate(va(addr)))).toEqual([
      4 * GIB,
      undefined,
      4 * GIB + MIB2 + KIB4,
      5 * GIB,
    ]);
    expect(machine.areas()).toEqual([
      "0x40000000-0x40200000 rw linear:0x100000000",
      "0x40201000-0x80000000 rw linear:0x100201000",
      "0x80000000-0x80001000 r linear:0x140000000",
      "0x80001000-0x80400000 rw linear:0x140001000",
    ]);
    space.clear();
    expect(machine.counts.table).toBe(1);
  });

  test("dropping gives every frame back, guard pages' too, and areas that are still there", () => {
    const { machine, space } = setUp();
    space.mapAlloc(va(0x10000), 0x4000, RW, true);
    space.mapAlloc(va(0x14000), 0x4000, RW, false);
    space.mapLinear(va(0x18000), pa(MEMORY_START), 0x4000, RW);
    space.handlePageFault(va(0x15000), WRITE);
    space.protect(va(0x13000), 0x3000, NO_FLAGS);
    machine.touch(0x10000, 0x18000);
    expect(machine.counts.data).toBe(5);
    space.drop();
    expect(machine.counts).toEqual({ data: 0, table: 0 });
    expect(machine.cached()).toEqual([]);
  });
});

test("over nested tables it maps guest-physical addresses, on both sides of the middle", () => {
  const machine = new SpaceMachine({ format: "ept", base: 0, size: 2 ** 48 - KIB4 });
  const { space } = machine;
  expect(space.mapLinear(va(0), pa(16 * GIB), GIB, RW | EXECUTE)).toEqual(OK);
  expect(space.mapLinear(va(2 ** 47), pa(0xfee00000), KIB4, RW | DEVICE)).toEqual(OK);
  expect(space.mapAlloc(va(GIB), MIB2, RW | USER, false)).toEqual(OK);
  expect(space.handlePageFault(va(GIB + 0x1fffff), WRITE | USER)).toBe(true);
  expect(machine.pages()).toEqual([
    "0x0 1G 0x400000000 rwx",
    // Nested tables know no user pages; the area does.
    `0x401ff000 4K 0x${(space.translate(va(GIB + 0x1ff000)) ?? 0).toString(16)} rw`,
    "0x800000000000 4K 0xfee00000 rwd",
  ]);
  expect(machine.areas()[1]).toBe("0x40000000-0x40200000 rwu alloc:lazy");
});

describe("what can't be mapped", () => {
  test.each([
    ["nothing", 0x10000, 0],
    ["a part of a page", 0x10000, 0x800],
    ["from inside a page", 0x10800, 0x1000],
    ["what begins before the space", 0xf000, 0x2000],
    ["what ends after the space", 0x1f000, 0x2000],
    ["what lies outside", 0x40000, 0x1000],
  ])("%s", (_name, start, size) => {
    const machine = new SpaceMachine();
    machine.pageTable.map(va(0x1000), pa(0), KIB4, READ);
    machine.touch(0x1000);
    const invalid = failed("InvalidParam");
    expect(machine.space.mapLinear(va(start), pa(0), size, RW)).toEqual(invalid);
    expect(machine.space.mapAlloc(va(start), size, RW, true)).toEqual(invalid);
    expect(machine.space.mapAlloc(va(start), size, RW, false, true)).toEqual(invalid);
    // It is no transaction that is undone: nothing is flushed.
    expect(machine.cached()).toEqual(["0x1000 4096"]);
    const mayBeEmpty = size === 0 ? OK : invalid;
    expect(machine.space.unmap(va(start), size)).toEqual(mayBeEmpty);
    expect(machine.space.protect(va(start), size, RW)).toEqual(mayBeEmpty);
    expect(machine.areas()).toEqual([]);
  });

  test("to physical addresses that are no frame's", () => {
    const { space } = new SpaceMachine();
    for (const physical of [-KIB4, 0x800, 2 ** 47, 2 ** 47 - KIB4]) {
      expect(space.mapLinear(va(0x10000), pa(physical), 0x2000, RW)).toEqual(failed("InvalidParam"));
    }
    expect(space.mapLinear(va(0x10000), pa(2 ** 47 - 0x2000), 0x2000, RW)).toEqual(OK);
  });

  test("an overlap, unless it is to be replaced; what is wrong with the range comes first", () => {
    const machine = new SpaceMachine();
    const { space } = machine;
    space.mapAlloc(va(0x10000), 0x4000, RW, true);
    machine.touch(0x10000, 0x11000, 0x12000);
    expect(space.mapAlloc(va(0x13000), 0x2000, READ, true)).toEqual(failed("AlreadyExists"));
    expect(space.mapLinear(va(0x11000), pa(0x1000), 0x2800, READ)).toEqual(failed("InvalidParam"));
    expect(space.mapLinear(va(0x11000), pa(0x1000), 0x2000, READ)).toEqual(failed("AlreadyExists"));
    expect(space.mapLinear(va(0x11000), pa(0x1000), 0x2000, READ, true)).toEqual(OK);
    expect(machine.areas()).toEqual([
      "0x10000-0x11000 rw alloc:eager",
      "0x11000-0x13000 r linear:0x1000",
      "0x13000-0x14000 rw alloc:eager",
    ]);
    expect(machine.counts.data).toBe(2);
    expect(machine.stale()).toEqual([]);
  });

  test("an empty range at the very end of the space is unmapped and protected, behind it not", () => {
    const { space } = new SpaceMachine();
    expect([space.unmap(va(0x20000), 0), space.protect(va(0x20000), 0, RW)]).toEqual([OK, OK]);
    const invalid = failed("InvalidParam");
    expect([space.unmap(va(0x21000), 0), space.protect(va(0x21000), 0, RW)]).toEqual([invalid, invalid]);
  });
});
