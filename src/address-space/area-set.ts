import { MemoryArea } from "../memory/area.ts";
import { MemorySet } from "../memory/memory-set.ts";
import type { PageTable } from "../paging/page-table.ts";
import type { VirtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";
import type { SpaceBackend } from "./backend.ts";

/** An area of an address space. */
export type SpaceArea = MemoryArea<Flags, PageTable, SpaceBackend>;

/**
 * The areas of an address space. A command of `MemorySet` that fails may have changed some of the areas in its
 * range; this set can put them back as they were:
 * ```
 *          [     command     ]
 *   [ area ]  [ area ]  [  area  ]      remember: all that the range touches
 *   [----------------------------]      restore: what is here now goes, and these come back
 * ```
 */
export class AreaSet extends MemorySet<Flags, PageTable, SpaceBackend> {
  // The areas that were remembered, as they were then. Columns are reused; the first `#count` are meant.
  #count = 0;
  readonly #areas: SpaceArea[] = [];
  readonly #starts: VirtAddr[] = [];
  readonly #ends: VirtAddr[] = [];
  readonly #flags: Flags[] = [];

  /** Remembers the areas that have an address in [`start`, `end`), instead of those from before. */
  remember(start: VirtAddr, end: VirtAddr): void {
    this.#count = 0;
    const first = this.lastBefore(start);
    if (first !== undefined && first.end > start) this.#remember(first);
    this.areas.forRange(start, end, false, (_start, area) => {
      this.#remember(area);
    });
  }

  /**
   * Puts the remembered areas back. `start` and `end` are the range that was remembered, in which, and in the
   * areas that reach out of it, anything may have changed since.
   */
  restore(start: VirtAddr, end: VirtAddr): void {
    const to = Math.max(end, this.#ends[this.#count - 1] ?? end);
    if (this.#isAsRemembered(start, to)) return;
    // An area that begins before `start` still does: it is replaced.
    this.areas.deleteRange(start, to, false);
    for (const [index, { backend }] of this.#areas.slice(0, this.#count).entries()) {
      const was = this.#starts[index] ?? start;
      const until = this.#ends[index] ?? end;
      this.areas.set(was, new MemoryArea(was, until - was, this.#flags[index] ?? 0, backend));
    }
  }

  /** Whether the areas in the range are those that were remembered, as they were. */
  #isAsRemembered(start: VirtAddr, to: number): boolean {
    let index = 0;
    const first = this.lastBefore(start);
    if (first !== undefined && first.end > start && !this.#isAt(index++, first)) return false;
    let same = true;
    this.areas.forRange(start, to, false, (_start, area) => {
      same &&= this.#isAt(index++, area);
    });
    return same && index === this.#count;
  }

  #isAt(index: number, area: SpaceArea): boolean {
    return (
      this.#areas[index] === area &&
      this.#starts[index] === area.start &&
      this.#ends[index] === area.end &&
      this.#flags[index] === area.flags
    );
  }

  #remember(area: SpaceArea): void {
    const index = this.#count++;
    this.#areas[index] = area;
    this.#starts[index] = area.start;
    this.#ends[index] = area.end;
    this.#flags[index] = area.flags;
  }
}
