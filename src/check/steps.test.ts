import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SCOPE_COMMANDS, type Scope } from "../generate/scope.ts";
import { virtAddr } from "../trace/address.ts";
import { ADDRESS_SPACE_HELLO } from "../trace/address-space.fixture.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import { READ, WRITE } from "../trace/flags.ts";
import { linesOf, requestsIn } from "../trace/literal.fixture.ts";
import { findMisfit } from "../trace/preconditions.ts";
import { type Hello, MEMORY_SET_HELLO, OFFERS, type Space } from "../trace/space.ts";
import { Steps } from "./steps.ts";

const TWO_PAGES: Space = { base: virtAddr(0), size: 0x2000, page: 0x1000, frames: 0 };

/** The steps of a scope in which an implementation is asked all that it declares. */
function stepsOf(hello: Hello, changes: Partial<Scope> = {}): Steps {
  const scope: Scope = {
    space: TWO_PAGES,
    flags: [READ, READ | WRITE],
    commands: SCOPE_COMMANDS.filter((name) => hello.commands.includes(name)),
    backends: hello.backends,
    inject: true,
    ...changes,
  };
  return new Steps(scope, { space: scope.space, hello });
}

/** The steps after these lines, as lines. */
function linesAfter(steps: Steps, ...lines: readonly string[]): string[] {
  return linesOf(steps.after(requestsIn(...lines)).map((step) => steps.requestOf(step)));
}

describe("steps without a failure", () => {
  test("are the commands of the scope, numbered by their places", () => {
    const steps = stepsOf(MEMORY_SET_HELLO, { commands: ["unmap", "clear"] });
    expect(linesOf([0, 1, 2, 3].map((step) => steps.requestOf(step)))).toEqual([
      "unmap 0x0 0x1000",
      "unmap 0x1000 0x1000",
      "unmap 0x0 0x2000",
      "clear",
    ]);
    expect(steps.plain).toHaveLength(4);
  });

  test("may all come after anything on a memory set", () => {
    const steps = stepsOf(MEMORY_SET_HELLO);
    const all = linesOf(steps.plain);
    expect(all).toHaveLength(3 * 7 + 1);
    expect(linesAfter(steps)).toEqual(all);
    expect(linesAfter(steps, "map 0x0 0x1000 r mock", "clear")).toEqual(all);
  });

  test("leave out what the implementation can't be asked at all", () => {
    const unequal: Hello = { ...ADDRESS_SPACE_HELLO, backends: ["alloc:lazy"], flags: READ };
    const steps = stepsOf(unequal, { backends: OFFERS["address-space"].backends });
    const lines = linesOf(steps.plain);
    expect(lines.filter((line) => /linear|eager| rw\b/.test(line))).toEqual([]);
    expect(lines).toContain("map 0x0 0x2000 r alloc:lazy");
  });
});

const SPACE_STEPS = stepsOf(ADDRESS_SPACE_HELLO);

describe("what comes after a trace keeps the preconditions:", () => {
  const BYTES = ["store 0x0 00", "store 0x0 01", "load 0x0 0x1", "write 0x0 00", "write 0x0 01"];

  test.each<[trace: readonly string[], allowed: boolean]>([
    [[], true],
    [["map 0x0 0x1000 rw alloc:lazy"], true],
    [["map 0x1000 0x1000 rw linear:0x40001000"], true],
    [["map 0x0 0x1000 rw linear:0x40000000"], false],
    [["map 0x0 0x2000 rw linear:0x40000000", "unmap 0x1000 0x1000"], false],
    [["map 0x0 0x2000 rw linear:0x40000000", "unmap 0x0 0x1000"], true],
    [["map 0x0 0x2000 rw linear:0x40000000", "unmap 0x0 0x1000 !backend=0"], false],
    [["map 0x0 0x1000 r linear:0x40000000", "map 0x0 0x1000 r alloc:eager replace"], true],
    [["map 0x0 0x1000 r linear:0x40000000", "clear"], true],
  ])("after %j, are the bytes of the first page accessible: %s", (trace, allowed) => {
    const steps = linesAfter(SPACE_STEPS, ...trace);
    for (const line of BYTES) expect([line, steps.includes(line)]).toEqual([line, allowed]);
    // All the rest may come.
    const rest = linesOf(SPACE_STEPS.plain).filter((line) => !/^(store|load|write) /.test(line));
    expect(steps).toEqual(expect.arrayContaining(rest));
  });

  test("every trace that they make fits, with failures and without", () => {
    const terms = { space: TWO_PAGES, hello: ADDRESS_SPACE_HELLO };
    const trace = requestsIn("map 0x1000 0x1000 rw linear:0x40001000", "map 0x0 0x1000 r alloc:lazy");
    const steps = SPACE_STEPS.after(trace).flatMap((step) => [
      step,
      SPACE_STEPS.injectedAt(step, 0, 0),
      SPACE_STEPS.injectedAt(step, 1, 5),
    ]);
    expect(steps.length).toBeGreaterThan(100);
    const unfit = steps.filter(
      (step) => findMisfit([...trace, SPACE_STEPS.requestOf(step)], terms) !== undefined,
    );
    expect(unfit).toEqual([]);
  });
});

