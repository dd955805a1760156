/** A search holds no more memory the longer it runs. Half an hour of it is `npm run soak:memory`. */
import { describe, expect, test } from "vitest";
import { SUBJECTS } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import type { Budget } from "./campaign.ts";
import { campaignOf, memoryOf } from "./memory.fixture.ts";

const SAMPLES = 40;

function subjectOf(name: string): Subject {
  const found = SUBJECTS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no subject ${name}`);
  return found.subject;
}

/** Keeps all that it was ever asked. */
function retentive(subject: Subject): Subject {
  const kept: unknown[] = [];
  return {
    ...subject,
    create: (space) => {
      const instance = subject.create(space);
      return {
        apply: (request) => {
          kept.push(structuredClone(request));
          return instance.apply(request);
        },
        observe: (into) => instance.observe(into),
      };
    },
  };
}

/** So many runs, however long they take. */
function runs(count: number): Budget {
  return { runs: count, seconds: Number.POSITIVE_INFINITY };
}

describe("memory", () => {
  test.each([
    ["memory-set", 60_000],
    ["address-space", 8000],
    ["defect:unmap-loses-right-part", 20_000],
  ])("doesn't grow on %s in %i runs", async (name, count) => {
    const { grows, ...trend } = await memoryOf(campaignOf(subjectOf(name)), runs(count), SAMPLES);
    expect({ grows, ...trend }).toMatchObject({ grows: false });
    expect(trend.samples.length).toBeGreaterThan(SAMPLES / 2);
  });

  test("that grows is noticed", async () => {
    const { grows } = await memoryOf(campaignOf(retentive(subjectOf("memory-set"))), runs(20_000), SAMPLES);
    expect(grows).toBe(true);
  });
});
