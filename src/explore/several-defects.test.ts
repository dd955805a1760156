import { describe, expect, test } from "vitest";
import { lookForAll } from "./several-defects.fixture.ts";

// Where there are more, a defect has several shapes.
describe("of three planted defects at once come all findings that each has alone:", () => {
  test.each([
    ["protect-adds-only+touching-overlaps+unmap-loses-right-part", "1", 3],
    ["find-free-below-hint+find-includes-end+page-table-protect-skips-last", "2", 3],
    ["failed-clear-keeps-areas+failed-unmap-says-ok+page-table-protect-skips-last", "3", 3],
    // All in one operation. The last one shows only when it fails.
    ["protect-right-part-too+protect-splits-before-call+protect-stops-at-hole", "4", 3],
    // What shows first hides the others in most runs.
    ["clone-shares-state+map-merges-neighbours+protect-drops-other-flags", "5", 3],
  ])("%s, seed %s", async (names, seed, findings) => {
    expect(await lookForAll(names, { seed, runs: 150, spaces: 1 })).toEqual({ missed: [], findings });
  });

  test.each([
    ["fault-again-ignores-flags+no-flush-on-protect+refused-write-half-done", "1", 3],
    ["fault-on-eager-page-served+no-flush-on-unmap+protect-leaves-lazy-pages", "2", 3],
    // All in the backend of lazy areas.
    ["fault-again-new-frame+fault-drops-other-flags+protect-brings-pages-in", "3", 4],
    ["can-access-any-flag+unmap-leaks-guard-frames+x86-64-tables-not-for-users", "4", 3],
  ])("%s, seed %s", async (names, seed, findings) => {
    expect(await lookForAll(names, { seed, runs: 60, spaces: 2 })).toEqual({ missed: [], findings });
  });
});
