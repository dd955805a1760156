/** What is different between two states, page by page and area by area. */
import type { PageRun, ShownArea, Snapshot } from "../explore/snapshot.ts";
import { type VirtAddr, virtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";
import { areaName } from "./columns.ts";

/** How a page is mapped. */
export interface Mapping {
  readonly flags: Flags;
  /** That of the page's first byte, where the side knows. */
  readonly physical?: number;
}

/** Pages that follow each other and have changed alike: [start, end) in bytes. */
export interface PageChange {
  readonly start: VirtAddr;
  readonly end: VirtAddr;
  /** Of the first page; absent where there was none, and where there is none now. */
  readonly before?: Mapping;
  readonly after?: Mapping;
}

/** The pages that are mapped otherwise than before, in address order: cut where either side has a boundary. */
export function pageChanges(before: Snapshot, after: Snapshot): readonly PageChange[] {
  const runs = [...before.pages, ...after.pages];
  const boundaries = [...new Set(runs.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const changes: PageChange[] = [];
  for (const [index, start] of boundaries.entries()) {
    const end = boundaries[index + 1];
    if (end === undefined) break;
    const [old, now] = [mappingAt(before.pages, start), mappingAt(after.pages, start)];
    if (isSameMapping(old, now)) continue;
    changes.push({ start, end, ...(old && { before: old }), ...(now && { after: now }) });
  }
  return changes;
}

/** How the page at `addr` is mapped. */
export function mappingAt(pages: readonly PageRun[], addr: number): Mapping | undefined {
  const run = pages.find(({ start, end }) => start <= addr && addr < end);
  if (run === undefined) return undefined;
  const { flags, physical } = run;
  return { flags, ...(physical !== undefined && { physical: physical + (addr - run.start) }) };
}

/** Whether nothing shows that the two differ: what only one side knows says nothing. */
export function isSameMapping(one: Mapping | undefined, other: Mapping | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.flags === other.flags && !isElsewhere(one, other);
}

/** Whether the two are known to be in different places of memory. */
export function isElsewhere(one: Mapping, other: Mapping): boolean {
  return one.physical !== undefined && other.physical !== undefined && one.physical !== other.physical;
}

/** The areas that one state has and the other hasn't. */
export function areasOnlyIn(one: Snapshot, other: Snapshot): readonly ShownArea[] {
  return one.areas.filter((area) => !other.areas.some((each) => isSameArea(area, each)));
}

function isSameArea(one: ShownArea, other: ShownArea): boolean {
  return one.start === other.start && one.end === other.end && areaName(one) === areaName(other);
}

/** Whether `next` is about the pages behind those of `last`, and they have the same flags before and after. */
export function isAlike(last: PageChange, next: PageChange): boolean {
  const sameFlags = (side: "before" | "after") => last[side]?.flags === next[side]?.flags;
  return last.end === next.start && sameFlags("before") && sameFlags("after");
}

/** Whether `next` lies behind `last` in memory too, before and after. */
export function isInStep(last: PageChange, next: PageChange): boolean {
  return (["before", "after"] as const).every((side) => {
    const [first, behind] = [last[side]?.physical, next[side]?.physical];
    return first === undefined ? behind === undefined : first + (last.end - last.start) === behind;
  });
}

/** The lowest address at which something of two sides differs: an area, or a page. */
export function firstDifference(expected: Snapshot, observed: Snapshot): VirtAddr | undefined {
  const areas = [...areasOnlyIn(expected, observed), ...areasOnlyIn(observed, expected)];
  const places = [
    ...pageChanges(expected, observed).map(({ start }) => start),
    ...areas.flatMap((area) => firstOf(area, areas, expected, observed)),
  ];
  return places.length === 0 ? undefined : virtAddr(Math.min(...places));
}

/** The first page of an area whose area is another one on the other side. */
function firstOf(
  { start, end }: ShownArea,
  areas: readonly ShownArea[],
  expected: Snapshot,
  observed: Snapshot,
): readonly number[] {
  const inside = areas
    .flatMap((other) => [other.start, other.end])
    .filter((addr) => start < addr && addr < end);
  return [start, ...inside.sort((a, b) => a - b)]
    .filter((addr) => textAt(expected, addr) !== textAt(observed, addr))
    .slice(0, 1);
}

function textAt(snapshot: Snapshot, addr: number): string {
  return areasAt(snapshot, addr)
    .map(({ start, flags, backend, physical }) => {
      // Where a linear area begins doesn't matter, as long as the page is mapped to the same place.
      const place = physical === undefined ? "" : physical + (addr - start);
      return `${flags} ${backend} ${place}`;
    })
    .join();
}

/** The areas that the page at `addr` is in: one, unless they are malformed. */
export function areasAt(snapshot: Snapshot, addr: number): readonly ShownArea[] {
  return snapshot.areas.filter(({ start, end }) => start <= addr && addr < end);
}
