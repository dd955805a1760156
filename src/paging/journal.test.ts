import { expect, test } from "vitest";
import type { PhysAddr } from "../trace/address.ts";
import { FrameAllocator } from "./frame-allocator.ts";
import { Journal } from "./journal.ts";

/** A journal, and a table that it writes to. */
function setUp() {
  const allocator = new FrameAllocator();
  const journal = new Journal(allocator);
  const table = allocator.allocFrame("table");
  if (table === undefined) throw new Error("no frame");
  const write = (index: number, low: number, high: number, at: PhysAddr = table): void => {
    const view = allocator.physToVirt(at);
    if (view === undefined) throw new Error("no memory");
    journal.write(at, view, index, low, high);
  };
  const entry = (index: number) => allocator.physToVirt(table)?.words.slice(2 * index, 2 * index + 2);
  return { allocator, journal, table, write, entry };
}

/** The halves of an entry. */
const halves = (low: number, high: number) => Uint32Array.of(low, high);

test("an entry is written at once", () => {
  const { write, entry } = setUp();
  write(5, 0xffffffff, 0x80000000);
  expect(entry(5)).toEqual(halves(0xffffffff, 0x80000000));
  expect(entry(4)).toEqual(halves(0, 0));
});

test("what was written twice is undone the last first", () => {
  const { journal, write, entry } = setUp();
  write(5, 1, 2);
  journal.commit();
  write(5, 3, 4);
  write(6, 9, 9);
  write(5, 5, 6);
  journal.rollback();
  expect(entry(5)).toEqual(halves(1, 2));
  expect(entry(6)).toEqual(halves(0, 0));
});

test("a commit is final", () => {
  const { journal, write, entry } = setUp();
  write(5, 1, 2);
  journal.commit();
  journal.rollback();
  expect(entry(5)).toEqual(halves(1, 2));
});

test("a rollback gives back what was taken, and keeps what was released", () => {
  const { allocator, journal } = setUp();
  const kept = journal.allocFrame("data");
  journal.commit();
  if (kept === undefined) throw new Error("no frame");
  allocator.physToVirt(kept)?.bytes.fill(7);
  journal.releaseFrame(kept);
  const taken = journal.allocFrame("table");
  expect(taken).not.toBe(kept);
  expect([allocator.dataFrames, allocator.tableFrames]).toEqual([1, 2]);
  journal.rollback();
  expect([allocator.dataFrames, allocator.tableFrames]).toEqual([1, 1]);
  expect(allocator.physToVirt(kept)?.bytes[100]).toBe(7);
  // Nothing of it is left for the next transaction.
  journal.commit();
  expect([allocator.dataFrames, allocator.tableFrames]).toEqual([1, 1]);
});

test("a rollback gives back the last frame first, so that they are had again in the same order", () => {
  const { journal } = setUp();
  const take = () => [journal.allocFrame("data"), journal.allocFrame("table"), journal.allocFrame("data")];
  const taken = take();
  journal.rollback();
  expect(take()).toEqual(taken);
});

test("a commit gives back what was released, a frame of this transaction too", () => {
  const { allocator, journal } = setUp();
  const frame = journal.allocFrame("data");
  if (frame !== undefined) journal.releaseFrame(frame);
  expect(allocator.dataFrames).toBe(1);
  journal.commit();
  expect(allocator.dataFrames).toBe(0);
});

test("a frame that was taken and released is given back once by a rollback", () => {
  const { allocator, journal } = setUp();
  const frame = journal.allocFrame("data");
  if (frame !== undefined) journal.releaseFrame(frame);
  journal.rollback();
  expect(allocator.dataFrames).toBe(0);
});

test("entries of a taken table are undone before the table is given back", () => {
  const { allocator, journal, write, table } = setUp();
  const taken = journal.allocFrame("table");
  if (taken === undefined) throw new Error("no frame");
  write(0, taken % 2 ** 32, 0);
  write(3, 1, 1, taken);
  journal.rollback();
  expect(allocator.useOf(taken)).toBe("free");
  expect(allocator.physToVirt(table)?.words.every((word) => word === 0)).toBe(true);
});

test("going back to a savepoint leaves what was before it", () => {
  const { allocator, journal, write, entry } = setUp();
  const first = journal.allocFrame("data");
  write(1, 1, 1);
  const savepoint = journal.savepoint();
  const second = journal.allocFrame("data");
  write(1, 2, 2);
  write(2, 2, 2);
  if (first !== undefined) journal.releaseFrame(first);
  journal.rollbackTo(savepoint);
  expect([entry(1), entry(2)]).toEqual([halves(1, 1), halves(0, 0)]);
  expect([first, second].map((frame) => frame !== undefined && allocator.useOf(frame))).toEqual([
    "data",
    "free",
  ]);
  journal.commit();
  expect(allocator.dataFrames).toBe(1);
  expect(entry(1)).toEqual(halves(1, 1));
});

test("it remembers until the end of the transaction that a frame was asked for in vain", () => {
  const { allocator, journal } = setUp();
  expect(journal.ranOut).toBe(false);
  allocator.injection.failAfter(0);
  expect(journal.allocFrame("data")).toBeUndefined();
  expect(journal.ranOut).toBe(true);
  journal.rollbackTo({ entries: 0, taken: 0, released: 0 });
  expect(journal.ranOut).toBe(true);
  journal.rollback();
  expect(journal.ranOut).toBe(false);
  journal.allocFrame("table");
  journal.commit();
  expect(journal.ranOut).toBe(false);
});

test("a table that was freed before its entries are undone is noticed", () => {
  const { allocator, journal, write, table } = setUp();
  write(5, 1, 2);
  allocator.deallocFrame(table);
  expect(() => journal.rollback()).toThrow("is used after it was freed");
});
