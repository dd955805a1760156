import { type PhysAddr, physAddr } from "../trace/address.ts";
import { highAt, lowAt } from "./entry.ts";
import type { FrameView, PagingHandler } from "./handler.ts";

/** A place in a journal to go back to. */
export interface Savepoint {
  readonly entries: number;
  readonly taken: number;
  readonly released: number;
}

/**
 * What has been done to page tables and frames since a transaction began, so that it can be undone without
 * fail: undoing writes old entries back and needs no memory.
 *
 * A frame that is released stays handed out, with its bytes, until the transaction is committed. Until then
 * whoever undoes it finds it as it was.
 */
export class Journal {
  readonly #handler: PagingHandler;
  // Entries as they were: the table, the index in it, and both halves. Columns are reused.
  readonly #tables: number[] = [];
  readonly #indices: number[] = [];
  readonly #lows: number[] = [];
  readonly #highs: number[] = [];
  #entries = 0;
  readonly #taken: PhysAddr[] = [];
  readonly #released: PhysAddr[] = [];
  /** Whether a frame was asked for in vain since the transaction began. */
  ranOut = false;

  constructor(handler: PagingHandler) {
    this.#handler = handler;
  }

  /** A frame whose bytes are 0, or `undefined`. */
  allocFrame(use: "data" | "table"): PhysAddr | undefined {
    const frame = this.#handler.allocFrame(use);
    if (frame === undefined) this.ranOut = true;
    else this.#taken.push(frame);
    return frame;
  }

  /** Gives a frame back when the transaction is committed. */
  releaseFrame(frame: PhysAddr): void {
    this.#released.push(frame);
  }

  /** Replaces an entry of a table, whose memory is `view`. */
  write(table: PhysAddr, view: FrameView, index: number, low: number, high: number): void {
    const { words } = view;
    const at = this.#entries++;
    this.#tables[at] = table;
    this.#indices[at] = index;
    this.#lows[at] = lowAt(words, index);
    this.#highs[at] = highAt(words, index);
    words[2 * index] = low;
    words[2 * index + 1] = high;
  }

  /** Where the journal is now. */
  savepoint(): Savepoint {
    return { entries: this.#entries, taken: this.#taken.length, released: this.#released.length };
  }

  /** Makes everything final: what was released is given back. */
  commit(): void {
    for (const frame of this.#released) this.#handler.deallocFrame(frame);
    this.#forget();
  }

  /** Undoes everything since the transaction began. */
  rollback(): void {
    this.rollbackTo(START);
    this.#forget();
  }

  /** Undoes what was done since `savepoint`, the last first. */
  rollbackTo({ entries, taken, released }: Savepoint): void {
    while (this.#entries > entries) this.#restore(--this.#entries);
    for (const frame of this.#taken.splice(taken).reverse()) this.#handler.deallocFrame(frame);
    this.#released.length = released;
  }

  #restore(at: number): void {
    const table = physAddr(entryOf(this.#tables, at));
    const words = this.#handler.physToVirt(table)?.words;
    if (words === undefined)
      throw new Error(`the page table at 0x${table.toString(16)} is used after it was freed`);
    const index = entryOf(this.#indices, at);
    words[2 * index] = entryOf(this.#lows, at);
    words[2 * index + 1] = entryOf(this.#highs, at);
  }

  #forget(): void {
    this.#entries = 0;
    if (this.#taken.length > 0) this.#taken.length = 0;
    if (this.#released.length > 0) this.#released.length = 0;
    this.ranOut = false;
  }
}

const START: Savepoint = { entries: 0, taken: 0, released: 0 };

/** What a column holds for entry `at`. */
function entryOf(column: readonly number[], at: number): number {
  return column[at] ?? 0;
}
