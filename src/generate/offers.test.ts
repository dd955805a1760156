/** What an implementation doesn't declare is never asked of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidates } from "../shrink/candidates.ts";
import { virtAddr } from "../trace/address.ts";
import { ALL_FLAGS, EXECUTE, type Flags, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { findMisfit } from "../trace/preconditions.ts";
import { printRequest } from "../trace/print.ts";
import { isCommand, type Request } from "../trace/request.ts";
import {
  ADDRESS_SPACE_HELLO,
  type Hello,
  MEMORY_SET_HELLO,
  OFFERS,
  type Space,
  type Surface,
} from "../trace/space.ts";
import { trace } from "./trace.ts";

const HELLOS: { readonly [S in Surface]: Hello } = {
  "memory-set": MEMORY_SET_HELLO,
  "address-space": ADDRESS_SPACE_HELLO,
};

/** What of a request has to be declared, said otherwise than the preconditions say it. */
function needsOf(request: Request): readonly string[] {
  const [verb = "", ...operands] = printRequest(request).split(" ");
  const failures = operands.filter((word) => word.startsWith("!")).map((word) => word.split("=")[0] ?? "");
  if (verb !== "map") return [verb, ...failures];
  const backend = operands[3]?.split(":0x")[0] ?? "";
  return [verb, backend, ...operands.filter((word) => word === "replace"), ...failures];
}

function flagsOf(request: Request): Flags {
  return ("flags" in request ? request.flags : 0) | ("access" in request ? request.access : 0);
}

/** What is asked of an implementation that it hasn't declared, a line each; and what else doesn't fit. */
function undeclared(requests: readonly Request[], space: Space, hello: Hello): string[] {
  const failures = hello.inject.map((kind) => `!${kind}`);
  const declared = new Set<string>([...hello.commands, ...hello.queries, ...hello.backends, ...failures]);
  const lines = requests.flatMap((request) => {
    const missing = needsOf(request).filter((need) => !declared.has(need));
    const flags = (flagsOf(request) & ~hello.flags) === 0 ? [] : ["flags"];
    return [...missing, ...flags].map((what) => `${what}: ${printRequest(request)}`);
  });
  const misfit = findMisfit(requests, { space, hello });
  return misfit ? [...lines, `${misfit.reason}: ${misfit.at}`] : lines;
}

function sample(space: Space, hello: Hello, numRuns: number, maxCommands = 50): (readonly Request[])[] {
  return fc.sample(trace(space, { hello, maxCommands }), { seed: 1, numRuns });
}

function expectDeclared(space: Space, hello: Hello, numRuns: number): void {
  expect(sample(space, hello, numRuns).flatMap((requests) => undeclared(requests, space, hello))).toEqual([]);
}

/** Some of the words, always those of `always`. */
function some<T extends string>(words: readonly T[], always: readonly T[] = []): fc.Arbitrary<readonly T[]> {
  return fc
    .subarray([...words])
    .map((chosen) => words.filter((word) => always.includes(word) || chosen.includes(word)));
}

function helloOf(surface: Surface): fc.Arbitrary<Hello> {
  const { commands, queries, backends } = OFFERS[surface];
  return fc.record({
    name: fc.constant("some"),
    surface: fc.constant(surface),
    commands: some(commands, ["map"]),
    queries: some(queries, ["areas"]),
    backends: fc.subarray([...backends], { minLength: 1 }),
    flags: fc.integer({ min: 0, max: ALL_FLAGS }),
    pageFlags: fc.constant(HELLOS[surface].pageFlags),
    failure: fc.constantFrom("atomic", "consistent"),
    inject:
      surface === "memory-set"
        ? fc.subarray(["backend"] as const)
        : fc.subarray(["frame", "backend"] as const),
    addrBits: fc.constantFrom(41, 48, 52, 64),
    dialect: fc.constant(HELLOS[surface].dialect),
  });
}

