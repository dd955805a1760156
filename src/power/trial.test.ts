import { describe, expect, test } from "vitest";
import { DEFECTS, findSubject, STACK } from "../subjects/registry.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { STRATEGIES, STRATEGY_NAMES } from "./strategies.ts";
import { runTrial, type Trial, type TrialRecord } from "./trial.ts";
import runInThread from "./trial-worker.ts";

const TRIAL: Trial = {
  defect: "defect:touching-overlaps",
  space: "small",
  strategy: "ours",
  seed: 2,
  budget: 20_000,
};

function run(trial: Trial): TrialRecord {
  const { subject } = findSubject(trial.defect) ?? {};
  if (subject === undefined) throw new Error("there is no such defect");
  return { ...runTrial(trial, subject, STRATEGIES[trial.strategy]), milliseconds: 0 };
}

describe.each(STRATEGY_NAMES)("%s", (strategy) => {
  const trial = { ...TRIAL, strategy };

  test("has the same outcome again, and in a thread, but for the time", () => {
    const record = run(trial);
    expect(record).toMatchObject({ ...trial, check: "answer" });
    expect(run(trial)).toEqual(record);
    expect({ ...runInThread(trial), milliseconds: 0 }).toEqual(record);
  });

  test("has other outcomes with other seeds", () => {
    const commands = [0, 1, 2, 3].map((seed) => run({ ...trial, seed }).commands);
    expect(new Set(commands).size).toBeGreaterThan(1);
  });

  test("finds nothing in the stack itself", () => {
    for (const { subject } of Object.values(STACK)) {
      const { check, commands } = runTrial({ ...trial, budget: 500 }, subject, STRATEGIES[strategy]);
      expect(check).toBeNull();
      expect(commands).toBeGreaterThanOrEqual(500);
    }
  });
});

test("the budget decides nothing but how long is looked", () => {
  const found = run(TRIAL);
  expect(run({ ...TRIAL, budget: 1_000_000 })).toEqual({ ...found, budget: 1_000_000 });
  // It is not found in the first run.
  expect(found.commands).toBeGreaterThan(50);
  const missed = run({ ...TRIAL, budget: 1 });
  expect(missed.check).toBeNull();
  expect(missed.commands).toBeLessThanOrEqual(50);
});

test("commands are counted up to the one that shows the finding, queries too", () => {
  const { subject } = findSubject("defect:unmap-loses-right-part") ?? {};
  if (subject === undefined) throw new Error("there is no such defect");
  const runs = [
    requestsIn("areas", "map 0x0 0x1000 r mock", "pages"),
    requestsIn("map 0x0 0x3000 r mock", "unmap 0x1000 0x1000", "areas", "clear"),
  ];
  const record = runTrial(TRIAL, subject, () => (_, run) => runs[run] ?? []);
  expect(record).toMatchObject({ check: "outside", commands: 3 + 2 });
});

describe("whoever draws nothing useful", () => {
  test.each(DEFECTS.slice(0, 5))("misses $name", ({ name }) => {
    const { subject } = findSubject(`defect:${name}`) ?? {};
    if (subject === undefined) throw new Error("there is no such defect");
    const idle = runTrial({ ...TRIAL, budget: 1000 }, subject, () => () => [{ op: "areas" }]);
    expect(idle).toMatchObject({ check: null, commands: 1000 });
  });
});

test("a thread that is given a defect that there isn't breaks down", () => {
  expect(() => runInThread({ ...TRIAL, defect: "defect:none" })).toThrow("no subject called defect:none");
});
