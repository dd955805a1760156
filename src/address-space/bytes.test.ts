import { describe, expect, test } from "vitest";
import { FrameAllocator, MEMORY_START } from "../paging/frame-allocator.ts";
import type { FrameView } from "../paging/handler.ts";
import { GIB, KIB4, pa, va } from "../paging/machine.fixture.ts";
import type { PhysAddr } from "../trace/address.ts";
import { EXECUTE, NO_FLAGS, READ, USER, WRITE } from "../trace/flags.ts";
import { failed, OK, RW, SpaceMachine } from "./space-machine.fixture.ts";

/** Eager pages at 0x10000 to 0x13000, then a lazy one, then one that can only be read. */
function setUp() {
  const machine = new SpaceMachine();
  machine.space.mapAlloc(va(0x10000), 0x3000, RW, true);
  machine.space.mapAlloc(va(0x13000), 0x1000, RW, false);
  machine.space.mapAlloc(va(0x14000), 0x1000, READ, true);
  return machine;
}

describe("reading and writing", () => {
  test("goes across pages whose frames are no neighbours, and puts each byte where it belongs", () => {
    const machine = setUp();
    machine.space.mapAlloc(va(0x15000), 0x1000, RW, true);
    machine.space.mapAlloc(va(0x11000), 0x1000, RW, true, true);
    const frames = [0x10000, 0x11000].map((addr) => machine.space.translate(va(addr)) ?? 0);
    expect((frames[1] ?? 0) - (frames[0] ?? 0)).not.toBe(KIB4);
    const bytes = Uint8Array.from({ length: 0x2ffe }, (_, index) => (index * 7 + 1) % 251);
    expect(machine.space.write(va(0x10001), bytes)).toEqual(OK);
    expect(machine.bytes(0x10001, bytes.length)).toEqual([...bytes]);
    expect([machine.bytes(0x10000, 1), machine.bytes(0x12fff, 1)]).toEqual([[0], [0]]);
    const at = machine.space.translate(va(0x12345)) ?? 0;
    expect(machine.allocator.physToVirt(pa(at - 0x345))?.bytes[0x345]).toBe(bytes[0x2344]);
  });

  test.each([
    ["a lazy page without a frame", 0x12fff, 2],
    ["a hole", 0x14fff, 2],
    ["a hole at the start", 0x15000, 1],
  ])("is not possible at %s, and writes nothing", (_name, start, size) => {
    const machine = setUp();
    const before = machine.state();
    expect(machine.bytes(start, size)).toBe("NotMapped");
    expect(machine.space.write(va(start), new Uint8Array(size).fill(1))).toEqual(failed("NotMapped"));
    expect(machine.state()).toEqual(before);
  });

  test("is not possible where there is a page but no memory", () => {
    const machine = new SpaceMachine();
    machine.space.mapLinear(va(0x10000), pa(8 * GIB), 0x1000, RW);
    expect(machine.bytes(0x10000, 1)).toBe("NotMapped");
  });

  test("asks for memory only where there is a page", () => {
    const asked: number[] = [];
    class Asked extends FrameAllocator {
      override physToVirt(frame: PhysAddr): FrameView | undefined {
        asked.push(frame);
        return super.physToVirt(frame);
      }
    }
    const machine = new SpaceMachine({ allocator: new Asked() });
    expect(machine.bytes(0x10000, 1)).toBe("NotMapped");
    expect(asked).not.toEqual([]);
    expect(asked.filter((frame) => !Number.isInteger(frame))).toEqual([]);
  });

  test("goes through a linear area to memory that is there", () => {
    const machine = new SpaceMachine();
    machine.space.mapAlloc(va(0x10000), 0x1000, RW, true);
    machine.space.mapLinear(va(0x18000), machine.space.translate(va(0x10000)) ?? pa(0), 0x1000, RW);
    machine.fill(0x18008, 5);
    expect(machine.bytes(0x10008, 1)).toEqual([5]);
  });

  test("asks for presence alone, as a kernel does", () => {
    const machine = setUp();
    machine.fill(0x14000, 7);
    expect(machine.bytes(0x14000, 1)).toEqual([7]);
    machine.space.protect(va(0x14000), 0x1000, NO_FLAGS);
    expect(machine.bytes(0x14000, 1)).toBe("NotMapped");
    machine.space.protect(va(0x14000), 0x1000, WRITE | READ);
    expect(machine.bytes(0x14000, 1)).toEqual([7]);
  });

  test("stays inside the space", () => {
    const machine = setUp();
    expect(machine.bytes(0xffff, 1)).toBe("InvalidParam");
    expect(machine.bytes(0x1ffff, 2)).toBe("InvalidParam");
    expect(machine.space.write(va(0xffff), Uint8Array.of(1, 2))).toEqual(failed("InvalidParam"));
    expect([machine.bytes(0x20000, 0), machine.bytes(0x15000, 0)]).toEqual([[], []]);
  });

  test("shows nothing of what a frame held before", () => {
    const machine = setUp();
    for (const start of [0x10000, 0x11000, 0x12000])
      machine.space.write(va(start), new Uint8Array(KIB4).fill(1));
    machine.space.unmap(va(0x10000), 0x3000);
    machine.space.mapAlloc(va(0x10000), 0x3000, RW, true);
    const bytes = machine.bytes(0x10000, 0x3000);
    expect(new Set(Array.isArray(bytes) ? bytes : [])).toEqual(new Set([0]));
  });
});

