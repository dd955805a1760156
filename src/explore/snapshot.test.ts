import { expect, test } from "vitest";
import { MemorySetModel } from "../../models/memory-set.ts";
import { virtAddr } from "../trace/address.ts";
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
