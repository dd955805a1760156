import { describe, expect, test } from "vitest";
import { findSubject } from "../subjects/registry.ts";
import { type Comparison, compare, holds, WANTED_FACTOR } from "./comparison.ts";
import { OURS, STRATEGIES, type Strategy, type StrategyName } from "./strategies.ts";
import { tableOf } from "./table.ts";
import { runTrial, type TrialRecord } from "./trial.ts";

const BUDGET = 1000;
const SEEDS = 14;

function record(strategy: StrategyName, defect: string, seed: number, commands: number): TrialRecord {
  const check = commands < BUDGET ? "answer" : null;
  return { defect, space: "small", strategy, seed, budget: BUDGET, check, commands, milliseconds: commands };
}

/** Trials of two defects: with `one` strategy `low` commands and a few more, with the `other` `high` ones. */
function trials(one: StrategyName, low: number, other: StrategyName, high: number): TrialRecord[] {
  return ["defect:a", "defect:b"].flatMap((defect) =>
    Array.from({ length: SEEDS }, (_, seed) => [
      record(one, defect, seed, low + seed),
      record(other, defect, seed, high + seed),
    ]).flat(),
  );
}

/** The same trials, of which those of one strategy are said to be of the other. */
function swapped(records: readonly TrialRecord[], one: StrategyName, other: StrategyName): TrialRecord[] {
  const swap = (name: StrategyName) => (name === one ? other : name === other ? one : name);
  return records.map((each) => ({ ...each, strategy: swap(each.strategy) }));
}

describe("the figures", () => {
  const records = [300, 100, 2000, 200].map((commands, seed) => record("ours", "defect:a", seed, commands));
  const figures = compare("small", BUDGET, records).rows[0]?.figures.get("ours");

  test("are the median and the 90th percentile of commands, where a miss counts at the budget", () => {
    expect(figures).toMatchObject({ trials: 4, found: 3, commands: { median: 200, ninth: 1000 } });
  });

  test("have only the time that belongs to the budget", () => {
    expect(figures?.milliseconds).toEqual({ median: 200, ninth: 1000 });
  });

  test("of a smaller budget take what was found later for missed", () => {
    const smaller = compare("small", 150, records).rows[0]?.figures.get("ours");
    expect(smaller).toMatchObject({ found: 1, samples: [150, 100, 150, 150] });
  });

  test("count the miss of a trial that was stopped before the budget as a finding there", () => {
    const stopped = { ...record("uniform", "defect:a", 0, 2000), budget: 40, commands: 45 };
    const comparison = compare("small", BUDGET, [...records, stopped]);
    expect(comparison.rows[0]?.figures.get("uniform")).toMatchObject({ found: 0, samples: [40] });
    expect([...comparison.stopped]).toEqual([["uniform", 40]]);
    expect(tableOf(comparison, 5)).toContain(
      "uniform was stopped before the budget, after 40 commands or more",
    );
    expect([...compare("small", 40, [stopped]).stopped]).toEqual([]);
  });

  test("are those of one size of the space", () => {
    expect(compare("large", BUDGET, records).rows).toEqual([]);
  });
});

