/** Implementations that show what can't be: each is caught, at once, whatever nonsense it is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHECKS } from "../../properties/invariants.ts";
import { trace } from "../generate/trace.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Observation } from "../trace/observation.ts";
import { MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import { Executor } from "./executor.ts";

/** Changes what the stack has shown of its state. `page` is in bytes. */
type Lie = (shown: Observation, page: number) => void;

/** Shows each page by itself that is shown in a run: so that a lie is about one page. */
function unroll(shown: Observation, page: number): void {
  const runs = Array.from({ length: shown.pageCount }, (_, index) => {
    const [addr, count] = [shown.pageAddrs[index] ?? 0, shown.pageCounts[index] ?? 0];
    return { addr, count, flags: shown.pageFlags[index] ?? 0 };
  });
  shown.pageCount = 0;
  for (const { addr, count, flags } of runs) {
    for (let offset = 0; offset < count; offset++) shown.page(virtAddr(addr + offset * page), flags);
  }
}

/** The stack, but for what it shows after the request with index `at`. */
function liar(lie: Lie, at: number): Subject {
  const stack = memorySetSubject();
  return {
    hello: MEMORY_SET_HELLO,
    create: (space): Instance => {
      const instance = stack.create(space);
      let step = 0;
      return {
        apply: (request) => instance.apply(request),
        observe: (into) => {
          instance.observe(into);
          unroll(into, space.page);
          if (step++ === at) lie(into, space.page);
        },
      };
    },
  };
}

/** The smallest pages, of which there are most; and pages of 4 KiB. */
const SPACES: readonly (readonly [page: string, space: Space])[] = [
  ["a byte", { base: virtAddr(0), size: 16, page: 1, frames: 0 }],
  ["4 KiB", SIXTEEN_PAGES],
];

/** Three areas: of two pages each, and behind a hole of one. `at` is a command that is done, refused or failed, or a query. */
const TRACE = (page: number) => {
  const hex = (pages: number) => `0x${(pages * page).toString(16)}`;
  return requestsIn(
    `map ${hex(1)} ${hex(2)} rw mock`,
    `map ${hex(3)} ${hex(2)} r mock`,
    `map ${hex(6)} ${hex(1)} rx mock`,
    `protect ${hex(3)} ${hex(1)} r`,
    `map ${hex(2)} ${hex(9)} r mock`,
    `unmap ${hex(3)} ${hex(2)} !backend=0`,
    "pages",
  );
};
const STEPS = [2, 3, 4, 5, 6];

