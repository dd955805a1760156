import { PHYSICAL_LIMIT } from "../trace/address-space-preconditions.ts";
import type { Dice } from "./dice.ts";
import { GIANT_PAGE, LARGE_PAGE, type Window } from "./window.ts";

const GIB = 2 ** 30;
/** Where the linear areas of a run lie: at the bottom, in RAM (from 2 GiB on), far up, at the very top. */
const BASES = [0, 2 * GIB, 2 ** 40, PHYSICAL_LIMIT - 4 * GIB] as const;

/** How many pages count as the bottom of memory: about as many as runs use. */
const LOWEST = 16;

/** Which physical addresses the linear areas of a run get. */
export class Physicals {
  private readonly page: number;
  /** The physical address of `origin`: both are multiples of 1 GiB. */
  private base = 0;
  private origin = 0;

  /** For pages of `page` bytes. */
  constructor(page: number) {
    this.page = page;
  }

  /** Begins a run. */
  begin(dice: Dice, window: Window): void {
    this.base = BASES[dice.below(BASES.length)] ?? 0;
    this.origin = Math.floor(window.from / GIANT_PAGE) * GIANT_PAGE * this.page;
  }

  /**
   * What `size` bytes from `start` are mapped to. Mostly in step with all others of the run, so that both
   * addresses lie alike in their large and giant pages; sometimes a few small or large pages beside that, at the
   * bottom of memory, or anywhere.
   */
  draw(dice: Dice, start: number, size: number): number {
    const kind = dice.below(16);
    const room = (PHYSICAL_LIMIT - size) / this.page;
    if (kind < 2) return Math.min(dice.below(LOWEST), room) * this.page;
    if (kind === 2) return dice.below(room + 1) * this.page;
    const inStep = this.inStepWith(start);
    if (kind > 6) return Math.min(inStep, PHYSICAL_LIMIT - size);
    const beside = (1 + dice.below(3)) * (dice.chance(1, 3) ? LARGE_PAGE : 1) * this.page;
    // Before it where there is room: below the virtual addresses, too, when these are what the others are in step with.
    const isBefore = beside <= inStep && dice.chance(1, 2);
    return Math.min(isBefore ? inStep - beside : inStep + beside, PHYSICAL_LIMIT - size);
  }

  private inStepWith(start: number): number {
    const physical = this.base + start - this.origin;
    // What begins far from the window would leave the physical addresses.
    const fits = physical >= 0 && physical <= this.base + 3 * GIB;
    return fits ? physical : this.base + (start % this.page);
  }
}
