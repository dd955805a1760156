/**
 * A small random source that expands what is drawn from fast-check for a run into the many numbers that
 * its commands need. Drawing each of them from fast-check costs more than carrying the command out.
 * Source: Chris Doty-Humphrey's sfc32 (PractRand, public domain).
 */
export class Dice {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /** Starts over from three integers of up to 32 bits. Equal ones give equal throws. */
  seed(a: number, b: number, c: number): void {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    this.counter = 1;
    // The first few depend on the seeds too plainly.
    for (let throws = 0; throws < 12; throws++) this.bits();
  }

  /** An integer in [0, bound), `bound` at most 2^52. All but uniform for small bounds. */
  below(bound: number): number {
    const bits = this.bits() >>> 0;
    // In integers where they suffice: this is called several times for each request.
    return bound <= 0x10000 ? ((bits >>> 16) * bound) >>> 16 : Math.floor((bits / 2 ** 32) * bound);
  }

  /** Whether a chance of `times` in `outOf` comes true. */
  chance(times: number, outOf: number): boolean {
    return this.below(outOf) < times;
  }

  private bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum;
  }
}
