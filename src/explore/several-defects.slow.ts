/** More combinations of planted defects than `several-defects.test.ts` has time for: rare ones, and large spaces. */
import { describe, expect, test } from "vitest";
import { lookForAll } from "./several-defects.fixture.ts";

describe("of several planted defects at once come all findings that each has alone:", () => {
  test.each([
    ["page-table-top-page-read-only+protect-drops-other-flags+unmap-middle-stays-mapped", "s1"],
    ["failed-unmap-panics+clear-spares-upper-half+protect-drops-other-flags", "s2"],
    ["page-table-protect-skips-last+map-end-at-limit+protect-adds-only", "s3"],
    ["refused-map-unmaps+find-free-inside-area+map-end-at-limit", "s4"],
    ["find-free-below-hint+unmap-middle-stays-mapped+stale-find-cache", "s5"],
    ["failed-unmap-forgets-area+unmap-leaves-empty-area+map-end-at-limit", "s6"],
    ["map-merges-neighbours+find-free-ignores-limit+stale-find-cache", "s7"],
    ["protect-adds-only+unmap-middle-stays-mapped+protect-splits-before-call", "s8"],
    ["unmap-overflow-cut-short+injection-never-disarmed+protect-adds-only", "s9"],
    ["clear-spares-upper-half+protect-splits-before-call+find-free-inside-area", "s10"],
    [
      "find-includes-end+map-merges-neighbours+find-free-below-hint+unmap-loses-right-part+clone-shares-state",
      "s11",
    ],
  ])("%s, seed %s", async (names, seed) => {
    const { missed, findings } = await lookForAll(names, { seed, runs: 4000, spaces: 1 });
    expect(missed).toEqual([]);
    expect(findings).toBeGreaterThanOrEqual(names.split("+").length);
  });

  test.each([
    ["guard-page-new-frame+failed-replace-leaves-hole+refused-fault-brings-page-in", "s1"],
    ["no-flush-on-protect+unaligned-physical-accepted+failed-replace-leaves-hole", "s2"],
    ["tlb-hit-permits-all+clear-leaks-frames+read-repeats-first-page", "s23"],
    ["no-flush-on-unmap+protect-leaves-lazy-pages+fault-on-eager-page-served", "s4"],
    ["refused-write-half-done+no-flush-on-protect+fault-again-ignores-flags", "s5"],
    ["gigapage-maps-first-2-mib+fault-again-leaks-frame+unmap-leaks-guard-frames", "s6"],
  ])("%s, seed %s", async (names, seed) => {
    const { missed, findings } = await lookForAll(names, { seed, runs: 400, spaces: 4 });
    expect(missed).toEqual([]);
    expect(findings).toBeGreaterThanOrEqual(names.split("+").length);
  });
});
