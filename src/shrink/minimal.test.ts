/** Every planted defect is found, and its counterexample shrunk until nothing about it can be simpler. */
import { describe, expect, test, vi } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { Executor } from "../execute/executor.ts";
import { newTally } from "../explore/campaign.ts";
import { fuzz } from "../explore/fuzz.ts";
import { Pace } from "../explore/pace.ts";
import { RunSeeds } from "../explore/seeds.ts";
import { DEFAULT_MAX_COMMANDS, trace } from "../generate/trace.ts";
import { DEFECTS, findSubject } from "../subjects/registry.ts";
import { virtAddr } from "../trace/address.ts";
import { linesOf, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { findMisfit } from "../trace/preconditions.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { compareTraces } from "./order.ts";
import { type Counterexample, sameFinding } from "./same-finding.ts";
import { simplerTraces } from "./simpler.fixture.ts";

// A search takes as long as it takes, on a busy machine too.
vi.setConfig({ testTimeout: 60_000 });

function subjectOf(defect: string) {
  const found = findSubject(`defect:${defect}`);
  if (found === undefined) throw new Error(`there is no defect ${defect}`);
  return found.subject;
}

async function find(defect: string, seed: string, space: Space) {
  const campaign = {
    driver: new InProcess(subjectOf(defect)),
    spaces: [space],
    seed,
    maxCommands: DEFAULT_MAX_COMMANDS,
    injectAll: false,
  };
  const budget = { runs: 100_000, seconds: Number.POSITIVE_INFINITY };
  const found = await fuzz(campaign, budget, new Pace(), newTally("memory-set"));
  if (found === undefined) throw new Error(`${defect} isn't found with seed ${seed}`);
  return found;
}

/** The traces with one thing simpler that still show the finding. */
function simplerOnes(found: Counterexample, executor: Executor): string[] {
  const shows = (requests: readonly Request[]) => {
    if (requests.length === 0 || compareTraces(requests, found.requests, executor.terms.space.page) >= 0)
      return false;
    if (findMisfit(requests, executor.terms) !== undefined) return false;
    const finding = executor.run(requests);
    return finding !== undefined && sameFinding(found, { requests, finding });
  };
  const { page } = executor.terms.space;
  const simpler = [...simplerTraces(found.requests, page)].filter(shows);
  return simpler.map((requests) => linesOf(requests).join("; "));
}

const NAMES = DEFECTS.map(({ name }) => name);

describe.each(["1", "2", "3"])("with seed %s", (seed) => {
  test.each(NAMES)("%s", async (name) => {
    const found = await find(name, seed, SIXTEEN_PAGES);
    const executor = new Executor(subjectOf(name), SIXTEEN_PAGES);
    // It ends in the finding that it is said to show, which is the one that the run had.
    expect(executor.run(found.requests)).toEqual(found.finding);
    expect(found.finding.at).toBe(found.requests.length - 1);
    const requests = trace(SIXTEEN_PAGES).generate(
      new RunSeeds(seed).random(found.run ?? -1),
      undefined,
    ).value;
    const original = executor.run(requests);
    expect(original && sameFinding({ requests, finding: original }, found)).toBe(true);
    expect(found.shrunkFrom).toBe((original?.at ?? 0) + 1);
    expect(simplerOnes(found, executor)).toEqual([]);
    // Shrinking goes down in leaps, also from far up.
    expect(found.executions).toBeLessThan(2500);
  });
});

describe.each<[where: string, space: Space]>([
  ["pages of a byte", { base: virtAddr(0), size: 16, page: 1, frames: 0 }],
  ["the upper half", { base: virtAddr(2 ** 51 + 2 ** 50), size: 0x10000, page: 0x1000, frames: 0 }],
])("in %s", (_where, space) => {
  test("no counterexample can be simpler", async () => {
    for (const name of NAMES) {
      const found = await find(name, "1", space);
      expect(simplerOnes(found, new Executor(subjectOf(name), space)), name).toEqual([]);
    }
  });
});

/** The smallest case there is, for those defects that have one that every search ends in. */
const SMALLEST: Readonly<Record<string, readonly string[]>> = {
  "clear-spares-upper-half": ["map 0x7fffffffff000 0x1000 - mock", "clear"],
  "failed-clear-keeps-areas": ["map 0x0 0x1000 - mock", "map 0x1000 0x1000 - mock", "clear !backend=1"],
  "failed-protect-half-done": ["map 0x0 0x1000 - mock", "protect 0x0 0x1000 r !backend=0"],
  "find-free-below-hint": ["find-free 0x1000 0x1000 0x0-0x1000 0x1000"],
  "find-free-ignores-limit": ["find-free 0x0 0x1000 0x0-0x0 0x1000"],
  "find-includes-end": ["map 0x0 0x1000 - mock", "find 0x1000"],
  "map-merges-neighbours": ["map 0x0 0x1000 - mock", "map 0x1000 0x1000 - mock"],
  "page-table-protect-skips-last": ["map 0x0 0x2000 - mock", "protect 0x0 0x2000 r"],
  "page-table-top-page-read-only": ["map 0xfffffffffe000 0x1000 w mock"],
  "protect-adds-only": ["map 0x0 0x1000 r mock", "protect 0x0 0x1000 -"],
  "protect-right-part-too": ["map 0x0 0x2000 - mock", "protect 0x0 0x1000 r"],
  "protect-splits-equal-flags": ["map 0x0 0x2000 - mock", "protect 0x0 0x1000 -"],
  "protect-stops-at-hole": ["map 0x1000 0x1000 - mock", "protect 0x0 0x2000 r"],
  "protect-zero-size-splits": ["map 0x0 0x2000 - mock", "protect 0x1000 0x0 r"],
  "stale-find-cache": ["map 0x0 0x1000 - mock", "find 0x0", "unmap 0x0 0x1000", "find 0x0"],
  "unmap-leaves-empty-area": ["map 0x0 0x2000 - mock", "unmap 0x1000 0x1000"],
  "unmap-overflow-cut-short": ["unmap 0xffffffffff000 0x1000"],
};

describe("the smallest case of all", () => {
  test.each(Object.entries(SMALLEST))("%s", async (name, lines) => {
    for (const seed of ["5", "6", "7", "8"]) {
      const { requests } = await find(name, seed, SIXTEEN_PAGES);
      expect(linesOf(requests)).toEqual(lines);
    }
  });
});
