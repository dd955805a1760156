import { expect, test } from "vitest";
import { MEMORY_START, machine } from "./memory.fixture.ts";
import { HardwareWalk, holdsTable } from "./walk.ts";
import { WALKERS } from "./walkers.ts";

const TWO_FRAMES = machine("sv39", 2, {});

test("a table lies in a whole frame of memory", () => {
  const at = [-4096, 0, 8, 4096, 8192].map((offset) => holdsTable(TWO_FRAMES, MEMORY_START + offset));
  expect(at).toEqual([false, true, false, true, false]);
});

test("a table doesn't lie in a part of a frame", () => {
  const cut = { ...TWO_FRAMES, words: TWO_FRAMES.words.subarray(0, 2047) };
  expect(holdsTable(cut, MEMORY_START)).toBe(true);
  expect(holdsTable(cut, MEMORY_START + 4096)).toBe(false);
});

test("the columns of pages keep what they hold when they grow", () => {
  const walk = new HardwareWalk();
  walk.begin();
  for (let page = 0; page < 1000; page++) walk.leaf(page * 4096, 4096, page * 8192, page % 16);
  expect(walk.leafCount).toBe(1000);
  for (let page = 0; page < 1000; page++) {
    const shown = [walk.leafAddrs, walk.leafSizes, walk.leafPhysicals, walk.leafFlags].map((c) => c[page]);
    expect(shown).toEqual([page * 4096, 4096, page * 8192, page % 16]);
  }
});

test("the columns of tables keep what they hold when they grow", () => {
  const walk = new HardwareWalk();
  const hardware = machine("sv39", 300, {});
  walk.begin();
  const tables = Array.from({ length: 300 }, (_, frame) => MEMORY_START + (299 - frame) * 4096);
  expect(tables.every((table) => walk.enter(hardware, table, 0))).toBe(true);
  expect(Array.from(walk.tables.subarray(0, walk.tableCount))).toEqual(tables);
  expect(tables.some((table) => walk.enter(hardware, table, 0))).toBe(false);
});

test.each([63, 64, 128, 299])("the table in frame %d is known when it is reached again", (frame) => {
  const walk = new HardwareWalk();
  const hardware = machine("sv39", 300, {});
  walk.begin();
  const table = MEMORY_START + frame * 4096;
  expect([walk.enter(hardware, table, 0), walk.enter(hardware, table, 0)]).toEqual([true, false]);
});

test("columns that have grown stay, and nothing is allocated", () => {
  const walk = new HardwareWalk();
  walk.begin();
  for (let page = 0; page < 65; page++) walk.leaf(page * 4096, 4096, 0, 1);
  const before = [walk.leafAddrs, walk.leafSizes, walk.leafPhysicals, walk.leafFlags, walk.tables];
  walk.begin();
  for (let page = 0; page < 128; page++) walk.leaf(page * 4096, 4096, 0, 1);
  const after = [walk.leafAddrs, walk.leafSizes, walk.leafPhysicals, walk.leafFlags, walk.tables];
  expect(after.every((column, index) => column === before[index])).toBe(true);
});

test("a walk forgets the one before it", () => {
  const walk = new HardwareWalk();
  const cyclic = machine("sv39", 1, { [MEMORY_START]: { 1: 0x2000_0001n, 2: 0xcfn } });
  WALKERS.sv39.walk(cyclic, walk);
  expect([walk.leafCount, walk.tableCount, walk.malformed !== undefined]).toEqual([1, 1, true]);
  WALKERS.sv39.walk(machine("sv39", 1, {}), walk);
  expect([walk.leafCount, walk.tableCount, walk.malformed]).toEqual([0, 1, undefined]);
});

test("of all that is wrong the first is kept", () => {
  const walk = new HardwareWalk();
  walk.begin();
  walk.malformedEntry(0x1000, 2, 0xabc, 0xf0000001, "too late");
  walk.malformedEntry(0x2000, 1, 0, 0, "never seen");
  walk.enter(TWO_FRAMES, 0, 0x3000);
  expect(walk.malformed).toEqual({ addr: 0x1000, why: "entry 0xf000000100000abc at level 2: too late" });
});

test("words that are all zeros are told from others, also in another memory and in a part of one", () => {
  const walk = new HardwareWalk();
  const others = machine("sv39", 2, { [MEMORY_START]: { 3: 1n << 63n }, [MEMORY_START + 4096]: { 1: 1n } });
  const part = { ...others, words: others.words.subarray(8) };
  expect(walk.isZero(TWO_FRAMES, 0, 1024)).toBe(true);
  expect([walk.isZero(others, 0, 7), walk.isZero(others, 0, 8), walk.isZero(others, 8, 1026)]).toEqual([
    true,
    false,
    true,
  ]);
  expect([walk.isZero(others, 8, 1027), walk.isZero(part, 0, 1018), walk.isZero(part, 0, 1019)]).toEqual([
    false,
    true,
    false,
  ]);
  expect(walk.isZero(TWO_FRAMES, 1024, 2048)).toBe(true);
});
