import { describe, expect, test } from "vitest";
import type { PhysAddr } from "../trace/address.ts";
import { FRAME_SIZE } from "./format.ts";
import { FrameAllocator, MEMORY_START } from "./frame-allocator.ts";
import { pa } from "./machine.fixture.ts";
import { PhysFrame } from "./phys-frame.ts";

/** A frame that is there to be had. */
function take(allocator: FrameAllocator, use: "data" | "table" = "data"): PhysAddr {
  const frame = allocator.allocFrame(use);
  if (frame === undefined) throw new Error("no frame");
  return frame;
}

// The first of all tests: where memory grows without end, the others take all that the machine has.
test("memory doubles when its frames are used up, and no sooner", () => {
  const allocator = new FrameAllocator();
  for (let count = 1; count <= 33; count++) {
    take(allocator);
    expect(allocator.memory.frameCount).toBe(count <= 16 ? 16 : count <= 32 ? 32 : 64);
  }
});

describe("frames", () => {
  test("are different ones, aligned, and begin at the start of memory", () => {
    const allocator = new FrameAllocator();
    const frames = Array.from({ length: 40 }, () => take(allocator));
    expect(frames).toEqual(Array.from({ length: 40 }, (_, index) => MEMORY_START + index * FRAME_SIZE));
  });

  test("are counted by use", () => {
    const allocator = new FrameAllocator();
    const [data, table] = [take(allocator), take(allocator, "table")];
    take(allocator);
    expect([allocator.dataFrames, allocator.tableFrames]).toEqual([2, 1]);
    expect([data, table, pa(table + 1), pa(0)].map((at) => allocator.useOf(at))).toEqual([
      "data",
      "table",
      "free",
      "free",
    ]);
    allocator.deallocFrame(data);
    expect([allocator.dataFrames, allocator.tableFrames, allocator.useOf(data)]).toEqual([1, 1, "free"]);
    allocator.deallocFrame(table);
    expect([allocator.dataFrames, allocator.tableFrames, allocator.useOf(table)]).toEqual([1, 0, "free"]);
  });

  test("that came back last are handed out first, for either use", () => {
    const allocator = new FrameAllocator();
    const [a, b, c] = [take(allocator), take(allocator), take(allocator)];
    allocator.deallocFrame(a);
    allocator.deallocFrame(c);
    allocator.deallocFrame(b);
    const again = [take(allocator, "table"), take(allocator), take(allocator)];
    expect(again).toEqual([b, c, a]);
    expect(take(allocator)).toBe(c + FRAME_SIZE);
  });

  test("are zeroed when they are handed out again", () => {
    const allocator = new FrameAllocator();
    const frame = take(allocator);
    allocator.physToVirt(frame)?.bytes.fill(0xa5);
    allocator.deallocFrame(frame);
    expect(take(allocator, "table")).toBe(frame);
    expect(new Set(allocator.physToVirt(frame)?.bytes)).toEqual(new Set([0]));
  });

  test("keep their bytes while memory grows", () => {
    const allocator = new FrameAllocator();
    const frames = Array.from({ length: 100 }, (_, index) => {
      const frame = take(allocator);
      allocator.physToVirt(frame)?.bytes.fill(index + 1);
      return frame;
    });
    expect(allocator.memory.frameCount).toBe(128);
    for (const frame of frames) {
      expect(allocator.physToVirt(frame)?.words.buffer).toBe(allocator.memory.words.buffer);
    }
    for (const [index, frame] of frames.entries()) {
      expect(new Set(allocator.physToVirt(frame)?.bytes)).toEqual(new Set([index + 1]));
    }
  });

  test("that are free are shown, those that were never handed out excepted", () => {
    const allocator = new FrameAllocator();
    const frames = [take(allocator), take(allocator), take(allocator)];
    for (const frame of frames) allocator.physToVirt(frame)?.words.fill(7, 0, 1);
    for (const frame of frames.slice(1)) allocator.deallocFrame(frame);
    const shown: (readonly number[])[] = [];
    allocator.forEachFree(({ values }) => shown.push(values));
    expect(shown).toEqual([[7], [7]]);
  });

  test("have little-endian words over their bytes", () => {
    const allocator = new FrameAllocator();
    take(allocator);
    const view = allocator.physToVirt(take(allocator));
    view?.bytes.set([0x78, 0x56, 0x34, 0x12], 8);
    expect(view?.words[2]).toBe(0x12345678);
    expect(allocator.memory.words[1024 + 2]).toBe(0x12345678);
  });
});

