import { describe, expect, test } from "vitest";
import { SCOPE_COMMANDS, type Scope } from "../generate/scope.ts";
import { virtAddr } from "../trace/address.ts";
import { ADDRESS_SPACE_HELLO } from "../trace/address-space.fixture.ts";
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