/** Numbers of pages that no boundary has, and numbers that no areas of three have. */
const ODD = [-1, -(2 ** 52), 0.5, 3.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const WRONG = [0, 9, 2 ** 32, 2 ** 52, 2 ** 60];

const AREA_COLUMNS = ["areaStarts", "areaEnds", "areaFlags", "areaBackends"] as const;
const PAGE_COLUMNS = ["pageAddrs", "pageCounts", "pageFlags"] as const;

function tellsFailures(change: (truth: number) => number): Lie {
  return (shown) => {
    shown.injected = change(shown.injected);
  };
}

const LIES: readonly (readonly [what: string, lie: Lie])[] = [
  ...[...ODD, ...WRONG].flatMap((number): [string, Lie][] => [
    [`an area that starts at page ${number}`, (o, page) => o.areaStarts.fill(number * page, 1, 2)],
    [`an area that ends at page ${number}`, (o, page) => o.areaEnds.fill(number * page, 1, 2)],
    [`a first area that starts at page ${number}`, (o, page) => o.areaStarts.fill(number * page, 0, 1)],
    [`a last area that ends at page ${number}`, (o, page) => o.areaEnds.fill(number * page, 2, 3)],
    [`page ${number}`, (o, page) => o.pageAddrs.fill(number * page, 2, 3)],
    [`a first page ${number}`, (o, page) => o.pageAddrs.fill(number * page, 0, 1)],
    [`a last page ${number}`, (o, page) => o.pageAddrs.fill(number * page, 4, 5)],
    [`one more page ${number}`, (o, page) => o.page(virtAddr(number * page), 1)],
    [
      `one more area at page ${number}`,
      (o, page) => o.area(virtAddr(number * page), virtAddr(2 ** 52), 1, "mock"),
    ],
  ]),
  ["areas in the wrong order", (o) => AREA_COLUMNS.map((column) => o[column].subarray(0, 3).reverse())],
  ["pages in the wrong order", (o) => PAGE_COLUMNS.map((column) => o[column].subarray(0, 5).reverse())],
  ["an area twice", (o, page) => o.area(virtAddr(6 * page), virtAddr(7 * page), 5, "mock")],
  ["a page twice", (o, page) => o.page(virtAddr(6 * page), 5)],
  ["an empty area", (o, page) => o.area(virtAddr(9 * page), virtAddr(9 * page), 0, "mock")],
  ["an area inside another", (o, page) => o.areaStarts.fill(2 * page, 1, 2)],
  ["all of the address space", (o) => o.areaStarts.fill(0, 0, 1) && o.areaEnds.fill(2 ** 52, 0, 1)],
  ["no areas", (o) => o.areaStarts.fill(0) && o.areaEnds.fill(0)],
  ["more areas than it tells of", (o) => void o.areaCount++],
  ["fewer areas", (o) => void o.areaCount--],
  ["more pages than it tells of", (o) => void o.pageCount++],
  ["fewer pages", (o) => void o.pageCount--],
  ...[...ODD, 0, 2, 2 ** 53].map((count): [string, Lie] => [
    `a run of ${count} pages`,
    (o) => void o.pageCounts.fill(count, 2, 3),
  ]),
  ["flags that there are not", (o) => o.areaFlags.fill(0x45, 2, 3) && o.pageFlags.fill(0x45, 4, 5)],
  ["more flags that there are not", (o) => o.areaFlags.fill(0x85, 2, 3) && o.pageFlags.fill(0x85, 4, 5)],
  ["another backend", (o) => o.areaBackends.fill(1, 2, 3)],
  ["a backend that there is not", (o) => o.areaBackends.fill(99, 2, 3)],
  ["one more failure", tellsFailures((truth) => truth + 1)],
  ["fewer failures than none", tellsFailures(() => -1)],
  ["half a failure", tellsFailures((truth) => truth + 0.5)],
  ["no number of failures", tellsFailures(() => Number.NaN)],
];

const CHECKED = Object.keys(CHECKS).filter((check) => check !== "panic");

/** What the lie is caught by; it is told after the request with index `at`. */
function caught(lie: Lie, at: number, space: Space): string {
  const finding = new Executor(liar(lie, at), space).run(TRACE(space.page));
  return finding ? `${finding.check} at ${finding.at}` : "nothing";
}

describe.each(SPACES)("with pages of %s", (_page, space) => {
  test("the truth is not caught", () => {
    expect(caught(() => {}, 0, space)).toBe("nothing");
  });

  test.each(LIES)("%s", (what, lie) => {
    for (const at of STEPS) {
      // A command that failures are injected into may tell of one more.
      if (at === 5 && what === "one more failure") continue;
      expect(CHECKED.map((check) => `${check} at ${at}`)).toContain(caught(lie, at, space));
    }
  });
});

describe("which check catches it", () => {
  test.each<[check: string, at: number, what: string]>([
    ["order", 2, "areas in the wrong order"],
    ["order", 5, "areas in the wrong order"],
    ["order", 4, "pages in the wrong order"],
    ["order", 2, "an area that ends at page 3.5"],
    ["order", 2, "a last page NaN"],
    ["order", 6, "a page twice"],
    ["order", 2, "a run of 0 pages"],
    ["order", 2, "a run of 2 pages"],
    ["areas", 2, "another backend"],
    ["areas", 2, "flags that there are not"],
    ["pages", 2, "fewer pages"],
    ["outside", 3, "another backend"],
    ["refusal", 4, "another backend"],
    ["refusal", 6, "fewer areas"],
    ["outside", 5, "fewer areas"],
    ["injected", 2, "one more failure"],
    ["injected", 3, "no number of failures"],
    ["injected", 4, "one more failure"],
    ["injected", 5, "half a failure"],
    ["injected", 6, "fewer failures than none"],
  ])("%s at %d: %s", (check, at, what) => {
    const lie = LIES.find(([name]) => name === what)?.[1];
    expect(lie && caught(lie, at, SIXTEEN_PAGES)).toBe(`${check} at ${at}`);
  });
});

/** Everything that is shown, as text. */
function textOf(shown: Observation): string {
  const areas = AREA_COLUMNS.map((column) => shown[column].slice(0, shown.areaCount).join());
  const pages = PAGE_COLUMNS.map((column) => shown[column].slice(0, shown.pageCount).join());
  return [...areas, ...pages].join(";");
}

test("any change of anything shown is caught, on any trace", () => {
  const scribble = fc.record({
    column: fc.constantFrom(...AREA_COLUMNS, ...PAGE_COLUMNS),
    index: fc.nat(7),
    value: fc.oneof(fc.constantFrom(...ODD, ...WRONG), fc.nat(20)),
  });
  const traces = trace(SIXTEEN_PAGES, { hello: { ...MEMORY_SET_HELLO, inject: [] }, maxCommands: 8 });
  const property = fc.property(
    traces,
    fc.array(scribble, { minLength: 1, maxLength: 3 }),
    fc.nat(7),
    (requests, scribbles, at) => {
      let changed = false;
      const lie: Lie = (shown, page) => {
        const truth = textOf(shown);
        for (const { column, index, value } of scribbles) {
          const scale = /Flags|Backends|Counts/.test(column) ? 1 : page;
          shown[column].fill(value * scale, index, index + 1);
        }
        changed = textOf(shown) !== truth;
      };
      const finding = new Executor(liar(lie, at), SIXTEEN_PAGES).run(requests);
      expect(finding?.at).toBe(changed ? at : undefined);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 3000 });
});
