import { describe, expect, test } from "vitest";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { FORMAT_NAMES } from "../trace/hardware.ts";
import { misfitOfSpace } from "../trace/preconditions.ts";
import { addressLimit } from "../trace/space.ts";
import { standardSpaces } from "./spaces.ts";

const GIB = 2 ** 30;

test("x86-64: small with and without a limit of frames, large below and above the middle", () => {
  expect(standardSpaces(addressSpaceSubject("x86-64").hello)).toEqual([
    { base: 0, size: 0x10000, page: 0x1000, frames: 0 },
    { base: 0, size: 0x10000, page: 0x1000, frames: 16 },
    { base: 0x7fc000000000, size: 256 * GIB, page: 0x1000, frames: 0 },
    { base: 0x800000000000, size: 256 * GIB, page: 0x1000, frames: 512 },
  ]);
});

test("sv39: the large ones fill the address space but for the page at its end", () => {
  expect(standardSpaces(addressSpaceSubject("sv39").hello).slice(2)).toEqual([
    { base: 0, size: 256 * GIB, page: 0x1000, frames: 0 },
    { base: 256 * GIB, size: 256 * GIB - 0x1000, page: 0x1000, frames: 512 },
  ]);
});

describe.each(FORMAT_NAMES)("%s", (format) => {
  const { hello } = addressSpaceSubject(format);

  test("all of them are sound", () => {
    for (const space of standardSpaces(hello)) {
      expect(misfitOfSpace(space, addressLimit(hello), "address-space")).toBeUndefined();
    }
  });

  test("one ends at the middle, and one begins there", () => {
    const middle = addressLimit(hello) / 2;
    const [below, above] = standardSpaces(hello).slice(2);
    expect([(below?.base ?? 0) + (below?.size ?? 0), above?.base]).toEqual([middle, middle]);
  });
});
