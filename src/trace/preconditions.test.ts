import { describe, expect, test } from "vitest";
import { ADDRESS_LIMIT, virtAddr } from "./address.ts";
import { READ, WRITE } from "./flags.ts";
import { formatParseError, parseTrace } from "./parse.ts";
import { findMisfit, MAX_MAP_PAGES, misfitOf, misfitOfSpace } from "./preconditions.ts";
import type { Request } from "./request.ts";
import { ADDRESS_SPACE_HELLO, type Hello, MEMORY_SET_HELLO, OFFERS, type Space } from "./space.ts";

const PAGE_1000: Space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };
const PAGE_1: Space = { ...PAGE_1000, page: 1 };

function requestsOf(text: string): Request[] {
  const result = parseTrace(text);
  if (!result.ok) throw new Error(formatParseError(result.error));
  return result.value.requests;
}

function misfit(text: string, space: Space, hello: Hello = MEMORY_SET_HELLO): string | undefined {
  const [request] = requestsOf(text);
  return request && misfitOf(request, { space, hello });
}

describe("with pages of 0x1000 bytes", () => {
  test.each([
    "map 0x1000 0x2000 rwxudn mock replace !backend=0",
    "map 0x1000 0x0 - mock",
    "map 0x0 0x10000000 r mock",
    "map 0x8000000000000 0x8000000000000 r mock",
    "map 0xffffffffff000 0x10000000000000 r mock",
    "map 0x7fffffffff000 0x1000 r mock",
    "unmap 0x8000000000000 0x1000",
    "unmap 0x0 0x8000000000000",
    "protect 0x1000 0x1000 -",
    "clear !backend=3",
    "areas",
    "pages",
    "injected",
    "find 0x1001",
    "overlaps 0x1000 0x1000",
    "find-free 0x0 0x1000 0x0-0x0 0x1000",
    "find-free 0xffffffffff000 0x1000 0x0-0x8000000000000 0x8000",
    "find-free 0x0 0x1000 0x8000000000000-0xffffffffff000 0x1000",
  ])("%s can be asked", (text) => {
    expect(misfit(text, PAGE_1000)).toBeUndefined();
  });

  test.each([
    ["map 0x0 0x1000 r alloc:lazy", "other surface"],
    ["map 0x0 0x1000 r linear:0x0", "other surface"],
    ["map 0x0 0x1000 r mock !frame=0", "inject"],
    ["map 0x1 0x1000 r mock", "multiple of the page"],
    ["map 0x0 0x10001000 r mock", `more than ${MAX_MAP_PAGES} pages`],
    ["map 0x7fffffffff000 0x2000 r mock", "middle"],
    ["unmap 0x0 0x800", "multiple of the page"],
    ["unmap 0x0 0x8000000001000", "middle"],
    ["protect 0x800 0x1000 r", "multiple of the page"],
    ["overlaps 0x0 0x0", "more than 0 bytes"],
    ["overlaps 0x0 0x1", "multiple of the page"],
    ["overlaps 0xffffffffff000 0x1000", "end at an address"],
    ["find-free 0x0 0x0 0x0-0x1000 0x1000", "more than 0 bytes"],
    ["find-free 0x0 0x1000 0x0-0x1000 0x3000", "alignment"],
    ["find-free 0x0 0x1000 0x0-0x1000 0x800", "alignment"],
    ["find-free 0x0 0x1000 0x2000-0x1000 0x1000", "start must not be after its end"],
    ["find-free 0x800 0x1000 0x0-0x1000 0x1000", "multiple of the page"],
    ["find-free 0x0 0x1800 0x0-0x1000 0x1000", "multiple of the page"],
    ["find-free 0x0 0x1000 0x800-0x1000 0x1000", "multiple of the page"],
    ["find-free 0x0 0x1000 0x0-0x1800 0x1000", "multiple of the page"],
    ["find-free 0x0 0x1000 0x0-0x8000000001000 0x1000", "middle"],
    ["fault 0x0 r", "other surface"],
    ["access 0x0 r", "other surface"],
    ["write 0x0 00", "other surface"],
    ["store 0x0 00", "other surface"],
    ["load 0x0 1", "other surface"],
    ["frames", "other surface"],
    ["translate 0x0", "other surface"],
    ["read 0x0 1", "other surface"],
    ["can-access 0x0 0x1000 r", "other surface"],
  ])("%s can't: %s", (text, reason) => {
    expect(misfit(text, PAGE_1000)).toContain(reason);
  });
});

describe("an implementation with 16 bits of addresses that knows r and can't inject", () => {
  const hello: Hello = { ...MEMORY_SET_HELLO, addrBits: 16, flags: READ, inject: [] };

  test.each([
    ["map 0x0 0x1 rw mock", "flag"],
    ["protect 0x0 0x1 w", "flag"],
    ["clear !backend=0", "inject"],
    ["map 0x10000 0x1 r mock", "beyond the width"],
    ["unmap 0x10000 0x0", "beyond the width"],
    ["protect 0x10000 0x1 r", "beyond the width"],
    ["find 0x10000", "beyond the width"],
    ["overlaps 0xffff 0x1", "end at an address"],
    ["find-free 0x10000 0x1 0x0-0x1 0x1", "beyond the width"],
    ["find-free 0x0 0x1 0x8000-0x10000 0x1", "beyond the width"],
    ["unmap 0x7fff 0x2", "middle"],
  ])("can't be asked %s: %s", (text, reason) => {
    expect(misfit(text, PAGE_1, hello)).toContain(reason);
  });

  test.each([
    "map 0xffff 0xffff r mock",
    "find 0xffff",
    "unmap 0x7fff 0x1",
    "find-free 0xffff 0x1 0x0-0x8000 0x1",
  ])("can be asked %s", (text) => {
    expect(misfit(text, PAGE_1, hello)).toBeUndefined();
  });
});