/** The bans after these lines, a bit for each page, as written by a past of all of them and by one that lacks the last. */
function bansAfter(steps: Steps, ...lines: readonly string[]): number[] {
  const requests = requestsIn(...lines);
  const [whole, goingOn] = [new Fingerprint(), new Fingerprint()];
  steps.pastOf(requests).addBans(undefined, whole);
  steps.pastOf(requests.slice(0, -1)).addBans(requests.at(-1), goingOn);
  expect(goingOn.equals(whole)).toBe(true);
  return [...whole.bytes.subarray(0, whole.length)];
}

const FEW_FRAMES = stepsOf(ADDRESS_SPACE_HELLO, { space: { ...TWO_PAGES, frames: 12 } });

describe("what a trace bans by its text", () => {
  test.each<[steps: Steps, trace: readonly string[], bans: number]>([
    [SPACE_STEPS, [], 0b00],
    [SPACE_STEPS, ["map 0x0 0x2000 rw alloc:lazy"], 0b00],
    [SPACE_STEPS, ["map 0x1000 0x1000 rw linear:0x40001000"], 0b10],
    [SPACE_STEPS, ["map 0x0 0x2000 r linear:0x40000000"], 0b11],
    [SPACE_STEPS, ["map 0x0 0x2000 r linear:0x40000000", "unmap 0x1000 0x1000"], 0b01],
    [SPACE_STEPS, ["map 0x0 0x2000 r linear:0x40000000", "unmap 0x1000 0x1000 !frame=0"], 0b11],
    [SPACE_STEPS, ["map 0x0 0x2000 r linear:0x40000000", "clear"], 0b00],
    [FEW_FRAMES, ["map 0x0 0x2000 r linear:0x40000000", "clear"], 0b11],
    [FEW_FRAMES, ["map 0x0 0x1000 r linear:0x40000000", "map 0x0 0x1000 r alloc:lazy replace"], 0b01],
  ])("%# are the bytes of pages that may be linear ones", (steps, trace, bans) => {
    expect(steps.banBytes).toBe(1);
    expect(bansAfter(steps, ...trace)).toEqual([bans]);
  });

  test("has a bit for each page, and as many bytes as these take", () => {
    const steps = stepsOf(ADDRESS_SPACE_HELLO, { space: { ...TWO_PAGES, size: 0x9000 } });
    expect(steps.banBytes).toBe(2);
    expect(bansAfter(steps, "map 0x0 0x1000 r linear:0x0")).toEqual([0b1, 0]);
    expect(bansAfter(steps, "map 0x7000 0x2000 r linear:0x0")).toEqual([0b1000_0000, 0b1]);
  });

  test("is nothing where there is nothing to ban", () => {
    const withoutBytes: Partial<Scope> = { commands: ["map", "unmap", "access"] };
    const withoutLinear: Partial<Scope> = { backends: ["alloc:lazy"] };
    for (const steps of [
      stepsOf(ADDRESS_SPACE_HELLO, withoutBytes),
      stepsOf(ADDRESS_SPACE_HELLO, withoutLinear),
      stepsOf(MEMORY_SET_HELLO),
    ]) {
      expect(steps.banBytes).toBe(0);
      expect(bansAfter(steps, "clear")).toEqual([]);
    }
  });

  test.each([
    ["many frames", SPACE_STEPS],
    ["few", FEW_FRAMES],
  ])("with fewer bans there is no less that may come, and never fewer bans later, with %s", (_, steps) => {
    const anyStep = fc.nat(steps.plain.length - 1).map((step) => steps.requestOf(step));
    const trace = fc.array(anyStep, { maxLength: 6 });
    let compared = 0;
    fc.assert(
      fc.property(trace, trace, trace, (one, other, tail) => {
        const [bans = 0, more = 0] = [one, other].map(
          (requests) => bansAfter(steps, ...linesOf(requests))[0],
        );
        if ((bans & ~more) !== 0) return;
        compared++;
        expect(steps.after(one)).toEqual(expect.arrayContaining([...steps.after(other)]));
        const [later = 0, laterMore = 0] = [one, other].map(
          (requests) => bansAfter(steps, ...linesOf([...requests, ...tail]))[0],
        );
        expect(later & ~laterMore).toBe(0);
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});

describe("steps with a failure", () => {
  test("have numbers of their own, and are the command with this failure", () => {
    const { plain, kinds } = SPACE_STEPS;
    expect(kinds).toEqual(["frame", "backend"]);
    const seen = new Set(plain.keys());
    for (const [command, request] of plain.entries()) {
      for (const [index, kind] of kinds.entries()) {
        for (const after of [0, 1, 2, 9]) {
          const step = SPACE_STEPS.injectedAt(command, index, after);
          expect(seen.has(step)).toBe(false);
          seen.add(step);
          expect(SPACE_STEPS.requestOf(step)).toEqual({ ...request, inject: { kind, after } });
        }
      }
    }
    expect(seen.size).toBe(plain.length * (1 + 2 * 4));
  });

  test("are the same whenever they are asked for", () => {
    const step = SPACE_STEPS.injectedAt(3, 1, 4);
    expect(SPACE_STEPS.requestOf(step)).toBe(SPACE_STEPS.requestOf(step));
    expect(linesOf([SPACE_STEPS.requestOf(step)])).toEqual([`${linesOf(SPACE_STEPS.plain)[3]} !backend=4`]);
  });

  test("are of the kinds that the implementation declares, and none where the scope has none", () => {
    expect(stepsOf(MEMORY_SET_HELLO).kinds).toEqual(["backend"]);
    expect(stepsOf({ ...MEMORY_SET_HELLO, inject: [] }).kinds).toEqual([]);
    expect(stepsOf(MEMORY_SET_HELLO, { inject: false }).kinds).toEqual([]);
  });

  test("that there are none of are a mistake", () => {
    const steps = stepsOf(MEMORY_SET_HELLO, { inject: false });
    expect(() => steps.requestOf(steps.plain.length)).toThrow("there is no step 22");
  });
});

describe("requests that are tried as they are", () => {
  const large = { ...TWO_PAGES, size: 2 ** 38 };
  const scope: Scope = {
    space: TWO_PAGES,
    flags: [READ],
    commands: ["map", "unmap"],
    backends: ["linear"],
    inject: true,
  };
  const terms = { space: large, hello: ADDRESS_SPACE_HELLO };

  test("come behind the commands of the scope, each once, and no failure is injected into them", () => {
    const own = requestsIn("unmap 0x0 0x1000", "unmap 0x0 0x1000 !frame=3", "find 0x0", "find 0x0");
    const steps = new Steps(scope, terms, own);
    const last = steps.after([]).filter((step) => steps.isOwn(step));
    expect(linesOf(last.map((step) => steps.requestOf(step)))).toEqual([
      "unmap 0x0 0x1000 !frame=3",
      "find 0x0",
    ]);
    expect(steps.after([])).toHaveLength(6 + 2);
  });

  test("may be what depends on the past, of the pages of the scope alone", () => {
    expect(new Steps(scope, terms).banBytes).toBe(0);
    expect(new Steps(scope, terms, requestsIn("read 0x0 1")).banBytes).toBe(1);
    expect(
      linesAfter(new Steps(scope, terms, requestsIn("read 0x0 1")), "map 0x0 0x1000 r linear:0x0"),
    ).not.toContain("read 0x0 0x1");
  });
});
