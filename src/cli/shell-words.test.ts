import { expect, test } from "vitest";
import { ADDRESS_SPACE_HELLO, MEMORY_SET_HELLO } from "../trace/space.ts";
import { completionsOf } from "./shell-words.ts";

test.each<[line: string, words: readonly string[]]>([
  ["m", ["map"]],
  ["  unm", ["unmap"]],
  ["f", ["find", "find-free"]],
  ["re", ["reset"]],
  ["s", ["save"]],
  ["dr", []],
  ["map 0x0 0x1000 r ", ["mock", "replace", "!backend="]],
  ["map 0x0 0x1000 r m", ["mock"]],
  ["clear !", ["!backend="]],
  ["areas ", []],
  ["reset base=0x0 si", ["size="]],
  ["save na", []],
  ["nonsense x", []],
])("%j on a memory set can become %j", (line, words) => {
  const [fitting, last] = completionsOf(line, MEMORY_SET_HELLO);
  expect(fitting).toEqual(words);
  expect(line.endsWith(last)).toBe(true);
});

test("an address space has words of its own", () => {
  expect(completionsOf("map 0x0 0x1000 r alloc", ADDRESS_SPACE_HELLO)[0]).toEqual([
    "alloc:eager",
    "alloc:lazy",
  ]);
  expect(completionsOf("acc", ADDRESS_SPACE_HELLO)[0]).toEqual(["access"]);
  expect(completionsOf("", ADDRESS_SPACE_HELLO)[0]).toContain("write");
});
