import { Buffer } from "node:buffer";
import type { Hardware } from "../../src/trace/hardware.ts";
import { FRAME, firstWordOf, type HardwareWalk } from "./walk.ts";

/**
 * A walk, and the bytes of all tables that it came to. As long as the root is the same, and these bytes are, a processor
 * finds the same again: it reads nothing else.
 */
export class RememberedWalk {
  readonly walk: HardwareWalk;
  private readonly root: number;
  private readonly words: Uint32Array;
  // Where the tables are, and copies of them.
  private readonly tables: Uint8Array[] = [];
  private readonly copies: Uint8Array[] = [];

  /** `walk` is one of `hardware` as it is now, and goes on being that. */
  constructor(hardware: Hardware, walk: HardwareWalk) {
    this.walk = walk;
    this.root = hardware.root;
    this.words = hardware.words;
    for (let index = 0; index < walk.tableCount; index++) {
      const first = firstWordOf(hardware, walk.tables[index] ?? 0) * 4;
      const table = new Uint8Array(this.words.buffer, this.words.byteOffset + first, FRAME);
      this.tables.push(table);
      this.copies.push(table.slice());
    }
  }

  /** Whether a walk of `hardware` as it is now finds the same. Where memory has moved, nobody knows. */
  isOf(hardware: Hardware): boolean {
    if (hardware.root !== this.root || hardware.words !== this.words) return false;
    // From the last one, as what changes is at the bottom, mostly.
    for (let index = this.tables.length - 1; index >= 0; index--) {
      const table = this.tables[index];
      const copy = this.copies[index];
      if (table === undefined || copy === undefined || Buffer.compare(table, copy) !== 0) return false;
    }
    return true;
  }
}
