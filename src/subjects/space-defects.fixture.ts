/**
 * That every planted defect of the address-space surface is found under every one of ten seeds, by the check it
 * names. Two suites share the work, so that two cores can.
 */
import { describe, expect, test } from "vitest";
import { Executor } from "../execute/executor.ts";
import { fuzz, newTally } from "../explore/fuzz.ts";
import { Pace } from "../explore/pace.ts";
import { standardSpaces } from "../explore/spaces.ts";
import { candidates } from "../shrink/candidates.ts";
import { type Counterexample, sameFinding } from "../shrink/reduce.ts";
import { linesOf } from "../trace/literal.fixture.ts";
import { addressSpaceSubject } from "./address-space.ts";
import { DEFAULT_FORMAT } from "./registry.ts";
import type { AddressSpaceDefect } from "./space-defects/defect.ts";

const SEEDS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "ten"];
/** The time that each search has, in seconds. */
const SECONDS = 20;

/** The traces with one thing simpler that show the same. */
function simplerOnes(found: Counterexample, executor: Executor): string[][] {
  const simpler = [...candidates(found.requests, executor.terms)].filter((requests) => {
    const finding = executor.run(requests);
    return finding !== undefined && sameFinding(found, { requests, finding });
  });
  return simpler.map(linesOf);
}

/** Declares the tests of these defects. */
export function testDefects(defects: readonly AddressSpaceDefect[]): void {
  describe.each(defects)("defect:$name", ({ parts, killedBy, format = DEFAULT_FORMAT }) => {
    const subject = addressSpaceSubject(format, parts);
    const stack = addressSpaceSubject(format);

    test.each(SEEDS)("seed %s", async (seed) => {
      const spaces = standardSpaces(subject.hello);
      const campaign = { subject, spaces, seed, maxCommands: 50, injectAll: false };
      const budget = { runs: Number.POSITIVE_INFINITY, seconds: SECONDS };
      const found = await fuzz(campaign, budget, new Pace(), newTally("address-space"));
      expect(found?.finding.check).toBe(killedBy);
      if (found === undefined) return;
      expect(new Executor(stack, found.space).run(found.requests)).toBeUndefined();
      // With pages of 1 GiB it would take minutes.
      const giant = found.requests.some((request) => request.op === "map" && request.size >= 2 ** 30);
      if (seed === SEEDS[0] && !giant)
        expect(simplerOnes(found, new Executor(subject, found.space))).toEqual([]);
    });
  });
}
