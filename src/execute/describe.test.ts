import { expect, test } from "vitest";
import { physAddr, virtAddr } from "../trace/address.ts";
import type { AreaRecord } from "../trace/answer.ts";
import { Observation } from "../trace/observation.ts";
import { describeExpected, describeObserved } from "./describe.ts";

const PAGE = 0x1000;

function area(backend: AreaRecord["backend"]): AreaRecord {
  return { start: virtAddr(0x1000), end: virtAddr(0x3000), flags: 3, backend };
}

const MOCK = area({ kind: "mock" });
const LINEAR = area({ kind: "linear", physical: physAddr(0x8000) });
const IN_FRAME = { flags: 3, physical: physAddr(0x8000_3000) };

test.each([
  ["area-order", MOCK, MOCK, "areas in order, of whole pages, not empty, without overlap"],
  ["page-order", MOCK, MOCK, "whole pages in order, each once"],
  ["areas", null, null, "0x2000 in no area"],
  ["areas", MOCK, MOCK, "0x2000 in 0x1000-0x3000 rw mock"],
  ["areas", LINEAR, IN_FRAME, "0x2000 in 0x1000-0x3000 rw linear:0x8000"],
  ["pages", MOCK, null, "no page 0x2000"],
  ["pages", MOCK, MOCK, "page 0x2000:rw"],
  ["pages", LINEAR, IN_FRAME, "page 0x2000=0x80003000:rw"],
  ["identity", MOCK, IN_FRAME, "page 0x2000=0x80003000:rw"],
  ["identity", MOCK, MOCK, "page 0x2000 in a frame of its own"],
] as const)("the %s that there have to be", (view, of, translation, text) => {
  expect(describeExpected(view, 0x2000, of, translation)).toBe(text);
});

function observation(): Observation {
  const observed = new Observation();
  observed.area(virtAddr(0x1000), virtAddr(0x3000), 3, "mock");
  observed.area(virtAddr(0x4000), virtAddr(0x7000), 1, "linear", physAddr(0x8000));
  observed.page(virtAddr(0x1000), 3);
  observed.page(virtAddr(0x2000), 0);
  observed.pageRun(virtAddr(0x4000), 3, 1, physAddr(0x8000));
  return observed;
}

test.each([
  ["area-order", 0x1000, "0x1000-0x3000 rw mock;0x4000-0x7000 r linear:0x8000"],
  ["page-order", 0x1000, "pages 0x1000;0x2000;0x4000 and on, 3 in all"],
  ["areas", 0, "0x0 in no area"],
  ["areas", 0x2000, "0x2000 in 0x1000-0x3000 rw mock"],
  ["areas", 0x4000, "0x4000 in 0x4000-0x7000 r linear:0x8000"],
  ["pages", 0, "no page 0x0"],
  ["pages", 0x7000, "no page 0x7000"],
  ["pages", 0x2000, "page 0x2000:-"],
  ["identity", 0x4000, "page 0x4000=0x8000:r"],
  ["pages", 0x6000, "page 0x6000=0xa000:r"],
] as const)("the %s shown at 0x%x", (view, addr, text) => {
  expect(describeObserved(observation(), view, addr, PAGE)).toBe(text);
});

test("what a subject says it shows, and doesn't, is put into words all the same", () => {
  const observed = new Observation();
  observed.areaCount = observed.areaStarts.length + 1;
  const areas = describeObserved(observed, "area-order", 0, PAGE).split(";");
  expect(areas.at(-1)).toBe("0x0-0x0 - mock");
  expect(areas).toHaveLength(observed.areaCount);
  observed.pageCount = observed.pageAddrs.length + 1;
  expect(describeObserved(observed, "page-order", 0, PAGE)).toMatch(/;0x0 and on, 0 in all$/);
});

test("what there is no word for is called unknown", () => {
  const observed = new Observation();
  observed.area(virtAddr(0), virtAddr(0x1000), 67, "mock");
  observed.page(virtAddr(0), -1);
  observed.areaBackends.fill(200);
  expect(describeObserved(observed, "areas", 0, PAGE)).toBe(
    "0x0 in 0x0-0x1000 unknown flags an unknown backend",
  );
  expect(describeObserved(observed, "pages", 0, PAGE)).toBe("page 0x0:unknown flags");
});
