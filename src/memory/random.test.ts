import seedrandom from "seedrandom";
import { expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { type Flags, RWX } from "../trace/flags.ts";
import { MockSet } from "./mock-set.fixture.ts";

const PAGE = 0x100;
const PAGES = 48;
const LIMIT = { start: virtAddr(0), end: virtAddr(PAGES * PAGE) };

/** One area's page: its flags, and whether the area begins here. */
interface Page {
  flags: Flags;
  begins: boolean;
}

/** A memory set as naive as can be: an array of pages. */
class Pages {
  readonly pages: (Page | undefined)[] = Array.from({ length: PAGES }, () => undefined);

  map(first: number, end: number, flags: Flags, replace: boolean): boolean {
    if (!replace && this.pages.slice(first, end).some((page) => page !== undefined)) return false;
    this.unmap(first, end);
    for (let page = first; page < end; page++) this.pages[page] = { flags, begins: page === first };
    return true;
  }

  unmap(first: number, end: number): void {
    this.pages.fill(undefined, first, end);
    const next = this.pages[end];
    if (first < end && next !== undefined) next.begins = true;
  }

  protect(first: number, end: number, flags: Flags): void {
    // One begins where the range begins or ends inside an area whose flags differ.
    for (const edge of [first, end]) {
      const [left, right] = [this.pages[edge - 1], this.pages[edge]];
      const changed = edge === first ? right : left;
      if (first < end && right !== undefined && !right.begins && changed?.flags !== flags)
        right.begins = true;
    }
    for (const page of this.pages.slice(first, end)) if (page !== undefined) page.flags = flags;
  }

  areas(): string[] {
    const areas: { first: number; end: number; flags: Flags }[] = [];
    this.pages.forEach((page, index) => {
      const last = areas.at(-1);
      if (page?.begins === true) areas.push({ first: index, end: index + 1, flags: page.flags });
      else if (page !== undefined && last !== undefined) last.end = index + 1;
    });
    return areas.map(({ first, end, flags }) => `${first}-${end} ${flags}`);
  }

  findFree(from: number, count: number): number | undefined {
    for (let first = from; first + count <= PAGES; first++) {
      if (this.pages.slice(first, first + count).every((page) => page === undefined)) return first * PAGE;
    }
    return undefined;
  }
}

test("20,000 random operations agree with an array of pages", () => {
  const random = seedrandom("memory set");
  const below = (bound: number) => Math.floor(random() * bound);
  const naive = new Pages();
  const mock = new MockSet(PAGE);
  for (let step = 0; step < 20_000; step++) {
    const first = below(PAGES);
    const end = Math.min(first + below(random() < 0.1 ? PAGES : 8), PAGES);
    const flags = below(RWX + 1);
    const [start, size] = [first * PAGE, (end - first) * PAGE];
    const kind = below(8);
    if (kind < 3 && first < end) {
      const replace = kind === 0;
      expect(mock.map(start, size, flags, replace).ok).toBe(naive.map(first, end, flags, replace));
    } else if (kind < 5) {
      expect(mock.unmap(start, size).ok).toBe(true);
      naive.unmap(first, end);
    } else {
      expect(mock.protect(start, size, flags).ok).toBe(true);
      naive.protect(first, end, flags);
    }
    const areas = Array.from(mock.set, (area) => `${area.start / PAGE}-${area.end / PAGE} ${area.flags}`);
    expect(areas).toEqual(naive.areas());
    expect(mock.pages()).toEqual(mock.pagesOfAreas());
    const probe = below(PAGES);
    const found = mock.set.find(virtAddr(probe * PAGE));
    expect(found?.flags).toBe(naive.pages[probe]?.flags);
    const count = 1 + below(6);
    expect(mock.set.findFreeArea(virtAddr(probe * PAGE), count * PAGE, LIMIT, PAGE)).toBe(
      naive.findFree(probe, count),
    );
  }
});
