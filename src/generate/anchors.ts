import type { Dice } from "./dice.ts";

const CAPACITY = 24;

/**
 * The places where something is likely to happen: the boundaries of the commands so far, in pages. Bugs of
 * memory-mapping code live at boundaries, so most addresses are drawn at or beside one of these.
 */
export class Anchors {
  private readonly places = new Float64Array(CAPACITY);
  private used = 0;
  private next = 0;

  /** Forgets all places. */
  clear(): void {
    this.used = 0;
    this.next = 0;
  }

  /** Remembers `page`, in the place of the oldest one when there are many. */
  add(page: number): void {
    this.places[this.next] = page;
    this.next = (this.next + 1) % CAPACITY;
    if (this.used < CAPACITY) this.used++;
  }

  /** One of the places, each as likely as another; 0 if there is none. */
  pick(dice: Dice): number {
    return this.used === 0 ? 0 : (this.places[dice.below(this.used)] ?? 0);
  }
}
