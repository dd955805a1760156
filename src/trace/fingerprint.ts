/**
 * What tells one state from another, as bytes: whoever has a part of the state writes it, always in the same order.
 * Two states are the same if their bytes are. It grows as needed and is used again and again.
 */
export class Fingerprint {
  /** Only the first `length` count. */
  bytes = new Uint8Array(64);
  length = 0;

  /** Forgets everything, for the next state. */
  reset(): void {
    this.length = 0;
  }

  /** Whether the other one holds the same bytes. */
  equals({ bytes, length }: Fingerprint): boolean {
    if (length !== this.length) return false;
    for (let at = 0; at < length; at++) if (bytes[at] !== this.bytes[at]) return false;
    return true;
  }

  /** Adds a whole number from 0 to 255. Throws a RangeError for any other. */
  byte(value: number): void {
    if ((value & 0xff) !== value) throw new RangeError(`${value} is no byte`);
    const at = this.length;
    if (at === this.bytes.length) this.grow();
    this.bytes[at] = value;
    this.length = at + 1;
  }

  /** Adds some bytes. */
  add(bytes: Uint8Array): void {
    const at = this.length;
    const { length } = bytes;
    while (at + length > this.bytes.length) this.grow();
    // Faster than `set` for the few bytes that these mostly are.
    for (let index = 0; index < length; index++) this.bytes[at + index] = bytes[index] ?? 0;
    this.length = at + length;
  }

  /** Adds any whole number from 0 to 2^53 - 1: seven bits in a byte, the low ones first. Throws a RangeError for others. */
  number(value: number): void {
    if (!(Number.isSafeInteger(value) && value >= 0))
      throw new RangeError(`${value} is no whole number from 0 on`);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) + 128);
    this.byte(rest);
  }

  private grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
