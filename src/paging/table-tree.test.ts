import { expect, test } from "vitest";
import { ENTRIES } from "./format.ts";
import { nextInUse } from "./table-tree.ts";

test.each([0, 1])("the next entry in use is found from every entry before it (half %i)", (half) => {
  const wrong: string[] = [];
  for (let used = 0; used < ENTRIES; used++) {
    const words = new Uint32Array(2 * ENTRIES);
    words[2 * used + half] = 0x8000_0000;
    for (const from of [0, 1, 2, 3, used - 9, used - 4, used - 3, used - 2, used - 1, used]) {
      if (from >= 0 && from <= used && nextInUse(words, from) !== used) wrong.push(`${used} from ${from}`);
    }
    if (nextInUse(words, used + 1) !== ENTRIES) wrong.push(`none after ${used}`);
  }
  expect(wrong).toEqual([]);
});

test("an empty table has none, and the first of several is found", () => {
  const words = new Uint32Array(2 * ENTRIES);
  for (let from = 0; from <= ENTRIES; from++) expect(nextInUse(words, from)).toBe(ENTRIES);
  words.fill(1);
  for (let from = 0; from < ENTRIES; from++) expect(nextInUse(words, from)).toBe(from);
});
