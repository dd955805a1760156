import { expect, test } from "vitest";
import { FrameAllocator } from "../paging/frame-allocator.ts";
import { ALL_FORMATS, pa, va } from "../paging/machine.fixture.ts";
import { EXECUTE, NO_FLAGS, READ, USER, WRITE } from "../trace/flags.ts";
import { RW, SpaceMachine } from "./space-machine.fixture.ts";

test("a fault is refused where there is no area, outside the space too", () => {
  const machine = new SpaceMachine();
  machine.space.mapAlloc(va(0x10000), 0x1000, RW, false);
  const before = machine.state();
  for (const addr of [0, 0xffff, 0x11000, 0x1ffff, 0x20000]) {
    expect(machine.space.handlePageFault(va(addr), READ)).toBe(false);
  }
  expect(machine.state()).toEqual(before);
});

test("a fault is refused where the area lacks some of the access", () => {
  const machine = new SpaceMachine();
  machine.space.mapAlloc(va(0x10000), 0x1000, READ | EXECUTE, false);
  for (const access of [WRITE, RW, READ | USER]) {
    expect(machine.space.handlePageFault(va(0x10000), access)).toBe(false);
  }
  expect(machine.counts.data).toBe(0);
  expect(machine.space.handlePageFault(va(0x10000), READ | EXECUTE)).toBe(true);
});

test("a guard area refuses every fault, one of no access too, with its page there or not", () => {
  const machine = new SpaceMachine();
  const { space } = machine;
  space.mapAlloc(va(0x10000), 0x2000, RW | USER, false);
  space.handlePageFault(va(0x10000), READ);
  space.protect(va(0x10000), 0x2000, NO_FLAGS);
  const before = machine.state();
  for (const access of [READ, USER, NO_FLAGS]) {
    expect(space.handlePageFault(va(0x10000), access)).toBe(false);
    expect(space.handlePageFault(va(0x11000), access)).toBe(false);
  }
  expect(machine.state()).toEqual(before);
});

test("linear and populated areas refuse every fault, and nothing changes", () => {
  const machine = new SpaceMachine();
  machine.space.mapLinear(va(0x10000), pa(0x5000), 0x1000, RW);
  machine.space.mapAlloc(va(0x11000), 0x1000, RW, true);
  const before = machine.state();
  expect(machine.space.handlePageFault(va(0x10000), READ)).toBe(false);
  expect(machine.space.handlePageFault(va(0x11000), WRITE)).toBe(false);
  expect(machine.state()).toEqual(before);
});

test("a second fault at the same page is answered, and the page stays as it is", () => {
  const machine = new SpaceMachine();
  machine.space.mapAlloc(va(0x10000), 0x2000, RW, false);
  expect(machine.space.handlePageFault(va(0x10fff), READ)).toBe(true);
  machine.fill(0x10000, 9);
  const before = machine.state();
  expect(machine.space.handlePageFault(va(0x10000), WRITE)).toBe(true);
  expect(machine.state()).toEqual(before);
});

test.each(ALL_FORMATS)("%s: a fault without a frame to be had changes nothing", (format) => {
  const machine = new SpaceMachine({ format });
  machine.space.mapAlloc(va(0x10000), 0x2000, RW, false);
  const before = machine.state();
  const needed = machine.format.levels;
  for (let calls = 0; calls < needed; calls++) {
    machine.allocator.injection.failAfter(calls);
    expect(machine.space.handlePageFault(va(0x10000), READ)).toBe(false);
    expect(machine.allocator.injection.fired).toBe(1);
    machine.allocator.injection.disarm();
    expect(machine.state()).toEqual(before);
  }
  machine.allocator.injection.failAfter(needed);
  expect(machine.space.handlePageFault(va(0x10000), READ)).toBe(true);
  // The tables are there now.
  machine.allocator.injection.failAfter(1);
  expect(machine.space.handlePageFault(va(0x11000), READ)).toBe(true);
});

test("the last frame goes to one page, and serves another after it", () => {
  const machine = new SpaceMachine({ allocator: new FrameAllocator(5) });
  const { space } = machine;
  space.mapAlloc(va(0x10000), 0x2000, RW, false);
  expect(space.handlePageFault(va(0x10000), READ)).toBe(true);
  machine.fill(0x10000, 1, 2, 3);
  expect(space.handlePageFault(va(0x11000), READ)).toBe(false);
  space.unmap(va(0x10000), 0x1000);
  expect(space.handlePageFault(va(0x11000), READ)).toBe(true);
  expect(machine.bytes(0x11000, 3)).toEqual([0, 0, 0]);
});
