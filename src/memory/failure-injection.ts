/**
 * A failure that is planted into something that is called again and again: the first calls go through, every
 * later one fails. Whoever can be made to fail asks `fires` once in each call.
 */
export class FailureInjection {
  #callsLeft = Number.POSITIVE_INFINITY;
  #calls = 0;
  #fired = 0;

  /** From here on the first `calls` calls go through and every later one fails. */
  failAfter(calls: number): void {
    this.#callsLeft = calls;
    this.#calls = 0;
    this.#fired = 0;
  }

  /** From here on no call is made to fail. */
  disarm(): void {
    this.failAfter(Number.POSITIVE_INFINITY);
  }

  /** How many calls there were since the last `failAfter` or `disarm`. */
  get calls(): number {
    return this.#calls;
  }

  /** How many calls were made to fail since the last `failAfter` or `disarm`. */
  get fired(): number {
    return this.#fired;
  }

  /** Counts one call and says whether it is one that is to fail. */
  fires(): boolean {
    this.#calls++;
    if (this.#callsLeft > 0) {
      this.#callsLeft--;
      return false;
    }
    this.#fired++;
    return true;
  }
}
