import { SMALL_SPACE_PAGES, standardSpaces } from "../explore/spaces.ts";
import { virtAddr } from "../trace/address.ts";
import type { Hello, Space } from "../trace/space.ts";

/** How large the spaces of a trial are. */
export const SPACE_SIZES = ["small", "large"] as const;

/** One of the two. */
export type SpaceSize = (typeof SPACE_SIZES)[number];

/** The large space of the memory-set surface, for which a campaign has only a small one: 2^26 pages. */
const LARGE_SET: Space = { base: virtAddr(0), size: 2 ** 38, page: 0x1000, frames: 0 };

/**
 * The spaces that the runs of a trial take place in, in turn: those of a campaign that are small, 16 pages, or those
 * that are large, 2^26 pages. They are the same for all strategies.
 */
export function spacesOf(size: SpaceSize, hello: Hello): readonly Space[] {
  const standard = standardSpaces(hello);
  const isSmall = (space: Space) => space.size / space.page === SMALL_SPACE_PAGES;
  if (size === "small") return standard.filter(isSmall);
  return hello.surface === "memory-set" ? [LARGE_SET] : standard.filter((space) => !isSmall(space));
}

const HUGE = "a huge page, of 2 MiB or more";

/** The planted defects that 16 pages from address 0 on can't show, each with what it takes. They have no small trials. */
export const BEYOND_SMALL: { readonly [defect: string]: string } = {
  "defect:unmap-drops-whole-huge-page": HUGE,
  "defect:protect-changes-whole-huge-page": HUGE,
  "defect:split-parts-same-address": HUGE,
  "defect:split-drops-other-flags": HUGE,
  "defect:split-gigapage-as-small": HUGE,
  "defect:huge-page-physical-unaligned": HUGE,
  "defect:huge-map-rounds-up": HUGE,
  "defect:gigapage-maps-first-2-mib": HUGE,
  "defect:no-flush-on-split": HUGE,
  "defect:huge-page-flushed-as-small": HUGE,
  "defect:tlb-huge-page-as-small": HUGE,
  "defect:translate-offset-of-4-kib": HUGE,
  "defect:failed-split-says-ok": HUGE,
  "defect:aarch64-block-without-af": HUGE,
  "defect:half-empty-table-freed": "pages on both sides of the middle of a table",
  "defect:tlb-tags-of-32-bits": "pages 4 GiB apart",
};

/** Whether the spaces of this size can show the defect. */
export function canShow(size: SpaceSize, defect: string): boolean {
  return size === "large" || !Object.hasOwn(BEYOND_SMALL, defect);
}
