import { describe, expect, test } from "vitest";
import { FrameAllocator } from "../paging/frame-allocator.ts";
import { ALL_FORMATS, GIB, KIB4, MIB2, pa, va } from "../paging/machine.fixture.ts";
import { NO_FLAGS, READ } from "../trace/flags.ts";
import type { SpaceResult } from "./error.ts";
import { failEach, failed, OK, RW, SpaceMachine } from "./space-machine.fixture.ts";

/**
 * Areas of every kind, with bytes of their own, guard pages, huge pages and translations in the TLB:
 * ```
 * 0x1000    0x4000  0x5000   0x8000  0x9000  0xa000   1 GiB       + 4 MiB
 * [ eager   ]       [ lazy   ]       [ guard ]        [ linear    ]
 * ```
 */
function setUp(format: (typeof ALL_FORMATS)[number]): SpaceMachine {
  const machine = new SpaceMachine({ format, base: 0, size: 4 * GIB });
  const { space } = machine;
  space.mapAlloc(va(0x1000), 0x3000, RW, true);
  space.mapAlloc(va(0x5000), 0x3000, RW, false);
  space.handlePageFault(va(0x6000), READ);
  space.mapAlloc(va(0x9000), 0x1000, NO_FLAGS, true);
  space.mapLinear(va(GIB), pa(4 * GIB), 2 * MIB2, RW);
  machine.fill(0x1000, 1, 2, 3);
  machine.fill(0x6ffe, 4, 5);
  machine.touch(0x1000, 0x2000, 0x3000, 0x6000, GIB, GIB + MIB2);
  return machine;
}

interface Command {
  readonly name: string;
  readonly run: (machine: SpaceMachine) => SpaceResult;
  readonly calls: number;
  /** Frames that it allocates: pages, and tables for new pages and for the parts of huge ones. */
  readonly frames: number;
}

const COMMANDS: readonly Command[] = [
  {
    name: "an eager map",
    run: ({ space }) => space.mapAlloc(va(2 * GIB - 0x1000), 0x3000, RW, true),
    calls: 1,
    // Three pages; a table on the left, where the one above it is there, and two on the right.
    frames: 3 + 1 + 2,
  },
  {
    name: "a lazy map",
    run: ({ space }) => space.mapAlloc(va(2 * GIB), 0x3000, RW, false),
    calls: 1,
    frames: 0,
  },
  {
    name: "a linear map",
    run: ({ space }) => space.mapLinear(va(3 * GIB - 0x1000), pa(0x1000), MIB2 + 0x1000, RW),
    calls: 1,
    frames: 4,
  },
  {
    name: "a lazy map that replaces what four areas have in its range",
    run: ({ space }) => space.mapAlloc(va(0x3000), GIB + MIB2 - 0x3000, RW, false, true),
    calls: 5,
    frames: 0,
  },
  {
    name: "an eager map that cuts two areas and replaces one",
    run: ({ space }) => space.mapAlloc(va(0x7000), 0x4000, RW, true, true),
    calls: 3,
    frames: 4,
  },
  {
    name: "a map in the middle of one area",
    run: ({ space }) => space.mapAlloc(va(0x2000), 0x1000, READ, true, true),
    calls: 2,
    frames: 1,
  },
  {
    name: "a linear map in the middle of a huge page",
    run: ({ space }) => space.mapLinear(va(GIB + 0x1000), pa(0x5000), 0x1000, READ, true),
    calls: 2,
    frames: 1,
  },
  {
    name: "an unmap of a part of three areas",
    run: ({ space }) => space.unmap(va(0x2000), GIB + KIB4 - 0x2000),
    calls: 4,
    frames: 1,
  },
  {
    name: "an unmap in the middle of an area",
    run: ({ space }) => space.unmap(va(0x6000), 0x1000),
    calls: 1,
    frames: 0,
  },
  {
    name: "an unmap across two huge pages",
    run: ({ space }) => space.unmap(va(GIB + MIB2 - KIB4), 2 * KIB4),
    calls: 1,
    frames: 2,
  },
  {
    name: "a protect of a part of all areas",
    run: ({ space }) => space.protect(va(0x2000), GIB + MIB2 + KIB4 - 0x2000, READ),
    calls: 4,
    frames: 1,
  },
  {
    name: "a protect in the middle of two huge pages, to none",
    run: ({ space }) => space.protect(va(GIB + KIB4), 2 * MIB2 - 2 * KIB4, NO_FLAGS),
    calls: 1,
    frames: 2,
  },
  { name: "clear", run: ({ space }) => space.clear(), calls: 4, frames: 0 },
];