test("a snapshot brings back which frames are out, for what, and in which order the free ones come", () => {
  const allocator = new FrameAllocator();
  const [a, b, c, d] = [take(allocator), take(allocator, "table"), take(allocator), take(allocator)];
  const e = pa(d + FRAME_SIZE);
  allocator.deallocFrame(c);
  allocator.deallocFrame(a);
  allocator.physToVirt(d)?.words.fill(7);
  const restore = allocator.snapshot();
  const changes = [
    () => Array.from({ length: 4 }, () => take(allocator, "table")),
    () => [b, d].map((frame) => allocator.deallocFrame(frame)),
    () => allocator.physToVirt(d)?.words.fill(9),
  ];
  for (const change of changes) {
    change();
    restore();
    expect([allocator.dataFrames, allocator.tableFrames]).toEqual([1, 1]);
    const uses = [a, b, c, d, e].map((frame) => allocator.useOf(frame));
    expect(uses).toEqual(["free", "table", "free", "data", "free"]);
    expect(new Set(allocator.physToVirt(d)?.words)).toEqual(new Set([7]));
    expect([take(allocator), take(allocator), take(allocator)]).toEqual([a, c, e]);
    restore();
  }
});

describe("there is no frame", () => {
  test("beyond the limit, until one comes back", () => {
    const allocator = new FrameAllocator(2);
    const first = take(allocator);
    take(allocator, "table");
    expect(allocator.allocFrame("data")).toBeUndefined();
    expect([allocator.dataFrames, allocator.tableFrames]).toEqual([1, 1]);
    allocator.deallocFrame(first);
    expect(allocator.allocFrame("table")).toBe(first);
    expect(allocator.allocFrame("table")).toBeUndefined();
  });

  test("where a failure is injected, for data and tables from one pool", () => {
    const allocator = new FrameAllocator();
    allocator.injection.failAfter(2);
    const told = (["data", "table", "data", "table"] as const).map((use) => allocator.allocFrame(use));
    expect(told).toEqual([MEMORY_START, MEMORY_START + FRAME_SIZE, undefined, undefined]);
    expect(allocator.injection.fired).toBe(2);
    expect([allocator.dataFrames, allocator.tableFrames]).toEqual([1, 1]);
    allocator.injection.disarm();
    expect(take(allocator)).toBe(MEMORY_START + 2 * FRAME_SIZE);
  });
});

describe("a frame that is not handed out", () => {
  test.each([
    ["came back already", (frame: number) => frame],
    ["was never handed out", (frame: number) => frame + FRAME_SIZE],
    ["lies below memory", () => 0],
    ["does not begin there", (frame: number) => frame + 8],
  ])("can't be given back: it %s", (_name, at) => {
    const allocator = new FrameAllocator();
    const frame = take(allocator);
    take(allocator, "table");
    allocator.deallocFrame(pa(frame + FRAME_SIZE));
    allocator.deallocFrame(frame);
    expect(() => allocator.deallocFrame(pa(at(frame)))).toThrow("given back but not handed out");
    expect([allocator.dataFrames, allocator.tableFrames]).toEqual([0, 0]);
  });

  test("has no memory", () => {
    const allocator = new FrameAllocator();
    const frame = take(allocator);
    expect(allocator.physToVirt(frame)).toBeDefined();
    expect(allocator.physToVirt(pa(frame + 1))).toBeUndefined();
    allocator.deallocFrame(frame);
    expect(allocator.physToVirt(frame)).toBeUndefined();
    expect(allocator.physToVirt(pa(0))).toBeUndefined();
  });
});

describe("an owned frame", () => {
  test("is taken, filled and given back once", () => {
    const allocator = new FrameAllocator();
    const frame = PhysFrame.alloc(allocator, "table");
    expect(frame?.startPaddr).toBe(MEMORY_START);
    expect(allocator.tableFrames).toBe(1);
    frame?.fill(7);
    expect(new Set(frame?.view()?.bytes)).toEqual(new Set([7]));
    frame?.drop();
    expect(allocator.tableFrames).toBe(0);
    const other = take(allocator);
    expect(other).toBe(frame?.startPaddr);
    // It belongs to somebody else now.
    expect(() => frame?.drop()).toThrow("given back twice");
    expect(() => frame?.fill(9)).toThrow("used after it was given back");
    expect(frame?.view()).toBeUndefined();
    expect(allocator.dataFrames).toBe(1);
    expect(allocator.physToVirt(other)?.bytes[0]).toBe(0);
  });

  test("is none where there is none", () => {
    expect(PhysFrame.alloc(new FrameAllocator(0), "data")).toBeUndefined();
  });
});
