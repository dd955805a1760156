import { describe, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { ADDRESS_SPACE_HELLO, type Hello, MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import { ScriptWriter } from "./script.ts";

const BARE: Hello = {
  ...MEMORY_SET_HELLO,
  commands: ["map", "unmap"],
  queries: ["areas"],
  inject: [],
};

/** The lines that are written for a run. */
function linesFor(hello: Hello, trace: readonly string[], space: Space = SIXTEEN_PAGES): string[] {
  const script = new ScriptWriter({ space, hello }).write(requestsIn(...trace));
  const lines = script.text.split("\n");
  expect(lines.pop()).toBe("");
  expect(script.lines).toBe(lines.length);
  return lines;
}

const RESET = "reset base=0x0 size=0x10000 page=0x1000 frames=0";

describe("a run is written as", () => {
  test("its requests, each with the queries that show the state, on the memory-set surface", () => {
    expect(linesFor(MEMORY_SET_HELLO, ["map 0x0 0x1000 rw mock replace !backend=1", "find 0x0"])).toEqual([
      RESET,
      "map 0x0 0x1000 rw mock replace !backend=1",
      "areas",
      "pages",
      "injected",
      "find 0x0",
      "areas",
      "pages",
      "injected",
      "drop",
      "sync",
    ]);
  });

  test("with frames, also when all is given up, on the address-space surface", () => {
    const hello: Hello = { ...ADDRESS_SPACE_HELLO, inject: ["frame"] };
    expect(linesFor(hello, ["map 0x0 0x1000 rw alloc:lazy", "store 0x0 00ff"])).toEqual([
      RESET,
      "map 0x0 0x1000 rw alloc:lazy",
      "areas",
      "pages",
      "frames",
      "injected",
      "store 0x0 00ff",
      "areas",
      "pages",
      "frames",
      "injected",
      "drop",
      "frames",
      "sync",
    ]);
  });

  test("without what the implementation doesn't offer", () => {
    expect(linesFor(BARE, ["map 0x0 0x1000 rw mock"])).toEqual([
      RESET,
      "map 0x0 0x1000 rw mock",
      "areas",
      "sync",
    ]);
  });

  test("without injected where nothing is injected", () => {
    const hello: Hello = { ...MEMORY_SET_HELLO, inject: [], commands: ["map"] };
    expect(linesFor(hello, ["map 0x0 0x0 - mock"])).toEqual([
      RESET,
      "map 0x0 0x0 - mock",
      "areas",
      "pages",
      "sync",
    ]);
  });

  test("without frames after the end where they are not counted", () => {
    const hello: Hello = { ...ADDRESS_SPACE_HELLO, queries: ["areas"] };
    expect(linesFor(hello, ["clear"])).toEqual([RESET, "clear", "areas", "drop", "sync"]);
  });

  test("with upper addresses as wide as the implementation has them", () => {
    const space = { ...SIXTEEN_PAGES, base: virtAddr(2 ** 51) };
    const wide: Hello = { ...BARE, addrBits: 64 };
    expect(linesFor(wide, ["map 0x8000000000000 0x1000 rw mock"], space)).toEqual([
      "reset base=0xfff8000000000000 size=0x10000 page=0x1000 frames=0",
      "map 0xfff8000000000000 0x1000 rw mock",
      "areas",
      "sync",
    ]);
    expect(linesFor(BARE, ["clear"], space)[0]).toContain("base=0x8000000000000 ");
  });
});

test.each<[string, Partial<Hello>, number]>([
  ["sync", { commands: ["map"] }, 1],
  ["sync, as drop is followed by frames,", {}, 1],
  ["drop and sync", { queries: ["areas"] }, 2],
])("%s is answered with a plain ok at the end", (_name, less, lastOks) => {
  const hello = { ...ADDRESS_SPACE_HELLO, ...less };
  expect(new ScriptWriter({ space: SIXTEEN_PAGES, hello }).lastOks).toBe(lastOks);
});

describe("pages are listed", () => {
  const space: Space = { ...SIXTEEN_PAGES, size: 2 ** 30 };
  const hello: Hello = { ...ADDRESS_SPACE_HELLO, commands: ["map"], queries: ["areas", "pages", "frames"] };
  const writer = new ScriptWriter({ space, hello });
  const queriesIn = (...trace: readonly string[]) => {
    const script = writer.write(requestsIn(...trace));
    return trace.map((_, at) => writer.queriesAfter(script, at === trace.length - 1));
  };

  test("after each request, where they are 4,096 at most", () => {
    const all = ["areas", "pages", "frames"];
    expect(queriesIn("map 0x0 0x1000000 rw alloc:lazy", "areas")).toEqual([all, all]);
  });

  test("at the end only, where there may be more", () => {
    const few = ["areas", "frames"];
    const trace = ["map 0x0 0x1001000 rw alloc:lazy", "areas", "frames"];
    expect(queriesIn(...trace)).toEqual([few, few, ["areas", "pages", "frames"]]);
    expect(linesFor(hello, trace, space)).toEqual([
      "reset base=0x0 size=0x40000000 page=0x1000 frames=0",
      "map 0x0 0x1001000 rw alloc:lazy",
      "areas",
      "frames",
      "areas",
      "areas",
      "frames",
      "frames",
      "areas",
      "pages",
      "frames",
      "sync",
    ]);
    // The next run is not that large.
    expect(queriesIn("map 0x0 0x1000 rw alloc:lazy", "areas")[0]).toContain("pages");
  });
});
