import { alignUp } from "../trace/address.ts";
import type { Space } from "../trace/space.ts";
import type { Dice } from "./dice.ts";

/** Spaces of at most this many pages are used as a whole. */
const SMALL_SPACE_PAGES = 64;
/** How many pages of a larger space most runs use. */
const SMALL_WINDOW_PAGES = 16;

/** How many pages of 4 KiB the next larger page of every format has, 2 MiB. */
export const LARGE_PAGE = 512;
/** How many a page of 1 GiB has. */
export const GIANT_PAGE = 2 ** 18;

/** How many large or giant pages a run uses that works with such. */
const LARGE_PAGES = 6;
const GIANT_PAGES = 2;

/** One run in so many works with giant pages, of those in a space that has room for them. */
const GIANT_RUNS = 128;
/** The longest run that does: each of its commands takes as long as hundreds of others. */
const GIANT_LENGTH = 10;

/** How many pages a run maps at once, but for those with giant pages. */
const USUAL_BOUND = 4096;
/** The most that the contract allows. */
const LARGEST_BOUND = 2 ** 18;

/**
 * The part of a space that one run works in, so that its commands meet. In pages.
 *
 *     |- - - - - - - - space - - - - - - - -|
 *           |-- window, in units --|
 */
export class Window {
  /** The first page, and the first behind it. */
  from = 0;
  to = 0;
  /** The size that areas have multiples of: 1, `LARGE_PAGE` or `GIANT_PAGE`. */
  unit = 1;
  /** At most so many pages are mapped at once. */
  bound = USUAL_BOUND;
  private readonly spaceFrom: number;
  private readonly spaceTo: number;
  private readonly hasLargePages: boolean;

  /** `hasLargePages` says whether there are larger pages than those of the space. */
  constructor(space: Space, hasLargePages: boolean) {
    this.hasLargePages = hasLargePages;
    this.spaceFrom = space.base / space.page;
    this.spaceTo = this.spaceFrom + space.size / space.page;
  }

  /** Selects anew. */
  draw(dice: Dice): void {
    this.bound = USUAL_BOUND;
    const pages = this.spaceTo - this.spaceFrom;
    if (pages <= SMALL_SPACE_PAGES) {
      this.place(dice, 1, pages);
    } else if (!this.hasLargePages) {
      this.place(dice, 1, SMALL_WINDOW_PAGES);
    } else if (pages > 2 * GIANT_PAGES * GIANT_PAGE && dice.chance(1, GIANT_RUNS)) {
      this.bound = LARGEST_BOUND;
      this.place(dice, GIANT_PAGE, GIANT_PAGES);
    } else if (pages > 2 * LARGE_PAGES * LARGE_PAGE && dice.chance(1, 4)) {
      this.place(dice, LARGE_PAGE, LARGE_PAGES);
    } else {
      this.place(dice, 1, SMALL_WINDOW_PAGES);
    }
  }

  /** Whether it begins with a giant page. */
  get hasGiant(): boolean {
    return this.unit === GIANT_PAGE && this.to - this.from >= GIANT_PAGE;
  }

  /** The longest that a run may be, of `most` requests. */
  length(most: number): number {
    return this.bound === LARGEST_BOUND ? Math.min(most, GIANT_LENGTH) : most;
  }

  /** A page in the window: of units larger than a page mostly the first of one. */
  page(dice: Dice): number {
    if (this.unit === 1 || dice.chance(1, 4)) return this.from + dice.below(this.to - this.from);
    const units = Math.floor((this.to - 1 - this.from) / this.unit);
    return this.from + this.unit * dice.below(units + 1);
  }

  /** Begins at a multiple of `unit` and has `units` of them, or as many as there is room for at the end. */
  private place(dice: Dice, unit: number, units: number): void {
    const pages = unit * units;
    const last = this.spaceTo - pages;
    const wanted = Math.min(Math.max(this.drawPlace(dice, pages), this.spaceFrom), last);
    this.unit = unit;
    this.from = alignUp(wanted, unit);
    this.to = Math.min(this.from + pages, this.spaceTo);
  }

  /** Where to begin: at the space's ends, around the boundary of a large or giant page, or anywhere. */
  private drawPlace(dice: Dice, pages: number): number {
    const anywhere = this.spaceFrom + dice.below(this.spaceTo - this.spaceFrom);
    switch (dice.below(5)) {
      case 0:
        return this.spaceFrom;
      case 1:
        return this.spaceTo - pages;
      case 2:
        return alignUp(anywhere, LARGE_PAGE) - pages / 2;
      case 3:
        return alignUp(anywhere, GIANT_PAGE) - pages / 2;
      default:
        return anywhere;
    }
  }
}
