/** All states of a few pages, and what turns them into others, written down apart from whatever merges them. */
import type { Scope } from "../generate/scope.ts";
import { virtAddr } from "../trace/address.ts";

/** Bytes in a page. */
export const PAGE = 0x1000;
/** Where scopes begin: not at 0, so that what is mirrored about the wrong place shows. */
export const BASE = 0x7000;

/** A scope of so many pages: every range of them, mapped, unmapped and protected. */
export function scopeOf(pages: number, flags: readonly number[], parts: Partial<Scope> = {}): Scope {
  return {
    space: { base: virtAddr(BASE), size: pages * PAGE, page: PAGE, frames: 0 },
    flags,
    commands: ["map", "replace", "unmap", "protect"],
    backends: ["mock"],
    inject: false,
    ...parts,
  };
}

/**
 * A state, page by page: 0 for a page in no area, else twice the number of its flags, counted from 1, plus 1 where an
 * area begins.
 */
export type Cells = readonly number[];

/** Every state of so many pages, with so many flags. */
export function everyState(pages: number, flags: number): Cells[] {
  if (pages === 0) return [[]];
  return everyState(pages - 1, flags).flatMap((cells) => {
    const last = cells.at(-1) ?? 0;
    const begun = Array.from({ length: flags }, (_, index) => 2 * index + 3);
    const goesOn = last === 0 ? [] : [last & ~1];
    return [0, ...begun, ...goesOn].map((cell) => [...cells, cell]);
  });
}

/** What turns states into others: the index of the flags that come in place of each, and whether ends change places. */
export interface Turn {
  readonly flags: readonly number[];
  readonly mirrors: boolean;
}

/** Every permutation of so many flags, with and without mirroring; what leaves all as it is comes first. */
export function everyTurn(flags: number): Turn[] {
  const all = Array.from({ length: flags }, (_, index) => index);
  return [false, true].flatMap((mirrors) => permutationsOf(all).map((each) => ({ flags: each, mirrors })));
}

function permutationsOf(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    permutationsOf(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

/** The state that a turn makes of one. */
export function turned(cells: Cells, { flags, mirrors }: Turn): Cells {
  const other = cells.map((cell) => (cell === 0 ? 0 : 2 * (flags[(cell >> 1) - 1] ?? 0) + 2 + (cell & 1)));
  if (!mirrors) return other;
  return other
    .map((cell, page) => {
      const next = other[page + 1] ?? 0;
      // Where an area ends its mirror image begins: next comes a page in no area, or the first one of another.
      const ends = next === 0 || (next & 1) === 1;
      return cell === 0 ? 0 : (cell & ~1) | (ends ? 1 : 0);
    })
    .reverse();
}

/** How many states there are up to turns: by Burnside's lemma, as many as a turn leaves as they are on average. */
export function countByBurnside(pages: number, flags: number): number {
  const [states, turns] = [everyState(pages, flags), everyTurn(flags)];
  const kept = turns.map((turn) => states.filter((state) => `${turned(state, turn)}` === `${state}`).length);
  return kept.reduce((sum, count) => sum + count, 0) / turns.length;
}
