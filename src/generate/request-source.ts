import type { Request } from "../trace/request.ts";
import type { Dice } from "./dice.ts";

/** Draws the requests of one run after another, every one of them within the preconditions. */
export interface RequestSource {
  /** Begins a run, which three integers of up to 32 bits determine. */
  begin(a: number, b: number, c: number): void;
  /** How many requests the run that began has, from 1 to `most`. */
  length(most: number): number;
  /** The next request of the run. */
  next(): Request;
}

/** The length of a run: one in two is as long as allowed, the others are shorter, most of them much. */
export function drawLength(dice: Dice, most: number): number {
  return dice.chance(1, 2) ? most : 1 + Math.min(dice.below(most), dice.below(most));
}

/** An offset in a page of `page` bytes: mostly the first one or the last. */
export function drawOffset(dice: Dice, page: number): number {
  const kind = dice.below(4);
  if (kind < 2) return 0;
  return kind === 2 ? page - 1 : dice.below(page);
}