describe.each(ALL_FORMATS)("%s: everything is as before when", (format) => {
  test.each(COMMANDS)("$name fails at any call of a backend", ({ run, calls }) => {
    expect(failEach("backend", () => setUp(format), run)).toBe(calls);
  });

  test.each(COMMANDS)("$name fails for want of any frame", ({ run, frames }) => {
    expect(failEach("frame", () => setUp(format), run)).toBe(frames);
  });
});

test("a failed command may be followed by any other", () => {
  const machine = setUp("x86-64");
  const { space } = machine;
  for (let calls = 0; calls < 4; calls++) {
    space.calls.failAfter(calls);
    expect(space.clear()).toEqual(failed("BadState"));
    expect(space.protect(va(0x2000), GIB, READ)).toEqual(failed("BadState"));
  }
  space.calls.disarm();
  expect(space.unmap(va(0x2000), 0x5000)).toEqual(OK);
  expect(machine.areas()).toEqual([
    "0x1000-0x2000 rw alloc:eager",
    "0x7000-0x8000 rw alloc:lazy",
    "0x9000-0xa000 - alloc:eager",
    "0x40000000-0x40400000 rw linear:0x100000000",
  ]);
  expect(space.clear()).toEqual(OK);
  expect(machine.counts).toEqual({ data: 0, table: 1 });
});

test("an eager map that replaces another may lack the frames which that one still holds", () => {
  const machine = new SpaceMachine({ allocator: new FrameAllocator(4 + 3) });
  const { space } = machine;
  expect(space.mapAlloc(va(0x10000), 0x2000, RW, true)).toEqual(OK);
  machine.fill(0x10000, 1);
  const before = machine.state();
  expect(space.mapAlloc(va(0x10000), 0x2000, READ, true, true)).toEqual(failed("NoMemory"));
  expect(machine.state()).toEqual(before);
  expect(space.mapAlloc(va(0x10000), 0x1000, READ, true, true)).toEqual(OK);
  expect(machine.bytes(0x10000, 1)).toEqual([0]);
  expect(machine.counts.data).toBe(2);
});

test("a command that had no frame to spare is not blamed for the next one", () => {
  const machine = new SpaceMachine({ allocator: new FrameAllocator(4) });
  const { space } = machine;
  expect(space.mapAlloc(va(0x10000), 0x1000, RW, true)).toEqual(failed("NoMemory"));
  space.calls.failAfter(0);
  expect(space.mapAlloc(va(0x10000), 0x1000, RW, false)).toEqual(failed("BadState"));
});

test("commands that are refused leave everything as it was", () => {
  const machine = setUp("x86-64");
  const { space } = machine;
  const before = machine.state();
  const cached = machine.cached();
  expect(space.mapAlloc(va(0x3000), 0x2000, RW, true)).toEqual(failed("AlreadyExists"));
  expect(space.mapLinear(va(0x3000), pa(1), 0x2000, RW, true)).toEqual(failed("InvalidParam"));
  expect(space.unmap(va(0x3000), 4 * GIB)).toEqual(failed("InvalidParam"));
  expect(space.protect(va(0x3001), 0x1000, READ)).toEqual(failed("InvalidParam"));
  expect(machine.state()).toEqual(before);
  expect(machine.cached()).toEqual(cached);
});