describe("the memory behind a range", () => {
  test("comes frame by frame and can be written", () => {
    const machine = setUp();
    const buffers = machine.space.translatedByteBuffer(va(0x10f00), 0x1180) ?? [];
    expect(buffers.map((buffer) => buffer.length)).toEqual([0x100, 0x1000, 0x80]);
    for (const [index, buffer] of buffers.entries()) buffer.fill(index + 1);
    expect(machine.bytes(0x10eff, 2)).toEqual([0, 1]);
    expect(machine.bytes(0x10fff, 2)).toEqual([1, 2]);
    expect(machine.bytes(0x11fff, 2)).toEqual([2, 3]);
    expect(machine.bytes(0x1207f, 2)).toEqual([3, 0]);
  });

  test.each([
    ["one area doesn't contain it", 0x10000, 0x4000],
    ["it goes past the end of its area", 0x14000, 0x1001],
    ["there is no area", 0x1d000, 0x100],
    ["a page has no frame", 0x13000, 1],
    ["it lies outside the space", 0x30000, 1],
  ])("is not to be had where %s", (_name, start, size) => {
    expect(setUp().space.translatedByteBuffer(va(start), size)).toBeUndefined();
  });

  test("is nothing for nothing, and all of an area for its size", () => {
    const { space } = setUp();
    expect(space.translatedByteBuffer(va(0x10000), 0)).toEqual([]);
    expect(space.translatedByteBuffer(va(0x10000), 0x3000)).toHaveLength(3);
  });

  test("is not to be had across two areas, though all pages are there", () => {
    const { space } = setUp();
    space.mapAlloc(va(0x15000), 0x1000, READ, true);
    expect(space.translatedByteBuffer(va(0x14fff), 1)).toHaveLength(1);
    expect(space.translatedByteBuffer(va(0x14fff), 2)).toBeUndefined();
  });

  test("is not to be had for addresses that are no memory", () => {
    const { space } = new SpaceMachine();
    space.mapLinear(va(0x10000), pa(MEMORY_START - KIB4), 0x1000, RW);
    expect(space.translatedByteBuffer(va(0x10000), 1)).toBeUndefined();
  });
});

describe("whether a range can be accessed", () => {
  const areas = () => {
    const { space } = new SpaceMachine();
    space.mapAlloc(va(0x10000), 0x2000, RW | USER, false);
    space.mapAlloc(va(0x12000), 0x2000, READ | EXECUTE | USER, false);
    space.mapAlloc(va(0x15000), 0x1000, NO_FLAGS, true);
    return space;
  };

  test.each([
    ["in one area", 0x10800, 0x800, RW, true],
    ["in one area that lacks a flag", 0x10800, 0x800, EXECUTE, false],
    ["across areas", 0x11fff, 0x2001, READ | USER, true],
    ["across areas, one of which lacks a flag", 0x11fff, 2, WRITE, false],
    ["up to the end of the areas", 0x10000, 0x4000, READ, true],
    ["across a hole", 0x13fff, 2, READ, false],
    ["from a hole", 0x14fff, 1, READ, false],
    ["a guard area", 0x15000, 1, READ, false],
    ["a guard area, without access", 0x15000, 0x1000, NO_FLAGS, true],
    ["nothing in a hole", 0x18000, 0, READ, true],
    ["nothing at the end of the space", 0x20000, 0, READ, true],
    ["nothing outside", 0x20001, 0, READ, false],
    ["before the space", 0xffff, 2, READ, false],
    ["past the space", 0x1f000, 0x1001, READ, false],
  ])("%s", (_name, start, size, access, can) => {
    expect(areas().canAccessRange(va(start), size, access)).toBe(can);
  });
});
