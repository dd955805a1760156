import { describe, expect, test } from "vitest";
import { SUBJECTS } from "../subjects/registry.ts";
import { Ledger, trialsOf } from "./ledger.ts";
import type { TrialRecord } from "./trial.ts";

const FOUND: TrialRecord = {
  defect: "defect:touching-overlaps",
  space: "small",
  strategy: "ours",
  seed: 0,
  budget: 1000,
  check: "answer",
  commands: 400,
  milliseconds: 2,
};
const MISSED: TrialRecord = { ...FOUND, check: null, commands: 1003 };

function ledgerOf(...records: readonly TrialRecord[]): Ledger {
  const ledger = new Ledger();
  for (const record of records) ledger.add(record);
  return ledger;
}

describe("the trials of a selection", () => {
  const defects = SUBJECTS.filter(({ name }) =>
    ["defect:touching-overlaps", "defect:no-flush-on-split"].includes(name),
  );

  test("are of every defect, space, strategy and seed, one seed after the other", () => {
    const trials = trialsOf({
      defects,
      spaces: ["small", "large"],
      strategies: ["ours", "uniform"],
      seeds: 3,
      budget: 7,
    });
    // One of the two defects has no small trials.
    expect(trials).toHaveLength((1 + 2) * 2 * 3);
    expect(new Set(trials.map((trial) => JSON.stringify(trial))).size).toBe(trials.length);
    expect(trials.map(({ seed }) => seed)).toEqual([
      ...Array(6).fill(0),
      ...Array(6).fill(1),
      ...Array(6).fill(2),
    ]);
    expect(trials[0]).toEqual({
      defect: "defect:touching-overlaps",
      space: "small",
      strategy: "ours",
      seed: 0,
      budget: 7,
    });
  });
});

describe("a ledger", () => {
  test.each([
    ["a finding, under its budget", FOUND, 1000, true],
    ["a finding, under a smaller budget", FOUND, 10, true],
    ["a finding, under a larger one", FOUND, 1_000_000, true],
    ["a miss, under its budget", MISSED, 1000, true],
    ["a miss, under a smaller budget", MISSED, 999, true],
    ["a miss, under a larger one", MISSED, 1001, false],
  ])("knows what comes of %s: %j %i %s", (_, record, budget, known) => {
    expect(ledgerOf(record).find({ ...record, budget })).toEqual(known ? record : undefined);
  });

  test.each([{ defect: "defect:other" }, { space: "large" }, { strategy: "uniform" }, { seed: 1 }] as const)(
    "knows nothing of another trial: %j",
    (other) => {
      expect(ledgerOf(FOUND).find({ ...FOUND, ...other })).toBeUndefined();
    },
  );

  test("knows where a trial of a plain strategy was stopped, but nothing of what ours would have gone on to find", () => {
    const plain: TrialRecord = { ...MISSED, strategy: "uniform" };
    const ledger = ledgerOf(plain, MISSED);
    expect(ledger.find({ ...plain, budget: 5000 })).toBeUndefined();
    expect(ledger.findStopped({ ...plain, budget: 5000 })).toEqual(plain);
    expect(ledger.findStopped({ ...MISSED, budget: 5000 })).toBeUndefined();
    expect(ledger.findStopped(MISSED)).toEqual(MISSED);
  });

  test("keeps the record that went further, in whatever order they come", () => {
    const further = { ...FOUND, budget: 2000, commands: 1500 };
    for (const ledger of [ledgerOf(MISSED, further), ledgerOf(further, MISSED)]) {
      expect(ledger.find({ ...FOUND, budget: 5000 })).toEqual(further);
    }
  });

  test("is about the budget that the misses of ours have, or that its findings were allowed", () => {
    expect(ledgerOf(FOUND, { ...MISSED, strategy: "uniform", budget: 20 }).budget).toBe(1000);
    const other = { ...MISSED, seed: 6, budget: 300 };
    expect(ledgerOf(FOUND, MISSED, other).budget).toBe(300);
    expect(ledgerOf(FOUND, MISSED, other).limit).toBe(300);
    const found = ledgerOf(FOUND, { ...FOUND, seed: 1, budget: 5000 });
    expect([found.budget, found.limit]).toEqual([5000, Number.POSITIVE_INFINITY]);
    expect([ledgerOf(FOUND, other).seeds, ledgerOf().seeds, ledgerOf().budget]).toEqual([7, 0, 1]);
  });
});
