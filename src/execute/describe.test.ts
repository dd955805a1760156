import { expect, test } from "vitest";
import { MemorySetModel } from "../../models/memory-set.ts";
import { virtAddr } from "../trace/address.ts";
import { Observation } from "../trace/observation.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { describeModelPage, describeObservedPage } from "./describe.ts";

const PAGE = 0x1000;
const SPACE = { base: virtAddr(0), size: 0x10000, page: PAGE, frames: 0 };

function model(): MemorySetModel {
  const model = new MemorySetModel({ space: SPACE, hello: MEMORY_SET_HELLO });
  const backend = { kind: "mock" } as const;
  model.commit({ op: "map", start: virtAddr(0x1000), size: 0x2000, flags: 3, backend, replace: false });
  return model;
}

function observation(): Observation {
  const observed = new Observation();
  observed.area(virtAddr(0x1000), virtAddr(0x3000), 3, "mock");
  observed.page(virtAddr(0x1000), 3);
  observed.page(virtAddr(0x2000), 0);
  return observed;
}

test.each([
  ["area-order", 1, "areas in order, of whole pages, not empty, without overlap"],
  ["page-order", 1, "whole pages in order, each once"],
  ["areas", 0, "0x0 in no area"],
  ["areas", 2, "0x2000 in 0x1000-0x3000 rw mock"],
  ["pages", 0, "no page 0x0"],
  ["pages", 2, "page 0x2000:rw"],
] as const)("the model's %s at page %i", (view, page, text) => {
  expect(describeModelPage(model(), view, page)).toBe(text);
});

test.each([
  ["area-order", 1, "0x1000-0x3000 rw mock"],
  ["page-order", 1, "pages 0x1000;0x2000"],
  ["areas", 0, "0x0 in no area"],
  ["areas", 2, "0x2000 in 0x1000-0x3000 rw mock"],
  ["pages", 0, "no page 0x0"],
  ["pages", 2, "page 0x2000:-"],
] as const)("the %s shown at page %i", (view, page, text) => {
  expect(describeObservedPage(observation(), view, page, PAGE)).toBe(text);
});

test("what a subject says it shows, and doesn't, is put into words all the same", () => {
  const observed = new Observation();
  observed.areaCount = observed.areaStarts.length + 1;
  const areas = describeObservedPage(observed, "area-order", 0, PAGE).split(";");
  expect(areas).toEqual(new Array(observed.areaCount).fill("0x0-0x0 - mock"));
});

test("what there is no word for is called unknown", () => {
  const observed = new Observation();
  observed.area(virtAddr(0), virtAddr(0x1000), 67, "mock");
  observed.page(virtAddr(0), -1);
  observed.areaBackends.fill(200);
  expect(describeObservedPage(observed, "areas", 0, PAGE)).toBe(
    "0x0 in 0x0-0x1000 unknown flags an unknown backend",
  );
  expect(describeObservedPage(observed, "pages", 0, PAGE)).toBe("page 0x0:unknown flags");
});
