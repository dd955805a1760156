/** Units that threads carry out, compared with what one thread does by itself. */
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { newTally, type Tally, type UnderWay } from "../explore/campaign.ts";
import { type HandsOf, Search } from "../explore/fuzz.ts";
import { Pace } from "../explore/pace.ts";
import type { WorkedOut } from "../explore/session-finding.ts";
import { standardSpaces } from "../explore/spaces.ts";
import { countsOf } from "../explore/tally.fixture.ts";
import { Threads } from "../explore/threads.ts";
import type { Hands, Limit, Unit, UnitOutcome } from "../explore/unit.ts";
import { findSubject } from "../subjects/registry.ts";
import type { FuzzSetup } from "./fuzz-worker.ts";
import { workerModule } from "./worker-module.ts";

const WORKER = workerModule(new URL("fuzz-worker.ts", import.meta.url).href);

/** What a search comes to. */
interface Outcome {
  readonly found: readonly WorkedOut[];
  readonly tally: Tally;
}

/** Has everything done by threads: waits for them first. */
class Summoned implements Hands {
  private readonly hands: Hands;

  constructor(hands: Hands) {
    this.hands = hands;
  }

  get ahead(): number {
    return this.hands.ahead;
  }

  async run(unit: Unit, limit: Limit, underWay: UnderWay): Promise<UnitOutcome> {
    const nothing = { from: 0, to: 0, stopsAtFinding: true };
    if (this.ahead === 1) await this.hands.run(nothing, limit, underWay);
    while (this.ahead === 1) await setTimeout(1);
    return this.hands.run(unit, limit, underWay);
  }

  dismiss(): Promise<void> {
    return this.hands.dismiss();
  }
}

async function search(
  name: string,
  runs: number,
  threads: number,
  stopsAtFinding: boolean,
): Promise<Outcome> {
  const named = findSubject(name);
  if (named === undefined) throw new Error(`there is no subject ${name}`);
  const { surface, subject } = named;
  const traces = { spaces: standardSpaces(subject.hello), seed: "threads", maxCommands: 50 };
  const setup: FuzzSetup = { ...traces, choice: { name, command: [] }, injectAll: false, surface };
  const handsOf: HandsOf = (alone) =>
    new Summoned(new Threads({ worker: WORKER, setup, threads, surface, aloneFor: 0 }, alone));
  const tally = newTally(surface);
  const campaign = { ...traces, driver: new InProcess(subject), injectAll: false };
  const budget = { runs, seconds: Number.POSITIVE_INFINITY };
  const options = { stopsAtFinding, ...(threads > 0 && { handsOf }) };
  const looking = new Search(campaign, budget, new Pace(), tally, options);
  const found: WorkedOut[] = [];
  for (let met = await looking.next(); met !== undefined; met = await looking.next()) {
    const worked = await looking.workOut(met);
    if (worked) found.push(worked);
    if (stopsAtFinding) break;
  }
  await looking.dismiss();
  return { found, tally };
}

describe("two threads", () => {
  test.each([
    ["memory-set", 3000],
    ["address-space", 600],
  ])("do and count on %s what one does", async (name, runs) => {
    const [alone, both] = [await search(name, runs, 0, true), await search(name, runs, 2, true)];
    expect(both.tally.runs).toBe(runs);
    expect(countsOf(both.tally)).toEqual(countsOf(alone.tally));
    expect(both.tally.underWay).toMatchObject({ runs: 0, requests: 0 });
  });

  test.each([true, false])("find what one finds (the first one alone: %s)", async (stopsAtFinding) => {
    const name = "defect:unmap-four-areas-at-most+stale-find-cache";
    const [alone, both] = [
      await search(name, 3000, 0, stopsAtFinding),
      await search(name, 3000, 2, stopsAtFinding),
    ];
    expect(both.found.length).toBeGreaterThan(0);
    expect(both.found).toEqual(alone.found);
    expect(both.tally.statistics.counts()).toEqual(alone.tally.statistics.counts());
  });
});
