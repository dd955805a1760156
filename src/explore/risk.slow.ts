/** What a campaign says of the next run is true: over many campaigns the next runs show as much that is new as was expected. */
import { describe, expect, test } from "vitest";
import type { BehaviourCounts } from "../execute/behaviours.ts";
import { InProcess } from "../execute/driver.ts";
import type { Risk } from "../execute/risk.ts";
import { STACK } from "../subjects/registry.ts";
import type { Surface } from "../trace/space.ts";
import { type Budget, newTally, type Tally } from "./campaign.ts";
import { fuzz } from "./fuzz.ts";
import { Pace } from "./pace.ts";
import { standardSpaces } from "./spaces.ts";

const CAMPAIGNS = 50;
const ENDLESS: Budget = { runs: Number.POSITIVE_INFINITY, seconds: Number.POSITIVE_INFINITY };

/** Goes on with the campaign of a seed, from where its tally stands. */
async function run(surface: Surface, seed: string, budget: Budget, tally: Tally): Promise<Tally> {
  const { subject } = STACK[surface];
  const spaces = standardSpaces(subject.hello);
  const campaign = { driver: new InProcess(subject), spaces, seed, maxCommands: 50, injectAll: false };
  expect(await fuzz(campaign, budget, new Pace(), tally)).toBeUndefined();
  return tally;
}

function riskOf({ statistics }: Tally): Risk {
  return statistics.behaviours.risk();
}

/** Whether what was expected of the next runs is what they showed, within a factor of two. */
function isHonest(expected: number, shown: number): boolean {
  return shown >= expected / 2 && shown <= expected * 2;
}

describe.each<[surface: Surface, length: number]>([
  ["memory-set", 40],
  ["address-space", 100],
])("50 campaigns on the %s surface of %i runs and some more", (surface, length) => {
  const behavioursSeen = async () => {
    let expected = 0;
    let shown = 0;
    for (let seed = 0; seed < CAMPAIGNS; seed++) {
      // The spaces take turns, so the next run takes place in each of them as often.
      const runs = length + (seed % 4);
      const tally = await run(surface, `risk-${seed}`, { ...ENDLESS, runs }, newTally(surface));
      const before = riskOf(tally);
      await run(surface, `risk-${seed}`, { ...ENDLESS, runs: runs + 1 }, tally);
      expected += before.estimate;
      shown += riskOf(tally).behaviours - before.behaviours;
    }
    return { expected, shown };
  };

  test("expect of the next run what it shows, and four times as much or as little would be noticed", async () => {
    const { expected, shown } = await behavioursSeen();
    expect(expected).toBeGreaterThanOrEqual(50);
    expect([expected, shown, isHonest(expected, shown)]).toEqual([expected, shown, true]);
    expect([isHonest(expected * 4, shown), isHonest(expected / 4, shown)]).toEqual([false, false]);
  });
});

describe("the bound", () => {
  const RUNS = 500;
  const NEXT = 2000;

  /** What each of many runs of another seed shows. */
  async function nextRuns(): Promise<readonly (readonly string[])[]> {
    const shown: (readonly string[])[] = [];
    for (let number = 0; number < NEXT; number++) {
      const tally = newTally("memory-set");
      tally.done.add({ from: 0, to: number });
      await run("memory-set", "next", { ...ENDLESS, runs: number + 1 }, tally);
      shown.push(keysOf(tally.statistics.behaviours.counts()));
    }
    return shown;
  }

  test("is above the share of next runs that show anything new, but for few campaigns; the estimate isn't", async () => {
    const next = await nextRuns();
    let [aboveBound, aboveEstimate] = [0, 0];
    for (let seed = 0; seed < CAMPAIGNS; seed++) {
      const tally = await run(
        "memory-set",
        `bound-${seed}`,
        { ...ENDLESS, runs: RUNS },
        newTally("memory-set"),
      );
      const known = new Set(keysOf(tally.statistics.behaviours.counts()));
      const { estimate, bound } = riskOf(tally);
      const share = next.filter((keys) => keys.some((key) => !known.has(key))).length / NEXT;
      if (share > bound) aboveBound++;
      if (share > estimate) aboveEstimate++;
    }
    expect(aboveBound).toBeLessThanOrEqual(CAMPAIGNS / 10);
    expect(aboveEstimate).toBeGreaterThan(CAMPAIGNS / 10);
  });
});

function keysOf({ shapes, situations }: BehaviourCounts): readonly string[] {
  return Array.from(shapes, (shape, index) => `${shape} ${situations[index]}`);
}
