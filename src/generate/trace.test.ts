import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { execute } from "../execute/execute.ts";
import { Executor } from "../execute/executor.ts";
import { reduce } from "../shrink/reduce.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { OPS, type Request } from "../trace/request.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { helloWith, SPACES } from "./address-space-spaces.fixture.ts";
import { CHOICES, DEFAULT_WEIGHTS, type Weights } from "./swarm.ts";
import { trace } from "./trace.ts";

function sample(arbitrary: fc.Arbitrary<readonly Request[]>, numRuns: number, seed = 1): string[][] {
  return fc.sample(arbitrary, { seed, numRuns }).map(linesOf);
}

function defect(name: string): Subject {
  const found = findSubject(`defect:${name}`);
  if (found === undefined) throw new Error(`there is no defect ${name}`);
  return found.subject;
}

describe("the same seed gives the same traces", () => {
  // Whoever changes the generator changes what every seed stands for, and sees it here.
  test("today as before", () => {
    expect(sample(trace(SIXTEEN_PAGES, { maxCommands: 8 }), 3, 42)).toMatchInlineSnapshot(`
      [
        [
          "map 0xffffffffe0000 0x20000 rwdn mock",
          "map 0xfffffffff4000 0x13000 rwun mock",
          "map 0xf000 0x20000 rn mock",
          "map 0x3000 0x3000 rwdn mock",
          "protect 0x8000000000000 0x1000 rn",
          "unmap 0x9000 0x13000",
          "map 0x3000 0x20000 xn mock",
          "unmap 0x3000 0x3000",
        ],
        [
          "map 0xfffffffff3000 0x6000 un mock",
          "map 0x0 0xa000 un mock",
          "protect 0x0 0x10000 rwd !backend=2",
          "protect 0x0 0xe000 un",
          "protect 0x8000 0x8000 un",
          "unmap 0x8000 0x2000",
          "map 0x2000 0xe000 un mock",
          "clear !backend=2",
        ],
        [
          "map 0x0 0x3000 wx mock",
          "map 0x3000 0xc000 rx mock !backend=2",
        ],
      ]
    `);
  });

  test("on the address-space surface too", () => {
    const arbitrary = trace(SIXTEEN_PAGES, { hello: helloWith(48), maxCommands: 12 });
    expect(sample(arbitrary, 3, 42)).toMatchInlineSnapshot(`
      [
        [
          "map 0x4000 0x1000 rx alloc:eager",
        ],
        [
          "map 0xe000 0x1000 rx alloc:lazy replace",
          "load 0xe000 0x7",
          "map 0x4000 0xc000 r linear:0x80004000 replace",
          "access 0xefff r",
          "find-free 0x4000 0x4000 0x4000-0x10000 0x4000",
          "can-access 0x4000 0xb001 wx",
          "fault 0x4fff r",
          "map 0x0 0x10000 rx linear:0x80000000 replace",
          "access 0xfaf x",
          "map 0x6000 0xa000 rwx alloc:lazy replace",
          "can-access 0x6000 0xa000 rx",
          "find-free 0x0 0xc000 0x0-0x10000 0x4000",
        ],
        [
          "store 0x3000 01ff",
          "can-access 0x0 0xc001 rwx",
          "map 0xffffffffd000 0x1000 rwud alloc:eager replace",
          "unmap 0x4000 0x2000",
          "access 0x830d rx !frame=2",
          "map 0x11000 0x4000 rwud alloc:eager",
          "map 0x0 0x10000 rwud alloc:eager",
          "map 0x4000 0xc000 rwud linear:0x80004000",
        ],
      ]
    `);
    const large = trace({ ...SIXTEEN_PAGES, size: 2 ** 38 }, { hello: helloWith(48), maxCommands: 8 });
    expect(sample(large, 3, 43)).toMatchInlineSnapshot(`
      [
        [
          "map 0x3ffffff000 0x1000 rw linear:0x3fff3ffff000 !frame=10",
          "unmap 0x3ffffff4b0 0x1000",
        ],
        [
          "map 0x144c7f8000 0x10000 rx linear:0x1000c7f8000",
          "access 0x144c807000 r",
          "can-access 0x144c7f8000 0xfaaa rx",
          "unmap 0x144c801000 0x6789",
          "find-free 0x144c7ff3e3 0x2000 0x144c7ff3e3-0x144c80f000 0x2000",
        ],
        [
          "read 0xaffffaff8 0xc",
          "access 0xaffffe000 rwx",
          "map 0xb00007000 0x1000 rx linear:0xc0006d58 replace",
          "map 0xaffff8000 0xf000 rwx linear:0xe219",
        ],
      ]
    `);
  });

  test.each(SPACES)("whatever was drawn before: %s", (_name, { space, hello }) => {
    const used = trace(space, { hello });
    const first = sample(used, 20);
    expect(sample(used, 20, 2)).not.toEqual(first);
    expect(sample(used, 20)).toEqual(first);
    expect(sample(trace(space, { hello }), 20)).toEqual(first);
  });

  test("from another arbitrary, and whatever this one gave before", () => {
    const used = trace(SIXTEEN_PAGES);
    const first = sample(used, 20);
    expect(sample(used, 20, 2)).not.toEqual(first);
    expect(sample(used, 20)).toEqual(first);
    expect(sample(trace(SIXTEEN_PAGES), 20)).toEqual(first);
    expect(new Set(first.map((lines) => lines.join())).size).toBe(20);
  });

  test("also where most of the verbs are never wanted", () => {
    const none = Object.fromEntries(CHOICES.map((choice) => [choice, 0]));
    const weights: Weights = { ...DEFAULT_WEIGHTS, ...none, unmap: 1, clear: 1 };
    const fresh = () => trace(SIXTEEN_PAGES, { weights, maxCommands: 4 });
    const used = fresh();
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const traces = seeds.map((seed) => sample(used, 1, seed));
    expect(traces).toEqual(seeds.map((seed) => sample(fresh(), 1, seed)));
    expect(traces.flat(2).filter((line) => line.startsWith("map"))).toEqual([]);
  });
});

