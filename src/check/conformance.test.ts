import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { Executor } from "../execute/executor.ts";
import { Pace } from "../explore/pace.ts";
import type { Scope } from "../generate/scope.ts";
import { STACK, SUBJECTS } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { findMisfit } from "../trace/preconditions.ts";
import { ADDRESS_SPACE_HELLO, type Hello, MEMORY_SET_HELLO } from "../trace/space.ts";
import { Check } from "./check.ts";
import { conformanceSuite, LONGEST, smallScope } from "./conformance.ts";

const SCOPE: Scope = {
  space: { base: virtAddr(0), size: 0x3000, page: 0x1000, frames: 0 },
  flags: [1, 3],
  commands: ["map", "replace", "unmap", "protect"],
  backends: ["mock"],
  inject: false,
};

const ENDLESS = Number.POSITIVE_INFINITY;
const BOUNDS = { depth: ENDLESS, states: ENDLESS, seconds: ENDLESS };

const SUITE = await suiteOf(SCOPE, MEMORY_SET_HELLO);

async function suiteOf(scope: Scope, hello: Hello) {
  const suite = await conformanceSuite(scope, hello, new Pace());
  if (suite === undefined) throw new Error("nobody stopped it");
  return suite;
}

/** Whether some trace of the suite shows a finding. */
function isFoundBySuite(subject: Subject): boolean {
  const executor = new Executor(subject, SUITE.space);
  return SUITE.traces.some((requests) => executor.run(requests) !== undefined);
}

async function isFoundByCheck(name: string, subject: Subject): Promise<boolean> {
  const target = { name, driver: new InProcess(subject) };
  const plan = { target, scope: SCOPE, bounds: BOUNDS, paths: false, saveTo: undefined };
  return (await new Check(plan, new Pace()).run()).finding !== undefined;
}

test("the suite of 3 pages and 2 flags crosses all that check does, in few commands", () => {
  const { states, transitions, traces } = SUITE;
  expect({ states, transitions }).toEqual({ states: 41, transitions: 1722 });
  expect(traces.reduce((sum, { length }) => sum + length, 0)).toBe(1878);
  expect(Math.max(...traces.map(({ length }) => length))).toBeLessThanOrEqual(LONGEST);
});

test("the stack agrees with it", () => {
  expect(isFoundBySuite(STACK["memory-set"].subject)).toBe(false);
});

describe("it finds what check finds:", () => {
  const defects = SUBJECTS.filter(
    ({ surface, killedBy }) => surface === "memory-set" && killedBy !== undefined,
  );

  test("the planted defects, but for those that it isn't about", async () => {
    const found: string[] = [];
    const missed: string[] = [];
    for (const { name, subject } of defects) {
      if (!(await isFoundByCheck(name, subject))) continue;
      (isFoundBySuite(subject) ? found : missed).push(name);
    }
    expect(missed).toEqual([]);
    expect(found.length).toBeGreaterThan(10);
  });
});

test.each([MEMORY_SET_HELLO, ADDRESS_SPACE_HELLO])(
  "the small scope of $name gives a suite that any implementation can be asked",
  async (hello) => {
    const { space, traces } = await suiteOf(smallScope(hello), hello);
    expect(traces.length).toBeGreaterThan(30);
    for (const trace of traces) expect(findMisfit(trace, { space, hello })).toBeUndefined();
  },
);
