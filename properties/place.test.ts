import { describe, expect, test } from "vitest";
import { AddressSpaceModel } from "../models/address-space.ts";
import { MemorySetModel } from "../models/memory-set.ts";
import { requestsIn, SIXTEEN_PAGES } from "../src/trace/literal.fixture.ts";
import { isCommand, type Request } from "../src/trace/request.ts";
import { ADDRESS_SPACE_HELLO, MEMORY_SET_HELLO } from "../src/trace/space.ts";
import { spacePlace } from "./address-space-place.ts";
import { memorySetPlace, NOWHERE, PLACES } from "./place.ts";

/** The place of a request, after some commands. */
type PlaceOf = (before: readonly string[], request: string) => number;

function only(line: string): Request {
  const [request] = requestsIn(line);
  if (request === undefined) throw new Error("no such request");
  return request;
}

const inMemorySet: PlaceOf = (before, request) => {
  const model = new MemorySetModel({ space: SIXTEEN_PAGES, hello: MEMORY_SET_HELLO });
  for (const command of requestsIn(...before).filter(isCommand)) model.commit(command);
  return memorySetPlace(model, only(request));
};

const inAddressSpace: PlaceOf = (before, request) => {
  const model = new AddressSpaceModel({ space: SIXTEEN_PAGES, hello: ADDRESS_SPACE_HELLO });
  for (const command of requestsIn(...before).filter(isCommand)) model.commit(command);
  return spacePlace(model, only(request));
};

/** A range of pages: the first one, and how many. */
type Pages = readonly [first: number, count: number];

/** Two areas of three pages side by side, at page 3, and one of two pages at page 11. */
const AREAS: readonly Pages[] = [
  [3, 3],
  [6, 3],
  [11, 2],
];

const FREE: readonly Pages[] = [
  [0, 2],
  [1, 2],
];
/** On one area: from beyond, at and within to beyond, at and within. */
const ON_ONE: readonly Pages[] = [
  [10, 4],
  [10, 3],
  [10, 2],
  [11, 3],
  [11, 2],
  [11, 1],
  [12, 2],
  [12, 1],
  [4, 1],
];
/** On several: without cuts, cut at the end, at the start, at both; and with holes each. */
const ON_SEVERAL: readonly Pages[] = [
  [3, 6],
  [3, 5],
  [4, 5],
  [4, 4],
  [3, 10],
  [3, 9],
  [4, 9],
  [4, 8],
];

const hex = (pages: number) => `0x${(pages * 0x1000).toString(16)}`;
const range = ([first, count]: Pages) => `${hex(first)} ${hex(count)}`;

describe.each<[surface: string, placeOf: PlaceOf, backend: string]>([
  ["memory-set", inMemorySet, "mock"],
  ["address-space", inAddressSpace, "alloc:eager"],
])("a range on the %s surface", (_surface, placeOf, backend) => {
  const areas = AREAS.map((pages) => `map ${range(pages)} rw ${backend}`);
  const requests = [...FREE, ...ON_ONE, ...ON_SEVERAL].map((pages) => `unmap ${range(pages)}`);

  test("lies in a place that differs from those of ranges that lie otherwise", () => {
    const places = [...requests, "areas"].map((request) => placeOf(areas, request));
    expect(new Set(places).size).toBe(20);
    expect(places.every((place) => Number.isInteger(place) && place >= 0 && place < PLACES)).toBe(true);
  });

  test.each([
    ["behind an area as before one", "unmap 0xd000 0x1000", "unmap 0x1000 0x2000"],
    ["on either side of an area", "unmap 0x9000 0x2000", "unmap 0x1000 0x2000"],
    ["exactly on an area, on either one", "unmap 0x3000 0x3000", "unmap 0xb000 0x2000"],
    ["in the middle of areas alike", "unmap 0x4000 0x1000", "unmap 0x7000 0x1000"],
    ["of a query as of a command", "overlaps 0x4000 0x5000", "unmap 0x4000 0x5000"],
    ["of one address as of its page", "find 0x4fff", "unmap 0x4000 0x1000"],
    ["of an address in no area", "find 0x2fff", "unmap 0x2000 0x1000"],
    ["of what is asked for anywhere as of nothing", "find-free 0x0 0x1000 0x3000-0xd000 0x1000", "areas"],
    ["of everything as of a range over everything", "clear", "unmap 0x0 0xf000"],
  ])("lies the same %s", (_what, a, b) => {
    expect(placeOf(areas, a)).toBe(placeOf(areas, b));
  });

  test("is nowhere if it has no pages", () => {
    expect(placeOf(areas, "unmap 0x4000 0x0")).toBe(NOWHERE);
    expect(placeOf([], "clear")).not.toBe(NOWHERE);
  });
});

describe("pages of an address space", () => {
  const LAZY = ["map 0x0 0x4000 rw alloc:lazy", "map 0x6000 0x1000 rw linear:0x6000"];
  const SOME = [...LAZY, "fault 0x1000 r"];
  const ALL = [...SOME, "fault 0x0 r", "fault 0x2000 r", "fault 0x3000 r"];
  const UNMAP = "unmap 0x0 0x4000";

  test("make a difference if none, some or all of them are there", () => {
    const places = [LAZY, SOME, ALL].map((before) => inAddressSpace(before, UNMAP));
    expect(new Set(places).size).toBe(3);
  });

  test("make one by what fills the area of a single page, and of a single page only", () => {
    const kinds = ["linear:0x0", "alloc:eager", "alloc:lazy"];
    const onAll = (request: string) =>
      kinds.map((kind) => inAddressSpace([`map 0x0 0x4000 rw ${kind}`], request));
    expect(new Set(onAll("fault 0x1000 r")).size).toBe(3);
    expect(new Set(onAll("unmap 0x1000 0x1000")).size).toBe(3);
    const [linear, eager, lazy] = onAll(UNMAP);
    expect(linear).toBe(eager);
    expect(lazy).not.toBe(eager);
    expect(inAddressSpace(ALL, UNMAP)).toBe(eager);
  });

  test("make none where a failure is injected, nor does where they lie", () => {
    const places = [[], LAZY, SOME, ALL].map((before) => inAddressSpace(before, `${UNMAP} !backend=0`));
    expect(places).toEqual([NOWHERE, NOWHERE, NOWHERE, NOWHERE]);
  });

  test("make none to a map, which says itself what there will be", () => {
    const map = "map 0x0 0x4000 r alloc:eager replace";
    expect(inAddressSpace(SOME, map)).toBe(inAddressSpace(LAZY, map));
    expect(inAddressSpace(SOME, map)).not.toBe(inAddressSpace([], map));
  });

  test("count if a byte of the range is in them", () => {
    expect(inAddressSpace(SOME, "store 0x1fff ff")).toBe(inAddressSpace(SOME, "load 0x1000 1"));
    expect(inAddressSpace(SOME, "read 0x1fff 2")).toBe(inAddressSpace(SOME, "can-access 0x1000 0x2000 r"));
    expect(inAddressSpace(SOME, "read 0x1fff 1")).not.toBe(inAddressSpace(SOME, "read 0x1fff 2"));
    expect(inAddressSpace(SOME, "frames")).toBe(NOWHERE);
  });
});
