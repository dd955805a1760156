import { describe, expect, test } from "vitest";
import type { Driver, PastRun } from "../execute/driver.ts";
import { judgeFor } from "../execute/judge.ts";
import type { Runner } from "../execute/runner.ts";
import type { Finding } from "../trace/finding.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Request } from "../trace/request.ts";
import { MEMORY_SET_HELLO, type Space, type Terms } from "../trace/space.ts";
import { findRecurrence } from "./recurrence.ts";

const FINDING: Finding = { kind: "hang", check: "hang", at: 0, expected: "", observed: "", answer: "hang" };

/** An implementation that remembers its runs until it is renewed, and hangs when that is so. */
class Forgetful implements Driver {
  readonly interrupted = false;
  readonly lost = undefined;
  readonly hello = MEMORY_SET_HELLO;
  readonly ahead = 1;
  readonly lifetime = 4096;
  readonly earlier = [];
  readonly stderr = "";
  readonly shrinkSeconds = 1;
  renewals = 0;
  readonly moods: boolean[] = [];
  private done: (readonly Request[])[] = [];
  private readonly hangs: (done: readonly (readonly Request[])[]) => boolean;

  constructor(hangs: (done: readonly (readonly Request[])[]) => boolean) {
    this.hangs = hangs;
  }

  runnerIn(space: Space): Runner {
    const terms: Terms = { space, hello: this.hello };
    return {
      terms,
      judge: judgeFor(terms),
      begin: (requests) => () => {
        this.done.push(requests);
        return this.hangs(this.done) ? FINDING : undefined;
      },
    };
  }

  async renew(): Promise<undefined> {
    this.renewals++;
    this.done = [];
  }

  beImpatient(impatient: boolean): void {
    this.moods.push(impatient);
  }

  interrupt(): void {}

  onLost(): void {}
}

const LAST = requestsIn("clear");
const RUNS: readonly PastRun[] = Array.from({ length: 100 }, (_, run) => ({
  space: SIXTEEN_PAGES,
  requests: requestsIn(`find ${run}`),
}));

function recurrenceOn(driver: Driver, earlier = RUNS) {
  const found = { requests: LAST, finding: FINDING };
  return findRecurrence(found, driver.runnerIn(SIXTEEN_PAGES), () => earlier, driver);
}

/** Hangs at the last run, if these came before it. */
function needing(...runs: readonly number[]): Forgetful {
  return new Forgetful(
    (done) =>
      done.at(-1) === LAST && runs.every((run) => done.some((requests) => requests === RUNS[run]?.requests)),
  );
}

describe("what a finding needs to come back", () => {
  test.each([[[]], [[99]], [[98]], [[0]], [[0, 99]], [[3, 50, 97]]])("is the runs %j", async (runs) => {
    const expected = { before: runs.map((run) => RUNS[run]), stable: true };
    expect(await recurrenceOn(needing(...runs))).toEqual(expected);
  });

  test("may be nothing that is known", async () => {
    expect(await recurrenceOn(new Forgetful(() => false))).toEqual({ before: [], stable: false });
    expect(await recurrenceOn(new Forgetful(() => false), [])).toEqual({ before: [], stable: false });
  });

  test("is not chance", async () => {
    const everyOther: Forgetful = new Forgetful(() => everyOther.renewals % 4 === 1);
    expect(await recurrenceOn(everyOther)).toEqual({ before: [], stable: false });
  });

  test("is not another finding", async () => {
    const driver = new Forgetful(() => true);
    const finding: Finding = { ...FINDING, kind: "crash", check: "crash" };
    const runner = driver.runnerIn(SIXTEEN_PAGES);
    expect(await findRecurrence({ requests: LAST, finding }, runner, () => RUNS, driver)).toEqual({
      before: [],
      stable: false,
    });
  });

  test("is looked for in a hurry where it hangs", async () => {
    const driver = needing(5);
    await recurrenceOn(driver);
    expect(driver.moods).toEqual([true, false]);
  });
});
