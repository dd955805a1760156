import { describe, expect, test } from "vitest";
import { pa, va } from "../paging/machine.fixture.ts";
import { DEVICE, EXECUTE, NO_FLAGS, READ, USER, WRITE } from "../trace/flags.ts";
import { OK, RW, SpaceMachine } from "./space-machine.fixture.ts";

test("protect changes r, w and x, splits areas where it cuts them, and skips holes", () => {
  const machine = new SpaceMachine();
  const { space } = machine;
  space.mapAlloc(va(0x10000), 0x3000, RW | USER, true);
  space.mapLinear(va(0x15000), pa(0x5000), 0x3000, READ | DEVICE);
  machine.touch(0x12000, 0x15000, 0x17000);
  expect(space.protect(va(0x12000), 0x4000, READ | EXECUTE | DEVICE)).toEqual(OK);
  expect(machine.areas()).toEqual([
    "0x10000-0x12000 rwu alloc:eager",
    "0x12000-0x13000 rxu alloc:eager",
    "0x15000-0x16000 rxd linear:0x5000",
    "0x16000-0x18000 rd linear:0x6000",
  ]);
  expect(machine.pages().map((page) => page.split(" ")[3])).toEqual(["rwu", "rwu", "rxu", "rxd", "rd", "rd"]);
  expect(machine.stale()).toEqual([]);
});

test("an area that has these r, w and x already is left alone", () => {
  const machine = new SpaceMachine();
  machine.space.mapAlloc(va(0x10000), 0x4000, RW | USER, true);
  machine.space.calls.failAfter(0);
  expect(machine.space.protect(va(0x11000), 0x1000, RW | DEVICE)).toEqual(OK);
  expect(machine.areas()).toEqual(["0x10000-0x14000 rwu alloc:eager"]);
});

describe("a guard area", () => {
  test("keeps frames and bytes, which come back", () => {
    const machine = new SpaceMachine();
    const { space } = machine;
    space.mapAlloc(va(0x10000), 0x2000, RW, true);
    machine.fill(0x10010, 1, 2, 3);
    const physical = space.translate(va(0x10010));
    space.protect(va(0x10000), 0x2000, NO_FLAGS);
    expect(machine.bytes(0x10010, 3)).toBe("NotMapped");
    expect(machine.translate(0x10010)).toBeUndefined();
    expect(machine.counts.data).toBe(2);
    space.protect(va(0x10000), 0x1000, READ);
    expect(space.translate(va(0x10010))).toBe(physical);
    expect(machine.bytes(0x10010, 3)).toEqual([1, 2, 3]);
    expect(machine.bytes(0x11000, 1)).toBe("NotMapped");
    expect(machine.counts.data).toBe(2);
  });

  test("gives its frames back when it is unmapped", () => {
    const machine = new SpaceMachine();
    machine.space.mapAlloc(va(0x10000), 0x2000, NO_FLAGS, true);
    expect(machine.counts.data).toBe(2);
    machine.space.unmap(va(0x11000), 0x1000);
    expect(machine.counts.data).toBe(1);
    machine.space.unmap(va(0x10000), 0x1000);
    expect(machine.counts).toEqual({ data: 0, table: 1 });
  });
});

test("later faults use the new flags, absent pages stay absent", () => {
  const machine = new SpaceMachine();
  const { space } = machine;
  space.mapAlloc(va(0x10000), 0x2000, RW, false);
  space.handlePageFault(va(0x10000), WRITE);
  space.protect(va(0x10000), 0x2000, READ);
  expect(machine.counts.data).toBe(1);
  expect(space.handlePageFault(va(0x11000), WRITE)).toBe(false);
  expect(space.handlePageFault(va(0x11000), READ)).toBe(true);
  expect(machine.pages().map((page) => page.split(" ")[3])).toEqual(["r", "r"]);
  expect(machine.translate(0x11000, WRITE)).toBeUndefined();
});
