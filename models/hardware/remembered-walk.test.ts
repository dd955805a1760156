import { expect, test } from "vitest";
import { physAddr } from "../../src/trace/address.ts";
import { chain, MEMORY_START } from "./memory.fixture.ts";
import { RememberedWalk } from "./remembered-walk.ts";
import { HardwareWalk } from "./walk.ts";
import { WALKERS } from "./walkers.ts";

const FRAME = 4096;

/** Three tables one below the other, the last of which maps a page, and a frame that is none. */
function remembered() {
  const table = (frame: number) => BigInt((MEMORY_START + frame * FRAME) / 4 + 1);
  const hardware = chain("sv39", [table(1), table(2), 0xcfn]);
  const walk = new HardwareWalk();
  WALKERS.sv39.walk(hardware, walk);
  expect([walk.tableCount, walk.leafCount, walk.malformed]).toEqual([3, 1, undefined]);
  return { hardware, walk: new RememberedWalk(hardware, walk) };
}

test("is that of a machine as long as no byte of any table is another", () => {
  const { hardware, walk } = remembered();
  const bytes = new Uint8Array(hardware.words.buffer);
  expect(walk.isOf(hardware)).toBe(true);
  const unseen = [0, 1, 7, 8, 4094, 4095].map((offset) =>
    [0, 1, 2, 3].filter((frame) => {
      const at = frame * FRAME + offset;
      bytes[at] = (bytes[at] ?? 0) ^ 0x40;
      const isOf = walk.isOf(hardware);
      bytes[at] = (bytes[at] ?? 0) ^ 0x40;
      return isOf;
    }),
  );
  // The last frame is no table.
  expect(unseen).toEqual([[3], [3], [3], [3], [3], [3]]);
  expect(walk.isOf(hardware)).toBe(true);
});

test("is not that of a machine with another root, or with other memory", () => {
  const { hardware, walk } = remembered();
  expect(walk.isOf({ ...hardware })).toBe(true);
  expect(walk.isOf({ ...hardware, root: physAddr(hardware.root + FRAME) })).toBe(false);
  expect(walk.isOf({ ...hardware, words: hardware.words.slice() })).toBe(false);
});
