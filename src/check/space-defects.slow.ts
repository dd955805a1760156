/** Every planted defect of the address-space surface, looked for by a bounded check. */
import { describe, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { EXECUTE, NO_FLAGS, READ, USER, WRITE } from "../trace/flags.ts";
import { expectFound, findIn, type Place, plantedOn } from "./defects.fixture.ts";

/** The scope of `mapcheck check`: one page, everything that it can be asked, each also with each single failure. */
const DEFAULT: Place = {};

const TWO_PAGES: Place = {
  pages: 2,
  flags: [NO_FLAGS, READ],
  commands: ["map", "unmap", "protect", "fault", "access", "write"],
};
const TWO_PAGES_AND_FAILURES: Place = {
  pages: 2,
  flags: [NO_FLAGS, READ],
  commands: ["map", "replace", "protect", "failures"],
};

/** As by default, with fewer flags, which takes half the time. */
const ONE_PAGE: Place = { flags: [NO_FLAGS, READ | WRITE] };

/** Those that the default scope doesn't show, each with a small one that does. */
const ELSEWHERE: { readonly [name: string]: Place } = {
  "defect:eager-clone-serves-faults": TWO_PAGES,
  "defect:protect-stops-at-absent-page": TWO_PAGES,
  "defect:fault-brings-neighbour-in": TWO_PAGES,
  "defect:read-only-pages-share-frame": TWO_PAGES,
  "defect:data-frame-not-zeroed": TWO_PAGES,
  "defect:unmap-frees-first-frame-only": TWO_PAGES,
  "defect:unmap-leaks-behind-absent-page": TWO_PAGES,
  "defect:guard-table-taken-for-empty": TWO_PAGES,
  "defect:table-in-use-freed": TWO_PAGES,
  "defect:flush-first-page-only": TWO_PAGES,
  "defect:failed-command-leaves-cut-off-end": TWO_PAGES_AND_FAILURES,
  "defect:failed-protect-leaves-pages": TWO_PAGES_AND_FAILURES,
  // One on each side of the middle of a table.
  "defect:half-empty-table-freed": { ...TWO_PAGES, base: virtAddr(0xff000) },
  "defect:linear-split-restarts": { pages: 3, flags: [READ], commands: ["map", "unmap"] },
  "defect:eager-map-forgets-last-page": { pages: 9, flags: [READ], commands: ["map"] },
  "defect:fault-drops-other-flags": { flags: [READ | USER] },
  "defect:x86-64-tables-not-for-users": { flags: [READ | USER] },
  "defect:ept-execute-in-bit-10": { flags: [READ | EXECUTE] },
  "defect:tlb-tags-of-32-bits": { base: virtAddr(2 ** 32) },
  // Above the physical addresses that are tried.
  "defect:linear-offset-without-sign": { base: virtAddr(2 ** 40) },
  // A page and the four tables above it take one frame more.
  "defect:one-frame-too-many": { frames: 4 },
  // What these two remember is in no state. With twelve frames three pages that are unmapped must fit again.
  "defect:fault-restores-first-flags": { paths: true },
  "defect:freed-frames-count-as-used": {
    pages: 3,
    frames: 12,
    flags: [READ],
    commands: ["map", "unmap"],
    paths: true,
  },
};

/** Those that no small scope finds, each with what it takes. The suites of the planted find them. */
const BEYOND: { readonly [name: string]: string } = {
  "defect:unmap-drops-whole-huge-page": "a huge page",
  "defect:protect-changes-whole-huge-page": "a huge page",
  "defect:split-parts-same-address": "a huge page",
  "defect:split-drops-other-flags": "a huge page",
  "defect:split-gigapage-as-small": "a huge page",
  "defect:huge-page-physical-unaligned": "a huge page",
  "defect:huge-map-rounds-up": "a huge page",
  "defect:gigapage-maps-first-2-mib": "a huge page",
  "defect:no-flush-on-split": "a huge page",
  "defect:huge-page-flushed-as-small": "a huge page",
  "defect:tlb-huge-page-as-small": "a huge page",
  "defect:failed-split-says-ok": "a huge page",
  "defect:aarch64-block-without-af": "a huge page",
  "defect:translate-offset-of-4-kib": "a huge page, and a query: translate",
  "defect:guard-page-readable": "a query: read",
  "defect:read-repeats-first-page": "a query: read",
  "defect:can-access-ends-only": "a query: can-access",
  "defect:can-access-any-flag": "a query: can-access",
  "defect:fault-inside-page-refused": "an address inside a page",
  "defect:tlb-hit-loses-offset": "an address inside a page",
  "defect:data-frame-half-zeroed": "a byte inside a page",
  "defect:write-repeats-first-bytes": "a write to two pages",
  "defect:refused-write-half-done": "a write to two pages",
  "defect:range-across-end-accepted": "a range that leaves the space",
  "defect:empty-range-at-end-refused": "a size of 0",
  "defect:unmap-rounds-size-up": "a size that is no multiple of the page",
  "defect:unaligned-physical-accepted": "a physical address that is no multiple of the page",
  "defect:sv39-page-number-of-32-bits": "a physical address of 16 GiB or more",
};

const PLANTED = plantedOn("address-space");
const WITHIN = PLANTED.filter(({ name }) => !Object.hasOwn(BEYOND, name));

describe.each(WITHIN)("$name", (defect) => {
  test("is found by the check that it names, with no longer a trace than by chance, again and again", async () => {
    await expectFound(defect, [ELSEWHERE[defect.name] ?? DEFAULT]);
  });
});

describe("what takes more than a small scope has", () => {
  test.each(PLANTED.filter(({ name }) => Object.hasOwn(BEYOND, name)))(
    "is $name, which is not found",
    async ({ subject }) => {
      expect(await findIn(subject, [ONE_PAGE])).toBeUndefined();
    },
  );
});

describe("the tables", () => {
  const names = [...Object.keys(ELSEWHERE), ...Object.keys(BEYOND)].sort();

  test("are about defects that there are, each in one of them", () => {
    expect(names).toEqual(
      PLANTED.map(({ name }) => name)
        .filter((name) => names.includes(name))
        .sort(),
    );
  });

  test("leave as many as docs/checking.md says", () => {
    expect([PLANTED.length, WITHIN.length, PLANTED.length - names.length]).toEqual([87, 59, 36]);
  });
});
