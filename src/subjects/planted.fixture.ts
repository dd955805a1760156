/**
 * That every planted defect is found under every one of the seeds, by the check it names. Two suites share the work,
 * so that two cores can.
 */
import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { Executor } from "../execute/executor.ts";
import { newTally } from "../explore/campaign.ts";
import { fuzz } from "../explore/fuzz.ts";
import { Pace } from "../explore/pace.ts";
import { standardSpaces } from "../explore/spaces.ts";
import { candidates } from "../shrink/candidates.ts";
import { type Counterexample, sameFinding } from "../shrink/same-finding.ts";
import { linesOf } from "../trace/literal.fixture.ts";
import { addressSpaceSubject } from "./address-space.ts";
import { type NamedSubject, STACK, SUBJECTS } from "./registry.ts";
import { SEEDS } from "./seeds.fixture.ts";
import type { Subject } from "./subject.ts";

/** The time that each search has, in seconds: more than any takes on a busy machine. */
const SECONDS = 200;

/** The traces with one thing simpler that show the same. */
function simplerOnes(found: Counterexample, executor: Executor): string[][] {
  const simpler = [...candidates(found.requests, executor.terms)].filter((requests) => {
    const finding = executor.run(requests);
    return finding !== undefined && sameFinding(found, { requests, finding });
  });
  return simpler.map(linesOf);
}

/** The stack without the defect, with page tables of the same format. */
export function soundOne({ surface, format }: NamedSubject): Subject {
  return format === undefined ? STACK[surface].subject : addressSpaceSubject(format);
}

/** How many seeds more are tried where another check than the one that must catch a defect comes first. */
const MORE_SEEDS = 4;

/** What is found by one of these checks; else what was found last. */
async function foundBy(checks: readonly unknown[], { subject, surface }: NamedSubject, first: string) {
  const spaces = standardSpaces(subject.hello);
  const budget = { runs: Number.POSITIVE_INFINITY, seconds: SECONDS };
  for (let more = 0; ; more++) {
    const seed = more === 0 ? first : `${first}-${more}`;
    const campaign = { driver: new InProcess(subject), spaces, seed, maxCommands: 50, injectAll: false };
    const found = await fuzz(campaign, budget, new Pace(), newTally(surface));
    if (found === undefined || more === MORE_SEEDS || checks.includes(found.finding.check)) return found;
  }
}

/** Declares the tests of those planted defects whose index `isMine`. */
export function testPlanted(isMine: (index: number) => boolean): void {
  const planted = SUBJECTS.filter(({ killedBy }) => killedBy !== undefined);
  describe.each(planted.filter((_, index) => isMine(index)))("$name", (defect) => {
    const { subject, killedBy } = defect;

    // On the memory-set surface a query of the trace can be the first to see what the check would see.
    const checks = [killedBy, ...(defect.surface === "memory-set" ? ["answer"] : [])];

    test.each(SEEDS)("seed %s", async (seed) => {
      const found = await foundBy(checks, defect, seed);
      if (found === undefined) throw new Error("nothing was found");
      expect(checks).toContain(found.finding.check);
      expect(new Executor(soundOne(defect), found.space).run(found.requests)).toBeUndefined();
      // With pages of 1 GiB it would take minutes.
      const giant = found.requests.some((request) => request.op === "map" && request.size >= 2 ** 30);
      if (seed === SEEDS[0] && !giant)
        expect(simplerOnes(found, new Executor(subject, found.space))).toEqual([]);
    });
  });
}
