import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const WORDS = ["map", "unmap", "protect", "find-free", "read"];

test.each([
  ["map", "map"],
  ["MAP", "map"],
  ["mapp", "map"],
  ["ma", "map"],
  ["mpa", "map"],
  ["nap", "map"],
  ["munmap", "unmap"],
  ["protetc", "protect"],
  ["mprotct", "protect"],
  ["findFree", "find-free"],
])("%s is nearest to %s", (word, found) => {
  expect(nearest(word, WORDS)).toBe(found);
});

test.each(["", "x", "xyz", "mxy", "proportion", "readable"])("nothing is near %j", (word) => {
  expect(nearest(word, WORDS)).toBeUndefined();
});

test("fewer edits win over an earlier place in the list", () => {
  expect(nearest("raed", ["rad", "read"])).toBe("rad");
  expect(nearest("areas", ["read", "areas"])).toBe("areas");
});
