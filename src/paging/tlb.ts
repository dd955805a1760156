import { type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";
import { FRAME_SIZE } from "./format.ts";

/** Who has to hear of changed translations. */
export interface TranslationCache {
  /** The translation of the page of `level` that begins at `addr` is not valid any more. */
  flush(addr: VirtAddr, level: number): void;
  /** No translation is valid any more. */
  flushAll(): void;
}

/** Places in each of the caches, a power of two. */
const PLACES = 64;
const ALL_PLACES = 3 * PLACES;

/**
 * A translation lookaside buffer: one direct-mapped cache for each size of page, as many processors have. It
 * forgets a translation only when it is told to, or for want of a place.
 *
 * A flush names the level of the page that was there, as the level hint of AArch64's TLBI does (Arm ARM,
 * FEAT_TTL): one with the wrong level may leave the entry. So splitting a huge page has to flush the huge one.
 */
export class Tlb implements TranslationCache {
  // Page numbers by place, -1 where there is none; places 0 to 63 are for level 0, and so on.
  readonly #pages = new Float64Array(ALL_PLACES).fill(-1);
  readonly #physicals = new Float64Array(ALL_PLACES);
  readonly #flags = new Uint8Array(ALL_PLACES);
  // A bit for each place that was filled since all was flushed.
  readonly #used = new Int32Array(ALL_PLACES >> 5);
  #place = 0;
  #size = FRAME_SIZE;

  /** Whether there is a translation for `addr`; `physical` and `flags` then say which. */
  lookUp(addr: VirtAddr): boolean {
    let size = FRAME_SIZE;
    for (let level = 0; level < 3; level++) {
      const page = Math.floor(addr / size);
      const place = placeOf(page, level);
      if (this.#pages[place] === page) {
        this.#place = place;
        this.#size = size;
        return true;
      }
      size *= 512;
    }
    return false;
  }

  /** What the translation that `lookUp` found makes of `addr`. */
  physical(addr: VirtAddr): PhysAddr {
    return physAddr(at(this.#physicals, this.#place) + (addr % this.#size));
  }

  /** The flags of the translation that `lookUp` found. */
  get flags(): Flags {
    return at(this.#flags, this.#place);
  }

  /** Keeps the translation of the page of `size` bytes that contains `addr` and begins at `physical`. */
  fill(addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags): void {
    const level = size === FRAME_SIZE ? 0 : size === FRAME_SIZE * 512 ? 1 : 2;
    const page = Math.floor(addr / size);
    this.#put(placeOf(page, level), page, physical, flags);
  }

  flush(addr: VirtAddr, level: number): void {
    const page = addr / sizeOf(level);
    const place = placeOf(page, level);
    if (this.#pages[place] === page) this.#pages[place] = -1;
  }

  flushAll(): void {
    for (let place = this.#nextUsed(0); place < ALL_PLACES; place = this.#nextUsed(place + 1)) {
      this.#pages[place] = -1;
    }
    this.#used.fill(0);
  }

  /** Remembers every translation. What it returns brings them back, as often as it is called. */
  snapshot(): () => void {
    const pages = this.#pages.slice();
    const physicals = this.#physicals.slice();
    const flags = this.#flags.slice();
    const used = this.#used.slice();
    return () => {
      this.#pages.set(pages);
      this.#physicals.set(physicals);
      this.#flags.set(flags);
      this.#used.set(used);
    };
  }

  /** Calls `visit` for every translation; `size` is that of its page, in bytes. */
  forEach(visit: (addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags) => void): void {
    for (let place = this.#nextUsed(0); place < ALL_PLACES; place = this.#nextUsed(place + 1)) {
      const page = at(this.#pages, place);
      if (page < 0) continue;
      const size = sizeOf(Math.floor(place / PLACES));
      visit(virtAddr(page * size), size, physAddr(at(this.#physicals, place)), at(this.#flags, place));
    }
  }

  #put(place: number, page: number, physical: number, flags: Flags): void {
    this.#pages[place] = page;
    this.#physicals[place] = physical;
    this.#flags[place] = flags;
    this.#used[place >> 5] = at(this.#used, place >> 5) | (1 << (place & 31));
  }

  /** The first place from `place` on that was filled since all was flushed; `ALL_PLACES` where there is none. */
  #nextUsed(place: number): number {
    let bits = at(this.#used, place >> 5) & (-1 << (place & 31));
    for (let word = place >> 5; word < this.#used.length; bits = at(this.#used, ++word)) {
      if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
    }
    return ALL_PLACES;
  }
}

/** What a column holds at a place. */
function at(column: ArrayLike<number>, place: number): number {
  return column[place] ?? 0;
}

function sizeOf(level: number): number {
  return FRAME_SIZE * 512 ** level;
}

/** Where the page with this number goes. */
function placeOf(page: number, level: number): number {
  return level * PLACES + (page % PLACES);
}
