import { MAX_BYTES } from "../trace/numbers.ts";
import type { Dice } from "./dice.ts";

/** Bytes stored: few of them, so that what is read is often right by chance only if it is right. */
const VALUES = [0x00, 0xff, 0x01, 0xa5] as const;
const SHORT = 8;

/** Where in a page, and how far, a command reads or writes. Few places, so that what is written is read. */
export class Extent {
  /** In bytes from the start of the page. */
  offset = 0;
  /** In bytes. */
  size = 0;
  private readonly page: number;

  /** For pages of `page` bytes, at least 16. */
  constructor(page: number) {
    this.page = page;
  }

  /** Draws one inside a page: mostly a few bytes at its start or its end, sometimes the whole page. */
  drawInside(dice: Dice): void {
    this.size = 1 + dice.below(SHORT);
    const kind = dice.below(64);
    if (kind < 40) this.offset = 0;
    else if (kind < 52) this.offset = this.page - this.size;
    else if (kind < 58) this.offset = this.page / 2;
    else if (kind < 63) this.offset = SHORT;
    else this.set(0, Math.min(this.page, MAX_BYTES));
  }

  /** Draws one that may leave its page: mostly one inside, some across its end, few long. */
  draw(dice: Dice): void {
    const kind = dice.below(64);
    const before = 1 + dice.below(SHORT);
    if (kind < 48) this.drawInside(dice);
    else if (kind < 62) this.set(this.page - before, before + 1 + dice.below(SHORT));
    else this.set(dice.chance(1, 2) ? 0 : this.page - before, 1 + dice.below(MAX_BYTES));
  }

  private set(offset: number, size: number): void {
    this.offset = offset;
    this.size = size;
  }
}

/** Draws so many bytes; of long ones only the first and the last differ from the rest. */
export function drawBytes(dice: Dice, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  if (size > SHORT) {
    bytes.fill(drawByte(dice));
    bytes[0] = drawByte(dice);
    bytes[size - 1] = drawByte(dice);
    return bytes;
  }
  for (let index = 0; index < size; index++) bytes[index] = drawByte(dice);
  return bytes;
}

function drawByte(dice: Dice): number {
  return VALUES[dice.below(VALUES.length)] ?? 0;
}