test("the first request that doesn't fit is found, by its index", () => {
  const terms = { space: PAGE_1000, hello: { ...MEMORY_SET_HELLO, flags: READ | WRITE } };
  expect(findMisfit(requestsOf("areas\nmap 0x0 0x1000 rw mock\npages"), terms)).toBeUndefined();
  expect(findMisfit(requestsOf("areas\nmap 0x0 0x1000 rx mock\nframes"), terms)).toEqual({
    at: 1,
    reason: misfitOf({ op: "protect", start: virtAddr(0), size: 0, flags: 4 }, terms),
  });
});

describe("a space", () => {
  test.each<[Partial<Space>, string | undefined]>([
    [{}, undefined],
    [{ page: 1, size: 1 }, undefined],
    [{ base: virtAddr(ADDRESS_LIMIT / 2), size: ADDRESS_LIMIT / 2 - 0x1000 }, undefined],
    [{ base: virtAddr(ADDRESS_LIMIT / 2 - 0x1000), size: 0x1000 }, undefined],
    [{ page: 0 }, "power of two"],
    [{ page: 0x1800 }, "power of two"],
    [{ base: virtAddr(0x800) }, "the base must be a multiple"],
    [{ size: 0 }, "the size must be a multiple"],
    [{ size: 0x1800 }, "the size must be a multiple"],
    [{ base: virtAddr(ADDRESS_LIMIT - 0x1000), size: 0x1000 }, "below the end"],
    [{ base: virtAddr(ADDRESS_LIMIT / 2 - 0x1000), size: 0x2000 }, "middle"],
  ])("%j: %s", (change, reason) => {
    const found = misfitOfSpace({ ...PAGE_1000, ...change }, ADDRESS_LIMIT);
    if (reason === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(reason);
  });
});

describe("what isn't offered is never asked", () => {
  const offered: Partial<Hello> = { commands: ["map"], queries: ["areas"], inject: ["frame", "backend"] };

  test.each([
    "unmap 0x0 0x1000",
    "protect 0x0 0x1000 r",
    "clear",
    "pages",
    "injected",
    "find 0x0",
    "overlaps 0x0 0x1000",
    "find-free 0x0 0x1000 0x0-0x1000 0x1000",
  ])("%s", (text) => {
    const [op = ""] = text.split(" ");
    for (const hello of [MEMORY_SET_HELLO, ADDRESS_SPACE_HELLO]) {
      expect(misfit(text, PAGE_1000, hello)).toBeUndefined();
      expect(misfit(text, PAGE_1000, { ...hello, ...offered })).toContain("offer");
      const { commands, queries } = OFFERS[hello.surface];
      const all = { ...hello, commands, queries: queries.filter((query) => query !== op) };
      const without = { ...all, commands: commands.filter((command) => command !== op) };
      expect(misfit(text, PAGE_1000, without)).toContain("offer");
    }
  });

  test.each([
    "fault 0x0 r",
    "access 0x0 r",
    "load 0x0 0x1",
    "store 0x0 00",
    "write 0x0 00",
    "frames",
    "translate 0x0",
    "read 0x0 0x1",
    "can-access 0x0 0x1000 r",
  ])("%s", (text) => {
    expect(misfit(text, PAGE_1000, ADDRESS_SPACE_HELLO)).toBeUndefined();
    expect(misfit(text, PAGE_1000, { ...ADDRESS_SPACE_HELLO, ...offered })).toContain("offer");
  });

  test("map, replacing and not", () => {
    const plain = { ...MEMORY_SET_HELLO, ...offered };
    expect(misfit("map 0x0 0x1000 r mock", PAGE_1000, plain)).toBeUndefined();
    expect(misfit("map 0x0 0x1000 r mock replace", PAGE_1000, plain)).toContain("offer");
    const replacing: Hello = { ...plain, commands: ["map", "replace"] };
    expect(misfit("map 0x0 0x1000 r mock replace", PAGE_1000, replacing)).toBeUndefined();
  });

  test.each(["linear:0x0", "alloc:eager", "alloc:lazy"])("areas of the backend %s", (backend) => {
    const [kind] = backend.split(":0");
    const backends = OFFERS["address-space"].backends.filter((each) => each !== kind);
    const text = `map 0x0 0x1000 r ${backend}`;
    expect(misfit(text, PAGE_1000, ADDRESS_SPACE_HELLO)).toBeUndefined();
    expect(misfit(text, PAGE_1000, { ...ADDRESS_SPACE_HELLO, backends })).toContain("offer");
  });
});
