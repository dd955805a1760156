import type { Dice } from "./dice.ts";

/** How far beside an anchor a page is drawn. */
const SHIFTS = [0, 0, 0, 0, 0, 1, 1, -1] as const;

/**
 * The places where something is likely to happen: the boundaries of the commands so far, in pages. Bugs of
 * memory-mapping code live at boundaries, so most addresses are drawn at or beside one of these.
 */
export class Anchors {
  private readonly places: Float64Array;
  private used = 0;
  private next = 0;

  /** Keeps at most `capacity` places. */
  constructor(capacity = 24) {
    this.places = new Float64Array(capacity);
  }

  /** Forgets all places. */
  clear(): void {
    this.used = 0;
    this.next = 0;
  }

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.used === 0;
  }

  /** Whether `page` is one of the places. */
  has(page: number): boolean {
    for (let at = 0; at < this.used; at++) {
      if (this.places[at] === page) return true;
    }
    return false;
  }

  /** Remembers `page`, in the place of the oldest one when there are many. */
  add(page: number): void {
    this.places[this.next] = page;
    this.next = (this.next + 1) % this.places.length;
    if (this.used < this.places.length) this.used++;
  }

  /** One of the places, each as likely as another; 0 if there is none. */
  pick(dice: Dice): number {
    return this.used === 0 ? 0 : (this.places[dice.below(this.used)] ?? 0);
  }

  /** One of the places, or the page before or behind it: the result can be -1. */
  pickNear(dice: Dice): number {
    return this.pick(dice) + (SHIFTS[dice.below(SHIFTS.length)] ?? 0);
  }
}
