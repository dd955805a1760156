import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { roughSignatureOf } from "../shrink/signature.ts";
import { findSubject } from "../subjects/registry.ts";
import { UnderWay } from "./campaign.ts";
import { Pace } from "./pace.ts";
import { standardSpaces } from "./spaces.ts";
import { RandomSource } from "./trace-source.ts";
import { UnitRunner } from "./unit.ts";

/** An implementation that may keep something from run to run. */
class Keeping extends InProcess {
  override readonly lifetime = 4096;
}

/** Each look at the clock takes a second. */
class SlowPace extends Pace {
  private looks = 0;

  override get seconds(): number {
    return this.looks++;
  }
}

describe("a unit of an implementation that keeps something", () => {
  test("ends early only for what is of a new kind", async () => {
    const subject = findSubject("defect:unmap-loses-right-part")?.subject;
    if (subject === undefined) throw new Error("no such defect");
    const driver = new Keeping(subject);
    const traces = { spaces: standardSpaces(driver.hello), seed: "s", maxCommands: 50 };
    const runner = new UnitRunner(driver, new RandomSource(driver, traces), false);
    const limit = { pace: new SlowPace(), deadline: Number.POSITIVE_INFINITY };
    const kinds = new Set<string>();
    let findings = 0;
    for (let from = 0; from < 400; ) {
      const outcome = await runner.run({ from, to: 400, stopsAtFinding: false }, limit, new UnderWay());
      const kind = outcome.met.map(roughSignatureOf);
      // It is the last one that is new.
      if (outcome.next < 400) expect(kind.filter((each) => !kinds.has(each))).toEqual(kind.slice(-1));
      for (const each of kind) kinds.add(each);
      findings += kind.length;
      from = outcome.next;
    }
    expect(kinds.size).toBeGreaterThan(1);
    expect(findings).toBeGreaterThan(10 * kinds.size);
  });
});
