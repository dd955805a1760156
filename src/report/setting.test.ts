import { expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { describeSpace, titleOf } from "./setting.ts";

test("a subject is named, with the format of its page tables where it has them", () => {
  expect(titleOf({ name: "memory-set" })).toBe("memory-set");
  expect(titleOf({ name: "defect:x", format: "sv39" })).toBe("defect:x (sv39)");
});

test.each([
  [0, 0x10000, 0, "0x0-0x10000, 16 pages of 0x1000 bytes"],
  [0x3000, 0x1000, 1, "0x3000-0x4000, 1 page of 0x1000 bytes, 1 frame"],
  [2 ** 47, 2 ** 38, 512, "0x800000000000-0x804000000000, 67,108,864 pages of 0x1000 bytes, 512 frames"],
])("a space is described (%#)", (base, size, frames, text) => {
  expect(describeSpace({ base: virtAddr(base), size, page: 0x1000, frames }, 48)).toBe(text);
});