describe("what is asked for", () => {
  test("is how long a trace may be", () => {
    const lengths = fc
      .sample(trace(SIXTEEN_PAGES, { maxCommands: 7 }), { seed: 1, numRuns: 500 })
      .map(({ length }) => length);
    expect(new Set(lengths)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(
      fc
        .sample(trace(SIXTEEN_PAGES, { maxCommands: 1 }), { seed: 1, numRuns: 20 })
        .every(({ length }) => length === 1),
    ).toBe(true);
    const usual = fc.sample(trace(SIXTEEN_PAGES), { seed: 1, numRuns: 200 });
    expect(Math.max(...usual.map(({ length }) => length))).toBe(50);
  });

  test("are the flags that the implementation declares, and all of them", () => {
    for (const flags of [0, 0b000101, 0b010010, 0b111111]) {
      const traces = fc.sample(trace(SIXTEEN_PAGES, { hello: { ...MEMORY_SET_HELLO, flags } }), {
        seed: 1,
        numRuns: 300,
      });
      const used = traces
        .flat()
        .reduce((all, request) => ("flags" in request ? all | request.flags : all), 0);
      expect(used).toBe(flags);
    }
  });

  test("are failures, where they can be injected", () => {
    const injections = (inject: readonly ("frame" | "backend")[]) => {
      const hello = { ...MEMORY_SET_HELLO, inject };
      const requests = fc.sample(trace(SIXTEEN_PAGES, { hello }), { seed: 1, numRuns: 300 }).flat();
      return requests.flatMap((request) => ("inject" in request && request.inject ? [request.inject] : []));
    };
    expect(injections([])).toEqual([]);
    expect(injections(["frame"])).toEqual([]);
    const kinds = injections(["frame", "backend"]).map(({ kind, after }) => `${kind}=${after}`);
    expect(new Set(kinds)).toEqual(new Set([0, 1, 2, 3].map((after) => `backend=${after}`)));
  });

  test("is how often each verb comes up", () => {
    const weights: Weights = {
      ...DEFAULT_WEIGHTS,
      map: 1,
      find: 0,
      overlaps: 0,
      "find-free": 0,
      list: 0,
      clear: 40,
    };
    const requests = fc.sample(trace(SIXTEEN_PAGES, { weights }), { seed: 1, numRuns: 300 }).flat();
    const count = (op: string) => requests.filter((request) => request.op === op).length;
    expect(count("clear")).toBeGreaterThan(count("unmap"));
    expect(OPS.filter((op) => count(op) > 0)).toEqual(["map", "unmap", "protect", "clear"]);
  });
});

test("on the address-space surface weights are those of its verbs too", () => {
  const none = Object.fromEntries(CHOICES.map((choice) => [choice, 0]));
  const weights: Weights = { ...DEFAULT_WEIGHTS, ...none, map: 1, store: 3 };
  const arbitrary = trace(SIXTEEN_PAGES, { hello: helloWith(48), weights });
  const requests = fc.sample(arbitrary, { seed: 1, numRuns: 300 }).flat();
  const count = (op: string) => requests.filter((request) => request.op === op).length;
  // A store becomes an access where everything may be linear.
  expect(OPS.filter((op) => count(op) > 0)).toEqual(["map", "access", "store"]);
  expect(count("store")).toBeGreaterThan(count("map"));
});

describe("a trace that wasn't generated", () => {
  const arbitrary = trace(SIXTEEN_PAGES);

  test("can be shrunk", () => {
    expect(
      arbitrary.canShrinkWithoutContext(requestsIn("map 0x0 0x1000 rw mock replace !backend=3", "areas")),
    ).toBe(true);
  });

  test.each<[what: string, value: unknown]>([
    ["nothing", undefined],
    ["text", "clear"],
    ["a request", { op: "clear" }],
    ["junk among requests", [{ op: "clear" }, { op: "cleer" }]],
    ["a request with a number that is none", [{ op: "unmap", start: 0, size: Number.NaN }]],
    ["what doesn't fit the space", requestsIn("unmap 0x0 0x800")],
    ["what belongs to the other surface", requestsIn("frames")],
    ["a failure of another kind", requestsIn("clear !frame=0")],
  ])("can't when it is %s", (_what, value) => {
    expect(arbitrary.canShrinkWithoutContext(value)).toBe(false);
  });
});

/** Defects that show in one way only, so that fast-check, which knows no other, shrinks to the same end. */
const PLAIN = [
  "touching-overlaps",
  "find-includes-end",
  "protect-splits-equal-flags",
  "map-merges-neighbours",
  "failed-clear-keeps-areas",
];

describe("in a property of a user's own", () => {
  test.each(PLAIN)("fast-check finds %s and shrinks it as far as mapcheck does", async (name) => {
    const subject = defect(name);
    const property = fc.property(
      trace(SIXTEEN_PAGES),
      (requests) => execute(requests, subject, SIXTEEN_PAGES) === undefined,
    );
    const { failed, counterexample } = fc.check(property, { seed: 7, numRuns: 5000 });
    expect(failed).toBe(true);
    const [shrunk] = counterexample ?? [];
    const executor = new Executor(subject, SIXTEEN_PAGES);
    const run = (requests: readonly Request[]) => executor.run(requests);
    const requests = fc
      .sample(trace(SIXTEEN_PAGES), { seed: 7, numRuns: 5000 })
      .find((each) => run(each) !== undefined);
    const finding = requests && run(requests);
    if (requests === undefined || finding === undefined) throw new Error("found by fast-check alone");
    const pace = { turnIsOver: false, stopped: false, breathe: async () => {} };
    const reduced = await reduce({ requests, finding }, executor.terms, run, pace);
    expect(linesOf(shrunk ?? [])).toEqual(linesOf(reduced.requests));
  });

  test("a trace from a file shrinks as well as one that was generated", () => {
    const loaded = requestsIn(
      "map 0x3000 0x2000 rwx mock",
      "unmap 0x8000 0x1000",
      "map 0x5000 0x2000 ru mock",
      "find-free 0x0 0x1000 0x0-0x10000 0x1000",
    );
    const subject = defect("touching-overlaps");
    const property = fc.property(
      trace(SIXTEEN_PAGES),
      (requests) => execute(requests, subject, SIXTEEN_PAGES) === undefined,
    );
    const { counterexample, numRuns } = fc.check(property, { seed: 1, examples: [[loaded]] });
    expect(numRuns).toBe(1);
    expect(linesOf(counterexample?.[0] ?? [])).toEqual(["map 0x0 0x1000 - mock", "map 0x1000 0x1000 - mock"]);
  });

  test("a counterexample is found again by the path that fast-check prints", () => {
    const subject = defect("find-includes-end");
    const property = fc.property(
      trace(SIXTEEN_PAGES),
      (requests) => execute(requests, subject, SIXTEEN_PAGES) === undefined,
    );
    const first = fc.check(property, { seed: 7, numRuns: 5000 });
    const again = fc.check(property, { seed: 7, path: first.counterexamplePath ?? "" });
    expect(again.counterexample).toEqual(first.counterexample);
    expect(again.numShrinks).toBe(0);
  });

  test("it combines with other arbitraries", () => {
    const pair = fc.tuple(trace({ ...SIXTEEN_PAGES, base: virtAddr(2 ** 51) }), fc.boolean());
    expect(fc.sample(pair, { seed: 1, numRuns: 3 })).toHaveLength(3);
  });
});
