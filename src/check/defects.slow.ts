/** Every planted defect of the memory-set surface, looked for by a bounded check. */
import { describe, expect, test } from "vitest";
import type { MappingResult } from "../memory/error.ts";
import type { MockPageTable } from "../memory/mock.ts";
import { StackSet } from "../subjects/defects/defect.ts";
import { TrackingBackend } from "../subjects/defects/failing.ts";
import { type MockArea, memorySetSubject } from "../subjects/memory-set.ts";
import { STACK } from "../subjects/registry.ts";
import { EXECUTE, READ, WRITE } from "../trace/flags.ts";
import { check, expectFound, findIn, plantedOn } from "./defects.fixture.ts";

/** Where to look until a defect is found. */
const SIZES = [{ pages: 3 }, { pages: 4 }, { pages: 5 }];

/** The planted defects that no scope of so few pages finds, each with what it takes. The suites of the planted find them. */
const BEYOND: { readonly [name: string]: string } = {
  "defect:map-end-at-limit": "an area that ends where the address space does",
  "defect:clear-spares-upper-half": "an area in the upper half of the address space",
  "defect:unmap-overflow-cut-short": "a range that runs out of the address space",
  "defect:page-table-top-page-read-only": "the top of the address space",
  "defect:protect-drops-other-flags": "flags besides r, w and x",
  "defect:protect-zero-size-splits": "a size of 0",
  "defect:find-includes-end": "a query: find",
  "defect:stale-find-cache": "a query, find, and a state that doesn't show",
  "defect:find-free-ignores-limit": "a query: find-free",
  "defect:find-free-below-hint": "a query: find-free",
  "defect:find-free-inside-area": "a query: find-free",
  "defect:find-free-unaligned": "a query: find-free",
  "defect:injection-never-disarmed":
    "a state that doesn't show: no failure leads to a new state, and so none is in a path",
};

/** The planted defects that take a failure: with symmetry there are none. */
const FAILING = [
  "defect:protect-splits-before-call",
  "defect:failed-unmap-forgets-area",
  "defect:failed-clear-keeps-areas",
  "defect:failed-unmap-panics",
  "defect:failed-unmap-says-ok",
  "defect:failed-protect-half-done",
];

/** All that can be done without a failure. */
const PLAIN = ["map", "unmap", "protect", "clear", "replace"] as const;

const PLANTED = plantedOn("memory-set");

describe.each(PLANTED.filter(({ name }) => !Object.hasOwn(BEYOND, name)))("$name", (defect) => {
  test("is found by the check that it names, with no longer a trace than by chance, again and again", async () => {
    await expectFound(defect, SIZES);
  });
});

describe("with symmetry", () => {
  const found = PLANTED.filter(({ name }) => !Object.hasOwn(BEYOND, name) && !FAILING.includes(name));
  test.each(found)("$name is found in no larger scope, with no longer a trace", async ({ subject }) => {
    for (const size of SIZES) {
      const place = { ...size, commands: PLAIN };
      const [all, merged] = [await check(subject, place), await check(subject, { ...place, symmetry: true })];
      expect(merged.finding?.finding.check).toBe(all.finding?.finding.check);
      expect(merged.finding?.trace.length).toBe(all.finding?.trace.length);
      if (all.finding) return;
    }
    throw new Error("nothing was found");
  });

  test.each(PLANTED.filter(({ name }) => FAILING.includes(name)))(
    "$name is not found, as nothing fails",
    async ({ subject }) => {
      const place = { pages: 4, commands: PLAIN, symmetry: true };
      expect(await check(subject, place)).toMatchObject({ finding: undefined, cut: undefined });
    },
  );

  test("is about defects that there are", () => {
    expect(FAILING.filter((each) => !PLANTED.some(({ name }) => name === each))).toEqual([]);
    expect(found.length).toBeGreaterThan(FAILING.length);
  });
});

describe("what takes more than a few pages", () => {
  test("is about defects that there are", () => {
    const names = new Set(PLANTED.map(({ name }) => name));
    expect(Object.keys(BEYOND).filter((name) => !names.has(name))).toEqual([]);
  });

  test("is as much as docs/checking.md says", () => {
    expect([PLANTED.length, PLANTED.length - Object.keys(BEYOND).length]).toEqual([36, 23]);
  });

  test.each(PLANTED.filter(({ name }) => Object.hasOwn(BEYOND, name)))(
    "is $name, which is not found",
    async ({ subject }) => {
      expect(await findIn(subject, SIZES)).toBeUndefined();
    },
  );
});

/** Loses its first area when there are five. */
class FourAreasAtMost extends StackSet {
  override map(area: MockArea, pageTable: MockPageTable, unmapOverlap: boolean): MappingResult {
    const mapped = super.map(area, pageTable, unmapOverlap);
    const [first] = this;
    if (this.size === 5 && first) this.areas.delete(first.start);
    return mapped;
  }
}

test.each<[pages: number, commands: number]>([
  [3, 0],
  [4, 0],
  [5, 3],
])("a defect that takes five areas, within %i pages: a trace of %i commands", async (pages, commands) => {
  const subject = memorySetSubject({ set: () => new FourAreasAtMost() });
  const { finding, cut } = await check(subject, { pages });
  expect([finding?.trace.length ?? 0, cut]).toEqual([commands, undefined]);
});

test("a backend with state of its own agrees as long as its clones share nothing", async () => {
  const subject = memorySetSubject({ backend: () => new TrackingBackend() });
  expect(await check(subject, { pages: 3 })).toMatchObject({ finding: undefined, cut: undefined });
});

test("three kinds of flags within five pages: 2,089 states and 313,350 transitions", async () => {
  const { subject } = STACK["memory-set"];
  const commands = ["map", "replace", "unmap", "protect"] as const;
  const flags = [READ, READ | WRITE, READ | EXECUTE];
  expect(await check(subject, { pages: 5, commands, flags })).toMatchObject({
    finding: undefined,
    cut: undefined,
    states: 2_089,
    transitions: 313_350,
  });
});
