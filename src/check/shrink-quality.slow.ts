/** Planted defects of the memory set: under nearly every seed shrinking comes to the same trace. */
import { describe, expect, test } from "vitest";
import { SUBJECTS } from "../subjects/registry.ts";
import { qualityOf } from "./shrink-quality.fixture.ts";

const SEEDS = 20;

const PLANTED = SUBJECTS.filter(
  ({ surface, killedBy }) => surface === "memory-set" && killedBy !== undefined,
);

/** What shows in a query as well as in a map, each of which is a finding of its own. */
const IN_TWO_OPERATIONS = ["defect:overlap-at-start-only", "defect:touching-overlaps"];

describe("shrinking comes to the same trace, whatever the seed", () => {
  test.each(PLANTED)("$name", async (defect) => {
    const { most, seeds, distinct } = await qualityOf(defect, SEEDS, true);
    if (IN_TWO_OPERATIONS.includes(defect.name)) expect(distinct).toBeLessThanOrEqual(2);
    else expect(most).toBeGreaterThanOrEqual(0.95 * seeds);
  });
});
