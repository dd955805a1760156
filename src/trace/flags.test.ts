import { expect, test } from "vitest";
import {
  ALL_FLAGS,
  DEVICE,
  EXECUTE,
  FLAG_LETTERS,
  NO_FLAGS,
  READ,
  RWX,
  sameProtection,
  UNCACHED,
  USER,
  WRITE,
  withProtection,
} from "./flags.ts";

test("each letter stands for the bit at its index", () => {
  const bits = [READ, WRITE, EXECUTE, USER, DEVICE, UNCACHED];
  expect(bits).toEqual(Array.from(FLAG_LETTERS, (_, index) => 1 << index));
  expect(bits.reduce((all, bit) => all | bit)).toBe(ALL_FLAGS);
});

test("withProtection changes r, w, x and nothing else", () => {
  for (let old = 0; old <= ALL_FLAGS; old++) {
    for (let wanted = 0; wanted <= ALL_FLAGS; wanted++) {
      const flags = withProtection(old, wanted);
      expect([flags & RWX, flags & ~RWX]).toEqual([wanted & RWX, old & ~RWX]);
    }
  }
});

test("sameProtection looks at r, w, x and nothing else", () => {
  expect(sameProtection(READ | USER, READ | DEVICE)).toBe(true);
  expect(sameProtection(USER, NO_FLAGS)).toBe(true);
  expect(sameProtection(READ | WRITE, READ)).toBe(false);
  expect(sameProtection(EXECUTE, NO_FLAGS)).toBe(false);
});
