/** What a command's range met, for every range on every state of four pages. A page is a byte. */
import { expect, test } from "vitest";
import { virtAddr } from "../src/trace/address.ts";
import type { Command } from "../src/trace/request.ts";
import { MEMORY_SET_HELLO } from "../src/trace/space.ts";
import { everyState, type SmallArea } from "./cells.fixture.ts";
import { MemorySetModel } from "./memory-set.ts";

const PAGES = 4;
const R = 1;
const RW = 3;
const MOCK = { kind: "mock" } as const;

const SPACE = { base: virtAddr(0), size: PAGES, page: 1, frames: 0 };
const STATES = everyState(PAGES, [R, RW]);

/** The footprint of [from, to), from the areas that were there; `wanted` are the flags of a `protect`. */
function footprintOn(areas: readonly SmallArea[], from: number, to: number, wanted?: number) {
  const touched = areas.filter(({ start, end }) => Math.max(start, from) < Math.min(end, to));
  const pagesIn = (some: readonly SmallArea[]) =>
    some.reduce((sum, { start, end }) => sum + Math.min(end, to) - Math.max(start, from), 0);
  const mapped = pagesIn(touched);
  return {
    mapped,
    areas: touched.length,
    holes: mapped < to - from,
    cutsLeft: touched.some(({ start }) => start < from),
    cutsRight: touched.some(({ end }) => end > to),
    changed: wanted === undefined ? 0 : pagesIn(touched.filter(({ flags }) => flags !== wanted)),
  };
}

function commandsFor(from: number, to: number): readonly (readonly [Command, wanted?: number])[] {
  const [start, size] = [virtAddr(from), to - from];
  return [
    [{ op: "unmap", start, size }],
    [{ op: "protect", start, size, flags: R }, R],
    [{ op: "protect", start, size, flags: RW }, RW],
    [{ op: "map", start, size, flags: R, backend: MOCK, replace: true }],
  ];
}

test("the range of an unmap, a protect, or a replacing map", () => {
  const model = new MemorySetModel({ space: SPACE, hello: MEMORY_SET_HELLO });
  for (const areas of STATES) {
    for (let from = 0; from <= PAGES; from++) {
      for (let to = from; to <= PAGES; to++) {
        for (const [command, wanted] of commandsFor(from, to)) {
          if (command.op === "map" && from === to) continue;
          model.reset();
          for (const { start, end, flags } of areas) {
            model.commit({
              op: "map",
              start: virtAddr(start),
              size: end - start,
              flags,
              backend: MOCK,
              replace: false,
            });
          }
          model.commit(command);
          expect({ ...model.footprint }, JSON.stringify([areas, command])).toEqual(
            footprintOn(areas, from, to, wanted),
          );
        }
      }
    }
  }
});

test("a clear meets every area, and holes between them", () => {
  const model = new MemorySetModel({ space: SPACE, hello: MEMORY_SET_HELLO });
  for (const start of [0, 2]) {
    model.commit({ op: "map", start: virtAddr(start), size: 1, flags: R, backend: MOCK, replace: false });
  }
  model.commit({ op: "clear" });
  expect({ ...model.footprint }).toEqual({
    mapped: 2,
    areas: 2,
    holes: true,
    cutsLeft: false,
    cutsRight: false,
    changed: 0,
  });
});