describe("ours", () => {
  const better = trials("ours", 100, "uniform", 300);

  test("is compared with the plain strategy that takes fewest commands", () => {
    const { means, best } = compare("small", BUDGET, [
      ...better,
      ...trials("commands", 250, "commands-max", 400),
    ]);
    // Of 14 values from 100 on in steps of 1 the seventh is 106.
    expect([...means].map(([name, mean]) => [name, Math.round(mean)])).toEqual([
      ["ours", 106],
      ["commands", 256],
      ["commands-max", 406],
      ["uniform", 306],
    ]);
    expect(best?.strategy).toBe("commands");
    expect(best?.factor).toBeCloseTo(256 / 106, 6);
  });

  test("keeps what is wanted where it takes few commands, and not where they are called the other's", () => {
    expect(holds(compare("small", BUDGET, better))).toBe(true);
    const worse = compare("small", BUDGET, swapped(better, "ours", "uniform"));
    expect(holds(worse)).toBe(false);
    expect(worse.best?.factor).toBeCloseTo(106 / 306, 6);
    expect(worse.worse.map(({ defect, than }) => [defect, than])).toEqual([
      ["defect:a", "uniform"],
      ["defect:b", "uniform"],
    ]);
  });

  test("must take 1.5 times fewer in the small space, and 5 times in the large one", () => {
    expect(WANTED_FACTOR).toEqual({ small: 1.5, large: 5 });
    expect(holds(compare("small", BUDGET, trials("ours", 100, "uniform", 140)))).toBe(false);
    const large = better.map((each) => ({ ...each, space: "large" as const }));
    expect(holds(compare("large", BUDGET, large))).toBe(false);
  });

  test("must miss nothing in the small space", () => {
    const missed = better.map((each) =>
      each.strategy === OURS && each.seed === 0 ? { ...each, check: null, commands: BUDGET } : each,
    );
    expect(compare("small", BUDGET, missed).missed).toEqual(["defect:a", "defect:b"]);
    expect(holds(compare("small", BUDGET, missed))).toBe(false);
  });

  test("must be significantly worse on none, however much better it is on the others", () => {
    const bad = Array.from({ length: SEEDS }, (_, seed) => [
      record("ours", "defect:c", seed, 30 + seed),
      record("uniform", "defect:c", seed, 10 + seed),
    ]).flat();
    const comparison = compare("small", BUDGET, [...better, ...bad]);
    expect(comparison.best?.factor).toBeGreaterThan(1.5);
    expect(comparison.worse).toMatchObject([{ defect: "defect:c", than: "uniform" }]);
    expect(holds(comparison)).toBe(false);
  });

  test("may be worse on some in the large space, where it has to be five times as good", () => {
    const large = (commands: number, strategy: "ours" | "uniform", defect: string, seed: number) => ({
      ...record(strategy, defect, seed, commands),
      space: "large" as const,
    });
    const trials = Array.from({ length: SEEDS }, (_, seed) => [
      large(1 + seed, "ours", "defect:a", seed),
      large(400 + 400 * seed, "uniform", "defect:a", seed),
      large(30 + seed, "ours", "defect:b", seed),
      large(10 + seed, "uniform", "defect:b", seed),
    ]).flat();
    const comparison = compare("large", 1_000_000, trials);
    expect(comparison.best?.factor).toBeGreaterThan(5);
    expect(comparison.worse).toMatchObject([{ defect: "defect:b", than: "uniform" }]);
    expect(holds(comparison)).toBe(true);
    expect(tableOf(comparison, trials.length)).toContain("b (than uniform, p ");
    const equal = trials.filter(({ defect }) => defect === "defect:b");
    expect(holds(compare("large", 1_000_000, equal))).toBe(false);
  });

  test("may be worse than a plain strategy that isn't the best", () => {
    const third = swapped(better, "uniform", "commands").filter(({ strategy }) => strategy === "commands");
    const worst = third.map((each) => ({ ...each, commands: each.commands + 500 }));
    const quick = Array.from({ length: SEEDS }, (_, seed) => [
      record("ours", "defect:c", seed, 30 + seed),
      record("uniform", "defect:c", seed, 30 + seed),
      record("commands", "defect:c", seed, 10 + seed),
    ]).flat();
    const comparison = compare("small", BUDGET, [...better, ...worst, ...quick]);
    expect(comparison).toMatchObject({
      best: { strategy: "uniform" },
      worse: [{ defect: "defect:c", than: "commands" }],
    });
    expect(holds(comparison)).toBe(true);
  });

  test("proves nothing with few trials", () => {
    const few = better.filter(({ seed }) => seed < 7);
    expect(compare("small", BUDGET, few).isTelling).toBe(false);
    expect(holds(compare("small", BUDGET, few))).toBe(false);
  });

  test("is not compared by a defect that one strategy has no trials of", () => {
    const lacking = better.filter(({ strategy, defect }) => strategy === OURS || defect === "defect:a");
    expect(compare("small", BUDGET, lacking).compared).toBe(1);
  });

  test("has nothing to be compared with alone", () => {
    const alone = better.filter(({ strategy }) => strategy === OURS);
    expect(compare("small", BUDGET, alone).best).toBeUndefined();
    expect(holds(compare("small", BUDGET, alone))).toBe(false);
  });
});

describe("canaries: real trials", () => {
  const DEFECTS = [
    "defect:unmap-middle-stays-mapped",
    "defect:protect-adds-only",
    "defect:touching-overlaps",
  ];
  const idle: Strategy = () => () => [{ op: "areas" }];

  function run(name: StrategyName, strategy: Strategy): TrialRecord[] {
    return DEFECTS.flatMap((defect) => {
      const { subject } = findSubject(defect) ?? {};
      if (subject === undefined) throw new Error("there is no such defect");
      return Array.from({ length: SEEDS }, (_, seed) =>
        runTrial({ defect, space: "small", strategy: name, seed, budget: BUDGET }, subject, strategy),
      );
    });
  }

  function verdictOn(records: readonly TrialRecord[]): Comparison {
    return compare("small", BUDGET, records);
  }

  const records = [...run("ours", STRATEGIES.ours), ...run("uniform", idle)];

  test("a strategy that draws nothing useful misses everything", () => {
    const comparison = verdictOn(records);
    const found = comparison.rows.map(({ figures }) => [
      figures.get("ours")?.found,
      figures.get("uniform")?.found,
    ]);
    expect(found).toEqual(DEFECTS.map(() => [SEEDS, 0]));
    expect(comparison).toMatchObject({ missed: [], worse: [] });
    expect(holds(comparison)).toBe(true);
    expect(tableOf(comparison, records.length)).toContain("uniform    0/14     1,000  1,000");
    expect(tableOf(comparison, records.length)).toContain("all that is wanted: yes");
  });

  test("the same under swapped names says that ours does", () => {
    const comparison = verdictOn(swapped(records, "ours", "uniform"));
    expect(comparison.missed).toEqual(DEFECTS);
    expect(comparison.worse.map(({ defect }) => defect)).toEqual(DEFECTS);
    expect(holds(comparison)).toBe(false);
    expect(tableOf(comparison, records.length)).toContain("ours       0/14     1,000  1,000");
    expect(tableOf(comparison, records.length)).toContain("all that is wanted: no");
  });

  test("a strategy compared with itself is neither better nor worse", () => {
    const same = [...run("ours", STRATEGIES.uniform), ...run("uniform", STRATEGIES.uniform)];
    const comparison = verdictOn(same);
    expect(comparison).toMatchObject({ best: { factor: 1 }, worse: [] });
    expect(holds(comparison)).toBe(false);
  });
});
