/**
 * The memory set over a few pages as a Promela model, for SPIN: what the project's own checker is measured by.
 *
 * The whole state is one integer of bit planes with `pages` bits each, the first page in the lowest bit:
 *
 *     begins | flags, high bit | flags, low bit        (no high bits where there is one kind of flags)
 *
 * A page that is mapped has its flags, 1 to 3, in the planes of flags, and its bit in `begins` if an area
 * begins there. A page that is not mapped has no bit at all. Each command over each range is a single
 * assignment with constants: one transition of SPIN, without a state in between.
 */

/** The largest scope whose states fit into the 31 bits that an `int` of Promela has without its sign. */
const MAX_PAGES = 10;
const MAX_FLAGS = 3;

/** The pages `[from, to)`. */
interface PageRange {
  readonly from: number;
  readonly to: number;
}

/** Where the bits of a state are. */
interface Layout {
  readonly pages: number;
  readonly flags: number;
  /** The lowest bit of each plane of flags. */
  readonly planes: readonly number[];
  /** The lowest bit of the plane that says where areas begin. */
  readonly begins: number;
}

/**
 * The model in Promela: every command, in every state, over every range of `pages` pages (1 to 10) with every
 * flags of `flags` kinds (1 to 3). Throws a `RangeError` for other numbers.
 *
 * SPIN stores exactly the states of the memory set. Each option of the loop can always be taken, also where
 * it changes nothing, so that a state has one transition for each command. SPIN reports one more than all
 * these: it counts how often it came to a state, and the first time it came to the initial one by no command.
 */
export function promelaOf(pages: number, flags: number): string {
  if (!isWithin(pages, MAX_PAGES) || !isWithin(flags, MAX_FLAGS)) {
    throw new RangeError(`no model of ${pages} pages with ${flags} kinds of flags`);
  }
  const planes = flags > 1 ? [0, pages] : [0];
  const layout: Layout = { pages, flags, planes, begins: planes.length * pages };
  const options = rangesOf(pages).flatMap((range) => commandsOver(layout, range));
  return ["active proctype memory_set() {", "  int s;", "  do", ...options, "  od", "}", ""].join("\n");
}

function isWithin(count: number, most: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= most;
}

function rangesOf(pages: number): PageRange[] {
  const starts = Array.from({ length: pages }, (_, from) => from);
  return starts.flatMap((from) =>
    Array.from({ length: pages - from }, (_, more) => ({ from, to: from + 1 + more })),
  );
}

function commandsOver(layout: Layout, range: PageRange): string[] {
  const name = `[${range.from}, ${range.to})`;
  const unmapped = afterUnmap(layout, range);
  const kinds = Array.from({ length: layout.flags }, (_, index) => index + 1);
  return [
    option(`unmap ${name}`, unmapped),
    ...kinds.flatMap((flag) => [
      option(`map ${name} ${flag}`, afterMap(layout, range, flag)),
      option(`replace ${name} ${flag}`, `${unmapped} | ${area(layout, range, flag)}`),
      option(`protect ${name} ${flag}`, afterProtect(layout, range, flag)),
    ]),
  ];
}

function option(command: string, after: string): string {
  return `  :: s = ${after} /* ${command} */`;
}

/** Refused, with the state as it was, where a page of the range is mapped. */
function afterMap(layout: Layout, range: PageRange, flag: number): string {
  return `(s & ${flagBits(layout, range)} -> s : s | ${area(layout, range, flag)})`;
}

/**
 * What is left of an area behind the range begins at its end. Where another area begins there, or this one
 * would have gone on, the bit is the same, so that it is enough to ask whether the page is mapped.
 */
function afterUnmap(layout: Layout, range: PageRange): string {
  const kept = without(layout, flagBits(layout, range) | (pagesOf(range) << layout.begins));
  return anyOf([`(s & ${kept})`, ...beginBehind(layout, range, isMapped(layout, range.to))]);
}

/**
 * The mapped pages of the range get `flag`. An area that reaches across an end of the range is split there
 * if its last page inside changes. Where an area begins anyway, the bit of the split is there already.
 *
 *     [area··········)                [area··········)
 *           [range·······)      [range·······)
 *           ^ if `from` changes              ^ `to`, if it is mapped and `to - 1` changes
 */
function afterProtect(layout: Layout, range: PageRange, flag: number): string {
  if (layout.flags === 1) return "s";
  const last = changes(layout, range.to - 1, flag);
  return anyOf([
    ...reflagged(layout, range, flag),
    `(${changes(layout, range.from, flag)} << ${layout.begins + range.from})`,
    ...beginBehind(layout, range, `(${last} & ${isMapped(layout, range.to)})`),
  ]);
}

/** The state with the flags of the mapped pages of `range` put to `flag`: the bits that are set in it. */
function reflagged({ planes, ...layout }: Layout, range: PageRange, flag: number): string[] {
  const set = planes.filter((_, index) => flag & (1 << index));
  const cleared = planes.filter((plane) => !set.includes(plane));
  const lost = cleared.reduce((bits, plane) => bits | (pagesOf(range) << plane), 0);
  const gained = set.flatMap((to) =>
    planes.filter((from) => from !== to).map((from) => moved(pagesOf(range), from, to)),
  );
  return [`(s & ${without({ planes, ...layout }, lost)})`, ...gained];
}

/** The bits of `pages` in the plane that begins at bit `from`, put into the one that begins at bit `to`. */
function moved(pages: number, from: number, to: number): string {
  const bits = `(s & ${pages << from})`;
  return from < to ? `(${bits} << ${to - from})` : `(${bits} >> ${from - to})`;
}

/** 1 if `page` is mapped with other flags than `flag`. */
function changes({ pages }: Layout, page: number, flag: number): string {
  if (flag === 1) return bit(pages + page);
  if (flag === 2) return bit(page);
  return `(${bit(page)} ^ ${bit(pages + page)})`;
}

/** 1 if `page` is mapped. */
function isMapped({ planes }: Layout, page: number): string {
  return `(${anyOf(planes.map((plane) => bit(plane + page)))})`;
}

/** The begin of an area at the end of `range`, if `condition` is 1; none where the pages end. */
function beginBehind({ pages, begins }: Layout, { to }: PageRange, condition: string): string[] {
  return to === pages ? [] : [`(${condition} << ${begins + to})`];
}

/** The bits of one new area over the whole range. */
function area({ planes, begins }: Layout, range: PageRange, flag: number): number {
  return planes
    .filter((_, index) => flag & (1 << index))
    .reduce((bits, plane) => bits | (pagesOf(range) << plane), 1 << (begins + range.from));
}

/** All the bits of flags that the pages of `range` can have. */
function flagBits({ planes }: Layout, range: PageRange): number {
  return planes.reduce((bits, plane) => bits | (pagesOf(range) << plane), 0);
}

/** Every bit that a state can have, but not `bits`. */
function without({ pages, begins }: Layout, bits: number): number {
  return (2 ** (begins + pages) - 1) & ~bits;
}

/** The pages of `range` as bits of a plane. */
function pagesOf({ from, to }: PageRange): number {
  return (1 << to) - (1 << from);
}

function bit(index: number): string {
  return index === 0 ? "(s & 1)" : `((s >> ${index}) & 1)`;
}

function anyOf(bits: readonly string[]): string {
  return bits.join(" | ");
}
