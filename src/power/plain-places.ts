import fc from "fast-check";
import { SMALL_SPACE_PAGES } from "../explore/spaces.ts";
import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { addressLimit, type Terms } from "../trace/space.ts";
import type { Trail } from "./trail.ts";

/** A place that may depend on where earlier requests were. */
type At<T> = (trail: Trail) => T;

/** A range of bytes. */
interface Bytes {
  readonly start: VirtAddr;
  readonly size: number;
}

/** Where the requests of the plain strategies go. */
export interface PlainPlaces {
  /** The first address of a page. */
  readonly page: fc.Arbitrary<At<VirtAddr>>;
  /** Any address. */
  readonly addr: fc.Arbitrary<At<VirtAddr>>;
  readonly range: fc.Arbitrary<At<Bytes>>;
}

/** So far from an edge of the space, or of the address space, are pages that are drawn for its sake. */
const NEAR_EDGE = 16;
/** Bytes before the end of a page that are drawn for its sake. */
const NEAR_PAGE_END = 8;
/** Pages of a huge page of 2 MiB. */
const HUGE = 512;
/** The longest range of which every length is as likely, in a large space. */
const MIDDLING = 1024;
/** More than a run has boundaries. */
const BOUNDARIES = 2 ** 16;

/** In a small space any page is as likely; in a large one half of them lie beside a boundary of an earlier command. */
export function placesIn({ space, hello }: Terms): PlainPlaces {
  const pages = space.size / space.page;
  const isSmall = pages <= SMALL_SPACE_PAGES;
  const first = space.base / space.page;
  const last = addressLimit(hello) / space.page - 1;
  const edges = [first, first + pages, (last + 1) / 2, last];
  const anywhere = fc.nat(pages - 1).map((page) => fixed(first + page));
  const edge = fc
    .tuple(fc.constantFrom(...edges), fc.integer({ min: -NEAR_EDGE, max: NEAR_EDGE }))
    .map(([page, beside]) => fixed(clamp(page + beside, last)));
  const page = isSmall
    ? fc.oneof({ weight: 15, arbitrary: anywhere }, { weight: 1, arbitrary: edge })
    : fc.oneof(
        { weight: 8, arbitrary: besideBoundary(last) },
        { weight: 6, arbitrary: anywhere },
        { weight: 1, arbitrary: hugeStart(first, pages) },
        { weight: 1, arbitrary: edge },
      );
  const counted = fc
    .tuple(page, isSmall ? fc.nat(pages) : lengths(pages), rarely(fc.constant(true), false))
    .map(([from, count, leaves]) =>
      pagesFrom(from, count, leaves ? Number.POSITIVE_INFINITY : first + pages),
    );
  const range = isSmall
    ? counted
    : fc.oneof(
        counted,
        fc.tuple(page, page).map(([a, b]) => between(a, b)),
      );
  return inBytes(page, range, space.page, hello.surface === "address-space");
}

/** A range in pages: [from, to). */
interface Pages {
  readonly from: number;
  readonly to: number;
}

function fixed(page: number): At<number> {
  return () => page;
}

function clamp(page: number, last: number): number {
  return Math.min(Math.max(page, 0), last);
}

function besideBoundary(last: number): fc.Arbitrary<At<number>> {
  return fc.tuple(fc.nat(BOUNDARIES), fc.integer({ min: -1, max: 1 })).map(
    ([index, beside]) =>
      (trail) =>
        clamp(trail.boundary(index) + beside, last),
  );
}

function hugeStart(first: number, pages: number): fc.Arbitrary<At<number>> {
  return fc.nat(Math.floor(pages / HUGE) - 1).map((index) => fixed(first + index * HUGE));
}

/** In pages, in a large space. */
function lengths(pages: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.nat(SMALL_SPACE_PAGES) },
    { weight: 3, arbitrary: fc.nat(MIDDLING) },
    { weight: 1, arbitrary: fc.nat(pages) },
  );
}

/** What begins before `end` ends there at the latest. */
function pagesFrom(from: At<number>, count: number, end: number): At<Pages> {
  return (trail) => {
    const page = from(trail);
    return { from: page, to: page < end ? Math.min(page + count, end) : page + count };
  };
}

function between(one: At<number>, other: At<number>): At<Pages> {
  return (trail) => {
    const [a, b] = [one(trail), other(trail)];
    return { from: Math.min(a, b), to: Math.max(a, b) };
  };
}

function inBytes(
  page: fc.Arbitrary<At<number>>,
  range: fc.Arbitrary<At<Pages>>,
  bytes: number,
  insidePages: boolean,
): PlainPlaces {
  const inside = fc.integer({ min: 1, max: bytes - 1 });
  const slip = insidePages ? rarely(inside, 0) : fc.constant(0);
  const offset = fc.oneof(
    fc.constant(0),
    fc.nat(bytes - 1),
    fc.integer({ min: bytes - NEAR_PAGE_END, max: bytes - 1 }),
  );
  return {
    page: page.map((at) => (trail) => virtAddr(at(trail) * bytes)),
    addr: fc.tuple(page, offset).map(
      ([at, add]) =>
        (trail) =>
          virtAddr(at(trail) * bytes + add),
    ),
    range: fc.tuple(range, slip, slip).map(([at, before, behind]) => (trail) => {
      const { from, to } = at(trail);
      const start = from * bytes + before;
      return { start: virtAddr(start), size: Math.max(to * bytes - behind - start, 0) };
    }),
  };
}

/** One in sixteen values is out of the ordinary. */
export function rarely<T>(unusual: fc.Arbitrary<T>, usual: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 15, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });
}
