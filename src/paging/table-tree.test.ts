import { expect, test } from "vitest";
import { ENTRIES } from "./format.ts";
import type { FrameView } from "./handler.ts";
import { nextInUse } from "./table-tree.ts";

function emptyTable(): FrameView {
  const words = new Uint32Array(2 * ENTRIES);
  return { words, bytes: new Uint8Array(words.buffer) };
}

test.each([0, 1])("the next entry in use is found from every entry before it (half %i)", (half) => {
  const wrong: string[] = [];
  for (let used = 0; used < ENTRIES; used++) {
    const table = emptyTable();
    table.words[2 * used + half] = 0x8000_0000;
    for (const from of [0, 1, 2, 3, used - 9, used - 4, used - 3, used - 2, used - 1, used]) {
      if (from >= 0 && from <= used && nextInUse(table, from) !== used) wrong.push(`${used} from ${from}`);
    }
    if (nextInUse(table, used + 1) !== ENTRIES) wrong.push(`none after ${used}`);
  }
  expect(wrong).toEqual([]);
});

test("an empty table has none, and the first of several is found", () => {
  const table = emptyTable();
  for (let from = 0; from <= ENTRIES; from++) expect(nextInUse(table, from)).toBe(ENTRIES);
  table.words.fill(1);
  for (let from = 0; from < ENTRIES; from++) expect(nextInUse(table, from)).toBe(from);
});

test("of two entries the first one is found from before it, and the second from behind it", () => {
  const wrong: string[] = [];
  for (const [first, second] of [
    [0, 1],
    [3, 5],
    [0, 511],
    [200, 300],
  ] as const) {
    const table = emptyTable();
    table.bytes[8 * first + 7] = 1;
    table.bytes[8 * second] = 1;
    for (let from = 0; from < ENTRIES; from++) {
      const expected = from <= first ? first : from <= second ? second : ENTRIES;
      if (nextInUse(table, from) !== expected) wrong.push(`${first} and ${second} from ${from}`);
    }
  }
  expect(wrong).toEqual([]);
});