const SPACES: readonly Space[] = [
  SIXTEEN_PAGES,
  { ...SIXTEEN_PAGES, frames: 24 },
  { base: virtAddr(0), size: 2 ** 38, page: 0x1000, frames: 0 },
  { base: virtAddr(2 ** 40), size: 2 ** 38, page: 0x1000, frames: 512 },
];

describe.each(["memory-set", "address-space"] as const)("on the %s surface", (surface) => {
  const spaces = surface === "memory-set" ? [SIXTEEN_PAGES] : SPACES;

  test("nothing is asked that isn't declared, whatever is", () => {
    fc.assert(
      fc.property(helloOf(surface), fc.constantFrom(...spaces), (hello, space) => {
        expectDeclared(space, hello, 8);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test("nothing is tried in shrinking that isn't declared", () => {
    fc.assert(
      fc.property(helloOf(surface), (hello) => {
        const [requests = []] = sample(SIXTEEN_PAGES, hello, 1, 12);
        let tried = 0;
        for (const simpler of candidates(requests, { space: SIXTEEN_PAGES, hello })) {
          expect(undeclared(simpler, SIXTEEN_PAGES, hello)).toEqual([]);
          if (++tried === 60) break;
        }
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  test("all is asked that is declared", () => {
    const hello: Hello = {
      ...HELLOS[surface],
      inject: surface === "memory-set" ? ["backend"] : ["frame", "backend"],
    };
    const asked = new Set(sample(SIXTEEN_PAGES, hello, 800).flat().flatMap(needsOf));
    const { commands, queries, backends } = hello;
    const failures = hello.inject.map((kind) => `!${kind}`);
    // Who drops the instance is the executor.
    const all = [...commands, ...queries, ...backends, ...failures].filter((word) => word !== "drop");
    expect([...asked].sort()).toEqual(all.sort());
  });

  test("what is declared alone is asked alone", () => {
    const hello: Hello = { ...HELLOS[surface], commands: ["map"], queries: ["areas"], inject: [] };
    const asked = new Set(
      sample(SIXTEEN_PAGES, hello, 300)
        .flat()
        .map(({ op }) => op),
    );
    expect(asked).toEqual(new Set(["map", "areas"]));
  });

  test.each<[what: string, changes: Partial<Hello>]>([
    ["no unmap", { commands: OFFERS[surface].commands.filter((name) => name !== "unmap") }],
    ["unmap alone", { commands: ["map", "unmap"], queries: ["areas"] }],
    ["replace alone", { commands: ["map", "replace"], queries: ["areas"] }],
    ["no queries", { queries: ["areas"] }],
    ["queries alone", { commands: ["map"] }],
    ["no flags", { flags: NO_FLAGS }],
    ["flags without r", { flags: WRITE | EXECUTE }],
    ["r alone", { flags: READ }],
  ])("%s will do", (_what, changes) => {
    const hello = { ...HELLOS[surface], ...changes };
    for (const space of spaces) expectDeclared(space, hello, 100);
    const asked = new Set(
      sample(SIXTEEN_PAGES, hello, 300)
        .flat()
        .filter(isCommand)
        .map(({ op }) => op),
    );
    expect(asked).toContain("map");
  });
});

describe("each backend alone will do:", () => {
  test.each(OFFERS["address-space"].backends)("%s", (backend) => {
    const hello: Hello = { ...ADDRESS_SPACE_HELLO, backends: [backend], inject: ["frame", "backend"] };
    for (const space of SPACES) expectDeclared(space, hello, 100);
    const few: Hello = { ...hello, commands: ["map", "load", "store", "write"], queries: ["areas", "read"] };
    for (const space of SPACES) expectDeclared(space, few, 100);
  });

  test("linear areas alone are read only where nothing was ever mapped", () => {
    const hello: Hello = {
      ...ADDRESS_SPACE_HELLO,
      backends: ["linear"],
      commands: ["map", "load"],
      queries: ["areas"],
    };
    const asked = new Set(
      sample(SIXTEEN_PAGES, hello, 300)
        .flat()
        .map(({ op }) => op),
    );
    expect(asked).toEqual(new Set(["map", "load", "areas"]));
  });
});
