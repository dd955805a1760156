import { setTimeout } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { InProcess } from "../execute/driver.ts";
import type { Runner } from "../execute/runner.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { OK } from "../trace/answer.ts";
import { linesOf, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import { type Budget, newTally } from "./campaign.ts";
import { fuzz } from "./fuzz.ts";
import { Pace } from "./pace.ts";
import { countsOf } from "./tally.fixture.ts";

function subjectOf(name: string): Subject {
  const found = findSubject(name);
  if (found === undefined) throw new Error(`there is no subject ${name}`);
  return found.subject;
}

function campaign(subject: Subject, seed = "x", maxCommands = 50) {
  return { driver: new InProcess(subject), spaces: [SIXTEEN_PAGES], seed, maxCommands, injectAll: false };
}

function runs(count: number): Budget {
  return { runs: count, seconds: Number.POSITIVE_INFINITY };
}

const STACK = subjectOf("memory-set");
const DEFECT = subjectOf("defect:unmap-loses-right-part");

/** An implementation that takes 20 ms for each run, and likes many to be under way. */
class Slow extends InProcess {
  override readonly ahead = 32;
  begun = 0;

  override runnerIn(space: Space): Runner {
    const { terms, judge } = super.runnerIn(space);
    return {
      terms,
      judge,
      begin: () => {
        this.begun++;
        return () => setTimeout(20);
      },
    };
  }
}

test("a slow implementation is not given more than can be done in time, and all of that counts", async () => {
  const driver = new Slow(STACK);
  const tally = newTally("memory-set");
  const pace = new Pace();
  const budget = { ...runs(Number.POSITIVE_INFINITY), seconds: 0.2 };
  expect(await fuzz({ ...campaign(STACK), driver }, budget, pace, tally)).toBeUndefined();
  expect(tally.runs).toBe(driver.begun);
  expect(tally.runs).toBeLessThan(32);
});

describe("a campaign without a finding", () => {
  test("runs as often as it may, and counts what it did", async () => {
    const tally = newTally("memory-set");
    expect(await fuzz(campaign(STACK), runs(300), new Pace(), tally)).toBeUndefined();
    expect([tally.runs, tally.findings]).toEqual([300, 0]);
    const { statistics } = tally;
    const answers = statistics.answerTable().flatMap((row) => Object.values(row.answers));
    expect(answers.reduce((sum, count) => sum + count, 0)).toBe(statistics.requests);
    expect(statistics.requests).toBeGreaterThan(300 * 25);
    expect(statistics.requests).toBeLessThanOrEqual(300 * 50);
  });

  test("counts the same whenever the seed is the same", async () => {
    const counts = async (seed: string) => {
      const tally = newTally("memory-set");
      await fuzz(campaign(STACK, seed, 10), runs(200), new Pace(), tally);
      return [tally.statistics.answerTable(), tally.statistics.sometimes()];
    };
    const [first, again, other] = [await counts("a"), await counts("a"), await counts("b")];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("goes on where its tally stands", async () => {
    const whole = newTally("memory-set");
    await fuzz(campaign(STACK), runs(60), new Pace(), whole);
    const parts = newTally("memory-set");
    await fuzz(campaign(STACK), runs(25), new Pace(), parts);
    await fuzz(campaign(STACK), runs(60), new Pace(), parts);
    expect(countsOf(parts)).toEqual(countsOf(whole));
  });

  test.each<[what: string, budget: Budget]>([
    ["no runs", runs(0)],
    ["no time", { runs: 100, seconds: 0 }],
  ])("does nothing with %s", async (_what, budget) => {
    const tally = newTally("memory-set");
    expect(await fuzz(campaign(DEFECT), budget, new Pace(), tally)).toBeUndefined();
    expect([tally.runs, tally.statistics.requests]).toEqual([0, 0]);
  });

  test("keeps to the length that traces may have", async () => {
    const tally = newTally("memory-set");
    await fuzz(campaign(STACK, "x", 1), runs(100), new Pace(), tally);
    expect(tally.statistics.requests).toBe(100);
  });
});

describe("a campaign with a finding", () => {
  test("ends with it, shrunk, and says where it came from", async () => {
    const tally = newTally("memory-set");
    const found = await fuzz(campaign(DEFECT), runs(10_000), new Pace(), tally);
    expect(found && ["unmap 0x1000 0x1000", "map 0x1000 0x1000 - mock replace"]).toContain(
      linesOf(found?.requests ?? [])[1],
    );
    expect(found?.finding).toMatchObject({ kind: "invariant", check: "outside", at: 1 });
    expect(found?.run).toBe(tally.runs - 1);
    expect(found?.shrunkFrom).toBeGreaterThanOrEqual(2);
    expect(found?.executions).toBeGreaterThan(2);
    expect(tally.findings).toBe(1);
  });

  test("ends with the same one, every time", async () => {
    const find = () => fuzz(campaign(DEFECT, "again"), runs(10_000), new Pace(), newTally("memory-set"));
    const first = await find();
    expect(first).toBeDefined();
    expect(await find()).toEqual(first);
    expect(await find()).toEqual(first);
  });

  test("ends with the first run that shows one, however the runs are cut up", async () => {
    const whole = await fuzz(campaign(DEFECT, "again"), runs(10_000), new Pace(), newTally("memory-set"));
    const tally = newTally("memory-set");
    let found: Awaited<ReturnType<typeof fuzz>>;
    while (found === undefined)
      found = await fuzz(campaign(DEFECT, "again"), runs(tally.runs + 1), new Pace(), tally);
    expect(found).toEqual(whole);
  });
});

/** Asks `pace` to stop when so many requests were carried out; then goes wrong, if it is to. */
function stopping(pace: Pace, after: number, wrong: boolean): Subject {
  let requests = 0;
  return {
    hello: MEMORY_SET_HELLO,
    create: (space) => {
      const instance = STACK.create(space);
      return {
        apply: (request) => {
          if (++requests === after) pace.stop();
          return wrong && requests >= after ? OK : instance.apply(request);
        },
        observe: (into) => instance.observe(into),
      };
    },
  };
}

describe("a campaign that is interrupted", () => {
  test("ends after the run that it was in", async () => {
    const pace = new Pace();
    const tally = newTally("memory-set");
    expect(await fuzz(campaign(stopping(pace, 1000, false)), runs(10_000), pace, tally)).toBeUndefined();
    expect(tally.statistics.requests).toBeGreaterThanOrEqual(1000);
    expect(tally.statistics.requests).toBeLessThan(1050);
  });

  test("keeps what it has found, shrunk or not", async () => {
    const pace = new Pace();
    const tally = newTally("memory-set");
    const found = await fuzz(campaign(stopping(pace, 1000, true)), runs(10_000), pace, tally);
    expect(found?.executions).toBe(0);
    expect(found?.requests.length).toBe(found?.shrunkFrom);
    expect(found?.finding.at).toBe((found?.shrunkFrom ?? 0) - 1);
  });

  test("before it begins does nothing", async () => {
    const pace = new Pace();
    pace.stop();
    const tally = newTally("memory-set");
    expect(await fuzz(campaign(DEFECT), runs(100), pace, tally)).toBeUndefined();
    expect(tally.runs).toBe(0);
  });
});

test("time is up when it is up", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    // Each request takes a millisecond.
    const slow: Subject = {
      hello: MEMORY_SET_HELLO,
      create: (space) => {
        const instance = STACK.create(space);
        return {
          apply: (request) => {
            vi.advanceTimersByTime(1);
            return instance.apply(request);
          },
          observe: (into) => instance.observe(into),
        };
      },
    };
    const tally = newTally("memory-set");
    const budget = { runs: Number.POSITIVE_INFINITY, seconds: 2 };
    expect(await fuzz(campaign(slow), budget, new Pace(), tally)).toBeUndefined();
    expect(tally.statistics.requests).toBeGreaterThanOrEqual(2000);
    expect(tally.statistics.requests).toBeLessThan(2050);
  } finally {
    vi.useRealTimers();
  }
});

test("progress is shown while it runs, with what it did so far", async () => {
  const tally = newTally("memory-set");
  const shown: number[] = [];
  const pace = new Pace(() => {
    shown.push(tally.runs + tally.underWay.runs);
    if (shown.length === 3) pace.stop();
  });
  await fuzz(campaign(STACK), runs(Number.POSITIVE_INFINITY), pace, tally);
  expect(shown).toHaveLength(3);
  expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
});
