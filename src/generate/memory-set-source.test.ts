/** What is generated for the memory-set surface fits every space there is, and reaches all of the contract. */
import { describe, expect, test } from "vitest";
import { Executor } from "../execute/executor.ts";
import { Statistics } from "../execute/statistics.ts";
import { RunSeeds } from "../explore/seeds.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { virtAddr } from "../trace/address.ts";
import { linesOf, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { findMisfit, misfitOfSpace } from "../trace/preconditions.ts";
import { isCommand, type Request } from "../trace/request.ts";
import { isRequest } from "../trace/request-schema.ts";
import { addressLimit, MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import { trace } from "./trace.ts";

const MIDDLE = 2 ** 51;
const KIB4 = { page: 0x1000, frames: 0 };

const SPACES: readonly (readonly [name: string, addrBits: number, space: Space])[] = [
  ["one page", 52, { ...KIB4, base: virtAddr(0), size: 0x1000 }],
  ["16 pages", 52, SIXTEEN_PAGES],
  ["16 pages of a byte", 52, { base: virtAddr(0), size: 16, page: 1, frames: 0 }],
  ["512 pages of 0x80 bytes", 52, { base: virtAddr(0), size: 0x10000, page: 0x80, frames: 0 }],
  ["2^26 pages", 52, { ...KIB4, base: virtAddr(0), size: 2 ** 38 }],
  ["pages of 1 GiB", 52, { base: virtAddr(0), size: 2 ** 34, page: 2 ** 30, frames: 0 }],
  ["right below the middle", 52, { ...KIB4, base: virtAddr(MIDDLE - 0x10000), size: 0x10000 }],
  ["right above the middle", 52, { ...KIB4, base: virtAddr(MIDDLE), size: 0x10000 }],
  ["in the upper half", 52, { ...KIB4, base: virtAddr(MIDDLE + 2 ** 50), size: 0x10000 }],
  ["at the top", 52, { ...KIB4, base: virtAddr(2 ** 52 - 0x11000), size: 0x10000 }],
  ["addresses of 32 bits", 32, SIXTEEN_PAGES],
  ["addresses of 17 bits", 17, SIXTEEN_PAGES],
  ["addresses of 64 bits", 64, SIXTEEN_PAGES],
];

/** The traces of so many runs. */
function* tracesOf(
  space: Space,
  runs: number,
  addrBits = 52,
  maxCommands = 20,
): Generator<readonly Request[]> {
  const traces = trace(space, { hello: { ...MEMORY_SET_HELLO, addrBits }, maxCommands });
  const seeds = new RunSeeds("spaces");
  for (let run = 0; run < runs; run++) yield traces.generate(seeds.random(run), undefined).value;
}

describe("every request can be asked", () => {
  test.each(SPACES)("%s", (_name, addrBits, space) => {
    const hello = { ...MEMORY_SET_HELLO, addrBits };
    expect(misfitOfSpace(space, addressLimit(hello))).toBeUndefined();
    const misfits: string[] = [];
    let run = 0;
    for (const requests of tracesOf(space, 20_000, addrBits)) {
      const misfit = findMisfit(requests, { space, hello });
      // The schema says what a number may be, and is slow.
      const odd = run++ < 200 ? requests.find((request) => !isRequest(request)) : undefined;
      if (misfit) misfits.push(`${linesOf(requests)[misfit.at]}: ${misfit.reason}`);
      if (odd) misfits.push(linesOf([odd]).join());
    }
    expect(misfits).toEqual([]);
  });
});

describe("addresses come up", () => {
  const ranges = [...tracesOf(SIXTEEN_PAGES, 5000)]
    .flat()
    .flatMap((request) => ("size" in request && "start" in request ? [request] : []));
  const ends = ranges.map(({ start, size }) => start + size);

  test.each<[where: string, met: boolean]>([
    ["at the start of the space", ranges.some(({ start }) => start === 0)],
    ["at its end", ends.includes(0x10000)],
    ["behind it", ranges.some(({ start }) => start >= 0x10000)],
    ["right below the middle", ends.includes(MIDDLE)],
    ["right above it", ranges.some(({ start }) => start === MIDDLE)],
    ["at the last page whose end is an address", ends.includes(2 ** 52 - 0x1000)],
    ["at the very end, which is none", ends.includes(2 ** 52)],
    ["beyond it", ends.some((end) => end > 2 ** 52)],
    ["nowhere at all, as there are no bytes", ranges.some(({ size }) => size === 0)],
    ["everywhere in the space", ranges.some(({ start, size }) => start === 0 && size === 0x10000)],
  ])("%s", (_where, met) => {
    expect(met).toBe(true);
  });

  test("mostly where others are", () => {
    // Of 16 pages most would lie beside no boundary of the two requests before, were all as likely.
    const beside = ranges.filter(({ start }, index) => {
      const near = ranges
        .slice(Math.max(0, index - 5), index)
        .flatMap((before) => [before.start, before.start + before.size]);
      return near.some((boundary) => Math.abs(boundary - start) <= 0x1000);
    });
    expect(beside.length / ranges.length).toBeGreaterThan(0.7);
  });

  test("of find in the middle of pages, and at their first and last byte", () => {
    const finds = [...tracesOf(SIXTEEN_PAGES, 2000)]
      .flat()
      .flatMap((request) => (request.op === "find" ? [request.addr % 0x1000] : []));
    expect(finds).toContain(0);
    expect(finds).toContain(0xfff);
    expect(finds.some((offset) => offset > 0 && offset < 0xfff)).toBe(true);
  });
});

/** Every answer that the stack may give by the contract. What fails is `BadState`: it knows no `NoMemory`. */
const ANSWERS = {
  map: ["ok", "InvalidParam", "AlreadyExists", "BadState"],
  unmap: ["ok", "InvalidParam", "BadState"],
  protect: ["ok", "InvalidParam", "BadState"],
  clear: ["ok", "BadState"],
  areas: ["value"],
  pages: ["value"],
  injected: ["value"],
  find: ["none", "value"],
  overlaps: ["true", "false"],
  "find-free": ["none", "value"],
};

describe("within two thousand runs", () => {
  const statistics = new Statistics("memory-set");
  const executor = new Executor(memorySetSubject(), SIXTEEN_PAGES);
  const met = new Set<string>();
  const wrong: string[] = [];
  for (const requests of tracesOf(SIXTEEN_PAGES, 2000, 52, 50)) {
    const finding = executor.run(requests, statistics, (request, answer, { injected }) => {
      if (isCommand(request) && request.inject) met.add(`${request.op} ${answer.kind} ${injected > 0}`);
    });
    if (finding) wrong.push(linesOf(requests).join("; "));
  }

  test("every verb gets every answer that it can", () => {
    const table = statistics.answerTable().map(({ op, answers }) => [op, Object.keys(answers)]);
    expect(Object.fromEntries(table)).toEqual(ANSWERS);
  });

  test("every situation is met, and not just once", () => {
    expect(statistics.sometimes().filter(({ count }) => count < 10)).toEqual([]);
  });

  test("failures fire in every command, and don't, and are carried by some that are refused", () => {
    for (const op of ["map", "unmap", "protect", "clear"]) {
      expect([met.has(`${op} err true`), met.has(`${op} ok false`)], op).toEqual([true, true]);
    }
    expect(met).toContain("map err false");
  });

  test("all agrees", () => {
    expect(wrong).toEqual([]);
  });
});
