import { expect, test } from "vitest";
import { MemorySetModel } from "../../models/memory-set.ts";
import type { Model } from "../execute/judge.ts";
import { physAddr, virtAddr } from "../trace/address.ts";
import { EXECUTE, READ, WRITE } from "../trace/flags.ts";
import { Observation } from "../trace/observation.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { snapshotOfModel, snapshotOfObservation } from "./snapshot.ts";

const PAGE = 0x1000;

test("pages that follow each other with equal flags are one run", () => {
  const observed = new Observation();
  observed.area(virtAddr(0), virtAddr(0x5000), READ, "mock");
  for (const addr of [0, 0x1000, 0x3000]) observed.page(virtAddr(addr), READ);
  observed.page(virtAddr(0x4000), READ | WRITE);
  expect(snapshotOfObservation(observed, PAGE)).toEqual({
    areas: [{ start: 0, end: 0x5000, flags: READ, backend: "mock" }],
    pages: [
      { start: 0, end: 0x2000, flags: READ },
      { start: 0x3000, end: 0x4000, flags: READ },
      { start: 0x4000, end: 0x5000, flags: READ | WRITE },
    ],
  });
});

test("what is shown in a wrong order is kept in that order", () => {
  const observed = new Observation();
  observed.area(virtAddr(0x2000), virtAddr(0x3000), READ, "alloc:lazy");
  observed.area(virtAddr(0), virtAddr(0), READ, "mock");
  for (const addr of [0x2000, 0, 0]) observed.page(virtAddr(addr), READ);
  const { areas, pages } = snapshotOfObservation(observed, PAGE);
  expect(areas.map(({ start, backend }) => [start, backend])).toEqual([
    [0x2000, "alloc:lazy"],
    [0, "mock"],
  ]);
  expect(pages.map(({ start, end }) => [start, end])).toEqual([
    [0x2000, 0x3000],
    [0, 0x1000],
    [0, 0x1000],
  ]);
});

test("only what the last observation holds is taken", () => {
  const observed = new Observation();
  observed.area(virtAddr(0), virtAddr(0x1000), READ, "mock");
  observed.page(virtAddr(0), READ);
  observed.reset();
  expect(snapshotOfObservation(observed, PAGE)).toEqual({ areas: [], pages: [] });
});

test("the model shows its areas and pages", () => {
  const space = { base: virtAddr(0), size: 0x10000, page: PAGE, frames: 0 };
  const model = new MemorySetModel({ space, hello: MEMORY_SET_HELLO });
  const backend = { kind: "mock" } as const;
  model.commit({ op: "map", start: virtAddr(0), size: 0x3000, flags: READ, backend, replace: false });
  model.commit({ op: "protect", start: virtAddr(0x2000), size: 0x1000, flags: EXECUTE });
  expect(snapshotOfModel(model)).toEqual({
    areas: [
      { start: 0, end: 0x2000, flags: READ, backend: "mock" },
      { start: 0x2000, end: 0x3000, flags: EXECUTE, backend: "mock" },
    ],
    pages: [
      { start: 0, end: 0x2000, flags: READ },
      { start: 0x2000, end: 0x3000, flags: EXECUTE },
    ],
  });
});

test("pages are one run only as far as they lie next to each other in physical memory", () => {
  const observed = new Observation();
  observed.pageRun(virtAddr(0), 3, READ, physAddr(0x80000000));
  observed.page(virtAddr(0x3000), READ, physAddr(0x80003000));
  observed.page(virtAddr(0x4000), READ, physAddr(0x80009000));
  observed.page(virtAddr(0x5000), READ);
  expect(snapshotOfObservation(observed, PAGE).pages).toEqual([
    { start: 0, end: 0x4000, flags: READ, physical: 0x80000000 },
    { start: 0x4000, end: 0x5000, flags: READ, physical: 0x80009000 },
    { start: 0x5000, end: 0x6000, flags: READ },
  ]);
});

test("a linear area has its physical address, others have none", () => {
  const observed = new Observation();
  observed.area(virtAddr(0), virtAddr(0x1000), READ, "linear", physAddr(0x5000));
  observed.area(virtAddr(0x1000), virtAddr(0x2000), READ, "alloc:eager", physAddr(0x6000));
  observed.area(virtAddr(0x2000), virtAddr(0x3000), READ, "linear");
  expect(snapshotOfObservation(observed, PAGE).areas).toEqual([
    { start: 0, end: 0x1000, flags: READ, backend: "linear", physical: 0x5000 },
    { start: 0x1000, end: 0x2000, flags: READ, backend: "alloc:eager" },
    { start: 0x2000, end: 0x3000, flags: READ, backend: "linear" },
  ]);
});

test("frames are there as far as they are counted", () => {
  const observed = new Observation();
  expect(snapshotOfObservation(observed, PAGE)).not.toHaveProperty("frames");
  observed.dataFrames = 2;
  expect(snapshotOfObservation(observed, PAGE).frames).toEqual({ data: 2 });
  observed.tableFrames = 4;
  expect(snapshotOfObservation(observed, PAGE).frames).toEqual({ data: 2, table: 4 });
});

test("a model with frames shows them, and its linear areas", () => {
  const linear = { kind: "linear", physical: physAddr(0x80000000) } as const;
  const model: Model = {
    page: PAGE,
    areas: () => [{ start: virtAddr(0), end: virtAddr(0x1000), flags: READ, backend: linear }],
    translations: () => [{ addr: virtAddr(0), flags: READ, physical: linear.physical }],
    dataFrames: 3,
  };
  expect(snapshotOfModel(model)).toEqual({
    areas: [{ start: 0, end: 0x1000, flags: READ, backend: "linear", physical: 0x80000000 }],
    pages: [{ start: 0, end: 0x1000, flags: READ, physical: 0x80000000 }],
    frames: { data: 3 },
  });
});
