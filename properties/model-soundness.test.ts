import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AddressSpaceModel } from "../models/address-space.ts";
import { MemorySetModel } from "../models/memory-set.ts";
import { IN_AREA } from "../models/page-records.ts";
import * as space from "../models/space-pages.ts";
import { isCarriedOut } from "../src/execute/verdict.ts";
import { trace } from "../src/generate/trace.ts";
import { requestsIn, SIXTEEN_PAGES } from "../src/trace/literal.fixture.ts";
import { type Command, isCommand, type Request } from "../src/trace/request.ts";
import { ADDRESS_SPACE_HELLO, MEMORY_SET_HELLO } from "../src/trace/space.ts";
import { faultOfAddressSpace, faultOfMemorySet } from "./model-soundness.ts";

const RWX = 7;

/** Carries out what the model would. */
function commit(model: MemorySetModel | AddressSpaceModel, requests: readonly Request[]): void {
  const commands = requests.filter((request): request is Command => isCommand(request));
  for (const command of commands) if (isCarriedOut(model.expectCommand(command))) model.commit(command);
}

function memorySet(...lines: readonly string[]): MemorySetModel {
  const model = new MemorySetModel({ space: SIXTEEN_PAGES, hello: MEMORY_SET_HELLO });
  commit(model, requestsIn(...lines));
  return model;
}

function addressSpace(...lines: readonly string[]): AddressSpaceModel {
  const model = new AddressSpaceModel({ space: SIXTEEN_PAGES, hello: ADDRESS_SPACE_HELLO });
  commit(model, requestsIn(...lines));
  return model;
}

describe("a model is sound after any trace", () => {
  test("of a memory set", () => {
    fc.assert(
      fc.property(trace(SIXTEEN_PAGES), (requests) => {
        const model = memorySet();
        commit(model, requests);
        expect(faultOfMemorySet(model)).toBeUndefined();
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test("of an address space", () => {
    fc.assert(
      fc.property(trace(SIXTEEN_PAGES, { hello: ADDRESS_SPACE_HELLO }), (requests) => {
        const model = addressSpace();
        commit(model, requests);
        expect(faultOfAddressSpace(model)).toBeUndefined();
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe("what is wrong about a memory set:", () => {
  test.each<[what: string, spoil: (model: MemorySetModel) => void]>([
    ["page 2 has flags and no area", ({ pages }) => pages.set(2, 1)],
    ["page 5 goes on with an area that isn't there", ({ pages }) => pages.set(5, IN_AREA | 1)],
    ["page 1 has other flags than its area", ({ pages }) => pages.set(1, IN_AREA | 2)],
    ["4 pages are counted, and there are 3", ({ pages }) => pages.count++],
  ])("%s", (what, spoil) => {
    const model = memorySet("map 0x0 0x3000 r mock");
    spoil(model);
    expect(faultOfMemorySet(model)).toBe(what);
  });

  test("areas that are out of order, and pages that lie in none", () => {
    const model = memorySet("map 0x0 0x1000 r mock", "map 0x1000 0x1000 r mock");
    const areas = model.areas();
    model.areas = () => areas.toReversed();
    expect(faultOfMemorySet(model)).toBe("the area at 0 is out of order");
    model.areas = () => areas.slice(0, 1);
    expect(faultOfMemorySet(model)).toBe("the areas have 1 pages of 2");
  });

  test("pages that are out of order, or have flags of their own", () => {
    const model = memorySet("map 0x0 0x2000 r mock");
    const pages = model.translations();
    model.translations = () => pages.toReversed();
    expect(faultOfMemorySet(model)).toBe("the page at 0 is out of order");
    model.translations = () => pages.map((page) => ({ ...page, flags: RWX }));
    expect(faultOfMemorySet(model)).toBe("the page at 0 has other flags than its area");
    model.translations = () => pages.slice(1);
    expect(faultOfMemorySet(model)).toBe("2 pages lie in areas, and 1 are present");
  });
});

describe("what is wrong about an address space:", () => {
  const LINES = [
    "map 0x0 0x2000 rw alloc:eager",
    "map 0x2000 0x1000 rw alloc:lazy",
    "map 0x3000 0x2000 r linear:0x0",
  ];

  /** Changes the record of a page. */
  function flip(model: AddressSpaceModel, page: number, bits: number): void {
    const { pages } = model.state;
    pages.change(page, pages.get(page) ^ bits);
  }

  test.each<[what: string, spoil: (model: AddressSpaceModel) => void]>([
    ["page 0 has a record and no area", (model) => flip(model, 0, space.IN_AREA)],
    ["page 0 is eager and has no frame", (model) => flip(model, 0, space.FRAME)],
    ["page 2 is present without a frame, or absent with one", (model) => flip(model, 2, space.PRESENT)],
    ["page 3 is linear, and absent or in a frame", (model) => flip(model, 3, space.FRAME)],
    ["page 2 holds bytes and has no frame", (model) => model.state.pages.setContent(2, 1)],
    ["page 1 goes on with an area that it doesn't fit", (model) => flip(model, 1, 1)],
    ["page 4 goes on with an area that it doesn't fit", (model) => model.state.pages.setPhysical(4, 0x9000)],
    ["6 pages are counted, and there are 5", (model) => model.state.pages.count++],
    ["3 frames are counted, and there are 2", (model) => model.state.dataFrames++],
    [
      "pages 0 and 1 have one frame",
      ({ state }) => {
        state.pages.setPhysical(0, 0x7000);
        state.pages.setPhysical(1, 0x7000);
      },
    ],
  ])("%s", (what, spoil) => {
    const model = addressSpace(...LINES);
    expect(faultOfAddressSpace(model)).toBeUndefined();
    spoil(model);
    expect(faultOfAddressSpace(model)).toBe(what);
  });
});
