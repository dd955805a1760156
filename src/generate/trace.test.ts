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
          "map 0xfffffffff3000 0x6000 un mock !backend=0",
          "map 0xf000 0x1000 rwd mock !backend=0",
          "map 0xa000 0x6000 un mock",
          "protect 0xf000 0x1000 un !backend=2",
          "map 0xf000 0x1000 rwd mock replace",
          "unmap 0xf000 0x1000",
          "map 0x2000 0xe000 un mock",
          "clear !backend=0",
        ],
        [
          "map 0x0 0xf000 rx mock",
          "map 0x0 0x1000 w mock replace",
          "protect 0x0 0x1000 wx !backend=1",
          "protect 0x0 0x3000 rx !backend=0",
          "find-free 0xb000 0x1000 0xb000-0x10000 0x1000",
          "unmap 0x3000 0x5000",
          "find-free 0x1000 0x4000 0x0-0x10000 0x4000",
          "protect 0xfffffffff9000 0x1b000 wx",
        ],
      ]
    `);
  });

  test("on the address-space surface too", () => {
    const arbitrary = trace(SIXTEEN_PAGES, { hello: helloWith(48), maxCommands: 12 });
    expect(sample(arbitrary, 3, 42)).toMatchInlineSnapshot(`
      [
        [
          "map 0xf000 0x1000 rw alloc:eager",
          "unmap 0xe000 0x2000",
          "map 0xe000 0x1000 rw alloc:eager",
          "read 0xeffc 0x7",
          "injected",
          "store 0xe000 0000",
          "overlaps 0xe000 0x1000",
          "access 0xefff x",
          "store 0xe000 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00",
          "unmap 0x5000 0xb000",
          "store 0x0 0100",
          "map 0x4000 0xa000 rwx linear:0x10000004000",
        ],
        [
          "unmap 0xf96 0x10000",
          "access 0xaf0d rx",
          "fault 0x2000 rwx",
          "map 0x158f 0xf000 rwx alloc:lazy",
          "map 0xf000 0x1000 rwx alloc:eager !backend=2",
          "protect 0xf29d 0xd63 rwx",
          "fault 0xffff r",
          "store 0xf000 a50001010101a5",
          "write 0xf000 01a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a501",
          "store 0xfff9 01ffff000000a5",
          "fault 0xffff r",
          "translate 0xf831",
        ],
        [
          "find 0x33ce",
          "map 0x10000 0x3000 rx alloc:lazy !backend=1",
          "map 0xf000 0x3000 rx alloc:lazy",
          "access 0xe000 rx !frame=3",
          "unmap 0x4000 0x2000",
          "access 0x830d rx !frame=2",
          "map 0x11000 0x4000 rw alloc:eager",
          "map 0x10000 0x2000 rw alloc:eager",
          "map 0x2000 0x1000 rwx alloc:lazy",
          "map 0x10000 0x3000 rwx alloc:lazy replace !backend=1",
          "unmap 0x10000 0x3000",
          "protect 0x2000 0x1000 rx",
        ],
      ]
    `);
    const large = trace({ ...SIXTEEN_PAGES, size: 2 ** 38 }, { hello: helloWith(48), maxCommands: 8 });
    expect(sample(large, 3, 43)).toMatchInlineSnapshot(`
      [
        [
          "map 0x399f33c000 0x1000 rw linear:0x9f33c000 !frame=10",
          "unmap 0x399f33c4b0 0x1000",
          "protect 0x399f336000 0x10000 rwx",
          "access 0x399f33c000 rwx",
          "fault 0x399f33c000 rwx",
        ],
        [
          "clear",
          "map 0x3fffff0000 0x9000 rx alloc:eager",
          "store 0x3fffff7ffb 01a5ff00a5",
          "load 0x3fffff8000 0x1",
          "store 0x3fffff8000 01",
          "unmap 0x3fffff8000 0x1000",
          "can-access 0x3fffff0000 0x8000 rx",
          "map 0x3fffff8000 0x1000 rwx alloc:eager replace",
        ],
        [
          "find-free 0x0 0x2000 0x0-0x4000000000 0x1000",
          "access 0x6000 rwx",
          "map 0xf000 0x1000 rwx alloc:lazy replace",
          "map 0xf000 0x1000 rx alloc:lazy !backend=2",
          "map 0xf000 0x1000 rx alloc:lazy replace",
          "fault 0xf000 rx",
          "protect 0xf000 0x1000 -",
          "access 0xfcf3 rw",
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
    expect(new Set(kinds)).toEqual(new Set([0, 1, 2, 3, 4].map((after) => `backend=${after}`)));
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
