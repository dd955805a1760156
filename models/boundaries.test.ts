/**
 * Where boundaries are free, states are the same that differ in nothing else: every small state as the model has it,
 * and every one that could be shown instead, on both surfaces.
 */
import { describe, expect, test } from "vitest";
import { type Judge, judgeFor } from "../src/execute/judge.ts";
import { virtAddr } from "../src/trace/address.ts";
import { ADDRESS_SPACE_HELLO } from "../src/trace/address-space.fixture.ts";
import { OK } from "../src/trace/answer.ts";
import { type Dialect, PLAIN_DIALECT } from "../src/trace/dialect.ts";
import { Observation } from "../src/trace/observation.ts";
import type { Backend, Command } from "../src/trace/request.ts";
import { type Hello, MEMORY_SET_HELLO } from "../src/trace/space.ts";
import { joined } from "./boundaries.ts";
import { everyState, recordsOf, type SmallArea } from "./cells.fixture.ts";
import { BEGINS } from "./page-records.ts";

const PAGES = 3;
const SIZE = 64;
const STATES = everyState(PAGES, [1, 3]);

const GROUNDS: readonly (readonly [hello: Hello, kind: Backend["kind"]])[] = [
  [MEMORY_SET_HELLO, "mock"],
  [ADDRESS_SPACE_HELLO, "alloc:lazy"],
];

function judgeUnder(hello: Hello, boundaries: Dialect["boundaries"]): Judge {
  const space = { base: virtAddr(0), size: PAGES * SIZE, page: SIZE, frames: 0 };
  return judgeFor({ space, hello: { ...hello, dialect: { ...PLAIN_DIALECT, boundaries } } });
}

/** Whether `after` may show where the areas of `before` were mapped one by one. */
function isAccepted(
  judge: Judge,
  kind: Backend["kind"],
  before: readonly SmallArea[],
  after: readonly SmallArea[],
): boolean {
  judge.reset();
  for (const [index, { start, end, flags }] of before.entries()) {
    const backend = { kind: kind === "mock" ? kind : "alloc:lazy" } as const;
    const place = { start: virtAddr(start * SIZE), size: (end - start) * SIZE };
    const map: Command = { op: "map", ...place, flags, backend, replace: false };
    if (judge.step(map, OK, shownAs(before.slice(0, index + 1), kind))) return false;
  }
  const overlaps = { op: "overlaps", start: virtAddr(0), size: SIZE } as const;
  const truth = before.some(({ start }) => start === 0);
  return judge.step(overlaps, { kind: "truth", truth }, shownAs(after, kind)) === undefined;
}

function shownAs(areas: readonly SmallArea[], kind: Backend["kind"]): Observation {
  const observed = new Observation();
  for (const { start, end, flags } of areas) {
    observed.area(virtAddr(start * SIZE), virtAddr(end * SIZE), flags, kind);
    for (let page = start; kind === "mock" && page < end; page++) observed.page(virtAddr(page * SIZE), flags);
  }
  return observed;
}

function pagesOf(areas: readonly SmallArea[]): string {
  return recordsOf(areas, PAGES)
    .map((record) => record & ~BEGINS)
    .join();
}

describe.each(GROUNDS)("$surface", (hello, kind) => {
  test("what may show is what has the same pages", () => {
    const wrong: unknown[] = [];
    const [free, exact] = [judgeUnder(hello, "free"), judgeUnder(hello, "exact")];
    for (const before of STATES) {
      for (const after of STATES) {
        const same = pagesOf(before) === pagesOf(after);
        if (isAccepted(free, kind, before, after) !== same) wrong.push({ before, after });
        if (!same) continue;
        if (isAccepted(exact, kind, before, after) !== (before === after)) wrong.push({ before, after });
      }
    }
    expect(STATES.length).toBeGreaterThan(40);
    expect(wrong).toEqual([]);
  });
});

test("areas are the same once they are joined if they have the same pages", () => {
  const recordsIn = (areas: readonly SmallArea[]) =>
    joined(
      areas.map(({ start, end, flags }) => {
        return { start: virtAddr(start), end: virtAddr(end), flags, backend: { kind: "mock" } };
      }),
    );
  for (const one of STATES) {
    for (const other of STATES) {
      const same = JSON.stringify(recordsIn(one)) === JSON.stringify(recordsIn(other));
      expect(same).toBe(pagesOf(one) === pagesOf(other));
    }
  }
});
