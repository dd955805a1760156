/** Planted defects of the memory set: under nearly every seed shrinking comes to the same trace. */
import { describe, expect, test } from "vitest";
import { SUBJECTS } from "../subjects/registry.ts";
import { qualityOf } from "./shrink-quality.fixture.ts";

const SEEDS = 20;

const PLANTED = SUBJECTS.filter(
  ({ surface, killedBy }) => surface === "memory-set" && killedBy !== undefined,
);

describe("shrinking comes to the same trace, whatever the seed", () => {
  test.each(PLANTED)("$name", async (defect) => {
    const { most, seeds } = await qualityOf(defect, SEEDS, true);
    expect(most).toBeGreaterThanOrEqual(0.95 * seeds);
  });
});
