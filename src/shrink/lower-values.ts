/** Which smaller numbers are tried in the place of one. All are in bytes, or all in units of something else. */

/** Up to this many pages every smaller value is tried, above it only some. */
const TRY_ALL_PAGES = 64;

/** The sizes of huge pages, in bytes: what a huge page maps moves and shrinks by multiples of these alone. */
const HUGE_PAGES = [2 ** 30, 2 ** 21] as const;

/**
 * Values below `value`, lowest first: every multiple of the page if they are few, else some. Then, where
 * `value` itself is no multiple, others that lie inside a page: as far from its start, or closer to it.
 */
export function* lowerValues(value: number, page: number): Generator<number> {
  yield* lowerMultiples(value, page);
  const offset = value % page;
  if (offset === 0) return;
  for (const lower of lowerMultiples(value - offset, page)) yield lower + offset;
  for (const closer of lowerMultiples(offset, 1)) if (closer > 0) yield value - offset + closer;
}

/** How much to take out of a gap of so many bytes: all, all but a page, half, a quarter, and so on to a page. */
export function cuts(gap: number, page: number): readonly number[] {
  const found = new Set([gap, ...HUGE_PAGES.map((huge) => floor(gap, huge)), gap - page]);
  for (let pages = Math.floor(gap / page / 2); pages >= 1; pages = Math.floor(pages / 2)) {
    found.add(roundCut(pages * page));
  }
  return [...found].filter((cut) => cut > 0);
}

/** The largest multiple of `unit` that is at most `value`. */
export function floor(value: number, unit: number): number {
  return value - (value % unit);
}

/** Where the first huge page of 2 MiB in a range could begin, and the last one end, if it could have one. */
export function hugePagesIn(start: number, end: number): readonly [first: number, last: number] | undefined {
  const [, large] = HUGE_PAGES;
  const [first, last] = [floor(start + large - 1, large), floor(end, large)];
  return first < last ? [first, last] : undefined;
}

/** Multiples of the page below `value`, lowest first. */
function* lowerMultiples(value: number, page: number): Generator<number> {
  const pages = Math.ceil(value / page);
  if (pages <= TRY_ALL_PAGES) {
    for (let lower = 0; lower < pages; lower++) yield lower * page;
    return;
  }
  const whole = pages * page;
  const found = new Set([0, page]);
  for (const huge of HUGE_PAGES) found.add(huge).add(floor(whole, huge));
  for (const cut of cuts(whole, page)) found.add(whole - cut);
  yield* [...found].filter((lower) => lower < value).sort((a, b) => a - b);
}

/** A large cut moves what lies above it by whole huge pages. */
function roundCut(cut: number): number {
  const [, large] = HUGE_PAGES;
  return cut < large ? cut : floor(cut, large);
}
