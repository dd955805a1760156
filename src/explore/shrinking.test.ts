import { describe, expect, test } from "vitest";
import { type Driver, InProcess, type PastRun } from "../execute/driver.ts";
import type { Runner } from "../execute/runner.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Space } from "../trace/space.ts";
import { Ground } from "./ground.ts";
import { Pace } from "./pace.ts";
import { Shrinking } from "./shrinking.ts";

const STACK = memorySetSubject();

/** What is true of an implementation, from when it was renewed. */
interface Memory {
  /** Whether some run, the one under way too, had a `clear` in it. */
  cleared: boolean;
  /** How many runs were begun since the test began. */
  runs: number;
}

/** An implementation that answers `find` wrongly when `isWrong` says so. */
class Forgetful implements Driver {
  readonly interrupted = false;
  readonly lost = undefined;
  readonly hello = STACK.hello;
  readonly ahead = 1;
  readonly lifetime = 4096;
  readonly earlier: readonly PastRun[] = [];
  readonly stderr = "";
  shrinkSeconds = Number.POSITIVE_INFINITY;
  readonly moods: boolean[] = [];
  readonly memory: Memory = { cleared: false, runs: 0 };
  private readonly inner: InProcess;

  constructor(isWrong: (memory: Memory) => boolean) {
    const { memory } = this;
    const subject: Subject = {
      hello: STACK.hello,
      create: (space) => {
        memory.runs++;
        const instance = STACK.create(space);
        return {
          apply: (request) => {
            if (request.op === "clear") memory.cleared = true;
            return request.op === "find" && isWrong(memory) ? { kind: "fault" } : instance.apply(request);
          },
          observe: (into) => instance.observe(into),
        };
      },
    };
    this.inner = new InProcess(subject);
  }

  runnerIn(space: Space): Runner {
    return this.inner.runnerIn(space);
  }

  async renew(): Promise<undefined> {
    this.memory.cleared = false;
  }

  beImpatient(impatient: boolean): void {
    this.moods.push(impatient);
  }

  interrupt(): void {}

  onLost(): void {}
}

const LINES = ["map 0x2000 0x1000 rw mock", "clear", "map 0x3000 0x1000 rw mock", "find 0x2000", "areas"];

/** Shrinks the trace above, which shows its finding at its fourth request. */
async function shrink(
  driver: Forgetful,
  {
    before = [],
    space = SIXTEEN_PAGES,
    homes = [],
    pace = new Pace(),
  }: { before?: readonly PastRun[]; space?: Space; homes?: readonly Space[]; pace?: Pace } = {},
) {
  const ground = new Ground(driver, space, 50);
  const requests = requestsIn(...LINES);
  for (const run of before) await driver.runnerIn(run.space).begin(run.requests)();
  const finding = await ground.runner.begin(requests)();
  if (finding === undefined) throw new Error("nothing shows");
  expect(finding.at).toBe(3);
  await driver.renew();
  const others = homes.map((home) => new Ground(driver, home, 50));
  return new Shrinking(driver, before, false, pace).shrink({ requests, finding }, ground, others);
}

describe("a finding is shrunk", () => {
  test("as far as it can be", async () => {
    const shrunk = await shrink(new Forgetful(() => true));
    expect([linesOf(shrunk.requests), shrunk.finding.at, shrunk.space]).toEqual([
      ["find 0x0"],
      0,
      SIXTEEN_PAGES,
    ]);
    expect(shrunk.executions).toBeGreaterThan(0);
  });

  test("so that it shows on an implementation that has done nothing before", async () => {
    // Once it was cleared, each later run seems to need no clear any more.
    const shrunk = await shrink(new Forgetful(({ cleared }) => cleared));
    expect([linesOf(shrunk.requests), shrunk.finding.at]).toEqual([["clear", "find 0x0"], 1]);
  });

  test("with the runs that it needs before each", async () => {
    const before = [{ space: SIXTEEN_PAGES, requests: requestsIn("clear", "areas") }];
    const shrunk = await shrink(new Forgetful(({ cleared }) => cleared), { before });
    expect(linesOf(shrunk.requests)).toEqual(["find 0x0"]);
  });

  test("not at all where it stops to come back, and is cut behind its request all the same", async () => {
    const before = [{ space: SIXTEEN_PAGES, requests: requestsIn("clear") }];
    const driver = new Forgetful(({ cleared, runs }) => cleared && runs < 12);
    const shrunk = await shrink(driver, { before });
    expect([linesOf(shrunk.requests), shrunk.finding.at]).toEqual([LINES.slice(0, 4), 3]);
    expect(shrunk.executions).toBeGreaterThan(0);
  });

  test("in the simplest space that it shows in", async () => {
    const space = { ...SIXTEEN_PAGES, size: 0x20000 };
    const small = { ...SIXTEEN_PAGES, size: 0x4000 };
    const shrunk = await shrink(new Forgetful(() => true), { space, homes: [small, SIXTEEN_PAGES] });
    expect([linesOf(shrunk.requests), shrunk.space]).toEqual([["find 0x0"], small]);
  });

  test("only as long as the implementation has time for it", async () => {
    const driver = new Forgetful(() => true);
    driver.shrinkSeconds = -1;
    const shrunk = await shrink(driver);
    expect([linesOf(shrunk.requests), shrunk.executions]).toEqual([LINES.slice(0, 4), 0]);
  });

  test("until somebody stops it", async () => {
    const pace = new Pace();
    const driver = new Forgetful(({ runs }) => {
      if (runs > 1) pace.stop();
      return true;
    });
    const { requests } = await shrink(driver, { pace });
    expect(requests.length).toBeLessThan(4);
    expect(linesOf(requests)).not.toEqual(["find 0x0"]);
  });
});

describe("it is waited for answers only a while", () => {
  test.each([
    ["hang", [true, false]],
    ["crash", []],
  ] as const)("where the finding is a %s", async (kind, moods) => {
    const driver = new Forgetful(() => true);
    const ground = new Ground(driver, SIXTEEN_PAGES, 50);
    const finding = { kind, check: kind, at: 0, expected: "", observed: "", answer: kind };
    // Nothing like it shows again, so that all is as it was.
    const found = { requests: requestsIn("find 0x0"), finding };
    const shrunk = await new Shrinking(driver, [], false, new Pace()).shrink(found, ground, []);
    expect(shrunk).toMatchObject(found);
    expect(driver.moods).toEqual(moods);
  });
});

test("what runs out of many frames is moved to where there are few, with as many fewer pages", async () => {
  const named = findSubject("defect:one-frame-too-many");
  if (named === undefined) throw new Error("there is no such defect");
  const driver = new InProcess(named.subject);
  const large = { base: virtAddr(0x8000_0000_0000), size: 0x40_0000_0000, page: 0x1000, frames: 512 };
  const [many, few] = [
    new Ground(driver, large, 50),
    new Ground(driver, { ...SIXTEEN_PAGES, frames: 16 }, 50),
  ];
  const requests = requestsIn("map 0x800000000000 0x1fd000 r alloc:eager");
  const finding = await many.runner.begin(requests)();
  if (finding === undefined) throw new Error("it doesn't show");
  const shrunk = await new Shrinking(driver, [], false, new Pace()).shrink({ requests, finding }, many, [
    few,
  ]);
  expect(linesOf(shrunk.requests)).toEqual(["map 0x0 0xd000 - alloc:eager"]);
  expect(shrunk.space).toEqual(few.space);
});
