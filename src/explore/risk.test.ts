/** Campaigns that end when nothing new is to be expected. */
import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import type { Risk } from "../execute/risk.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { type Budget, newTally, type Suite, type Tally } from "./campaign.ts";
import { fuzz, Search } from "./fuzz.ts";
import { Pace } from "./pace.ts";
import { countsOf } from "./tally.fixture.ts";
import { RUNS_OF_A_TURN } from "./units.ts";

function subjectOf(name: string): Subject {
  const found = findSubject(name);
  if (found === undefined) throw new Error(`there is no subject ${name}`);
  return found.subject;
}

const STACK = subjectOf("memory-set");
const ENDLESS: Budget = { runs: Number.POSITIVE_INFINITY, seconds: Number.POSITIVE_INFINITY };

/** An implementation that likes many runs to be under way. */
class Ahead extends InProcess {
  override readonly ahead = 32;
}

function campaign(driver: InProcess, suite?: Suite) {
  const usual = { driver, spaces: [SIXTEEN_PAGES], seed: "x", maxCommands: 50, injectAll: false };
  return { ...usual, ...(suite && { suite }) };
}

async function tallyOf(budget: Budget, driver = new InProcess(STACK), suite?: Suite): Promise<Tally> {
  const tally = newTally("memory-set");
  expect(await fuzz(campaign(driver, suite), budget, new Pace(), tally)).toBeUndefined();
  return tally;
}

function riskOf({ statistics }: Tally): Risk {
  return statistics.behaviours.risk();
}

describe("a campaign until a risk", () => {
  const UNTIL: Budget = { ...ENDLESS, risk: 0.05 };

  test("ends with the first unit of runs after which the bound is below", async () => {
    const tally = await tallyOf(UNTIL);
    expect(riskOf(tally).bound).toBeLessThan(0.05);
    const before = await tallyOf({ ...ENDLESS, runs: tally.runs - RUNS_OF_A_TURN });
    expect(riskOf(before).bound).toBeGreaterThanOrEqual(0.05);
    expect(riskOf(await tallyOf({ ...ENDLESS, runs: tally.runs }))).toEqual(riskOf(tally));
  });

  test("ends before, where it may not run as often", async () => {
    const tally = await tallyOf({ ...UNTIL, runs: 100 });
    expect(tally.runs).toBe(100);
    expect(riskOf(tally).bound).toBeGreaterThan(0.05);
  });

  test("ends in the same place, however many runs are under way at a time", async () => {
    const [one, several] = [await tallyOf(UNTIL), await tallyOf(UNTIL, new Ahead(STACK))];
    expect(countsOf(several)).toEqual(countsOf(one));
  });
});

describe("what counts", () => {
  const RUNS: Budget = { ...ENDLESS, runs: 40 };

  test("is each random run, and no trace of a suite", async () => {
    const traces = [requestsIn("map 0x0 0x1000 r mock", "areas"), requestsIn("clear")];
    const [without, withSuite] = [
      await tallyOf(RUNS),
      await tallyOf(RUNS, new InProcess(STACK), { space: SIXTEEN_PAGES, traces }),
    ];
    expect([withSuite.suite, withSuite.statistics.requests]).toEqual([2, without.statistics.requests + 3]);
    expect(withSuite.statistics.behaviours).toEqual(without.statistics.behaviours);
  });

  test("is a run with a finding too, but not what lies beyond it", async () => {
    const tally = newTally("memory-set");
    const driver = new InProcess(subjectOf("defect:unmap-loses-right-part"));
    const search = new Search(campaign(driver), RUNS, new Pace(), tally);
    while ((await search.next()) !== undefined);
    const { runs } = tally.statistics.behaviours.counts();
    expect([tally.runs, runs]).toEqual([40, 40]);
    const { once, estimate } = riskOf(tally);
    expect(estimate).toBe(once / 40);
  });
});
