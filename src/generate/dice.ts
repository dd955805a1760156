/**
 * A small random source that expands one integer drawn from fast-check into the few numbers that a
 * command needs. Drawing each of them from fast-check costs more than carrying the command out.
 * Source: Tommy Ettinger's mulberry32 (public domain).
 */
export class Dice {
  private state = 0;

  /** Starts over from `seed`, a 32-bit integer. Equal seeds give equal throws. */
  seed(seed: number): void {
    this.state = seed | 0;
  }

  /** An integer in [0, bound), `bound` at most 2^52. All but uniform for small bounds. */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const bits = (mixed ^ (mixed >>> 14)) >>> 0;
    // In integers where they suffice: this is called several times for each request.
    return bound <= 0x10000 ? ((bits >>> 16) * bound) >>> 16 : Math.floor((bits / 2 ** 32) * bound);
  }

  /** Whether a chance of `times` in `outOf` comes true. */
  chance(times: number, outOf: number): boolean {
    return this.below(outOf) < times;
  }
}
