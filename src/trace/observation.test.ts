import { describe, expect, test } from "vitest";
import { physAddr, virtAddr } from "./address.ts";
import { READ, WRITE } from "./flags.ts";
import { BACKEND_KINDS, NO_PHYSICAL, Observation, UNKNOWN_FLAGS } from "./observation.ts";

describe("an observation", () => {
  test("keeps areas in columns, the backend as its code", () => {
    const observation = new Observation();
    observation.area(virtAddr(0x1000), virtAddr(0x3000), READ, "mock");
    observation.area(virtAddr(0x3000), virtAddr(0x4000), READ | WRITE, "alloc:lazy");
    expect(observation.areaCount).toBe(2);
    expect([...observation.areaStarts.subarray(0, 2)]).toEqual([0x1000, 0x3000]);
    expect([...observation.areaEnds.subarray(0, 2)]).toEqual([0x3000, 0x4000]);
    expect([...observation.areaFlags.subarray(0, 2)]).toEqual([READ, READ | WRITE]);
    expect(Array.from(observation.areaBackends.subarray(0, 2), (code) => BACKEND_KINDS[code])).toEqual([
      "mock",
      "alloc:lazy",
    ]);
  });

  test("keeps pages in columns, with or without a physical address", () => {
    const observation = new Observation();
    observation.page(virtAddr(0x1000), READ);
    observation.page(virtAddr(0x2000), WRITE, physAddr(0x80000));
    expect(observation.pageCount).toBe(2);
    expect([...observation.pageAddrs.subarray(0, 2)]).toEqual([0x1000, 0x2000]);
    expect([...observation.pageFlags.subarray(0, 2)]).toEqual([READ, WRITE]);
    expect([...observation.pagePhysicals.subarray(0, 2)]).toEqual([NO_PHYSICAL, 0x80000]);
  });

  test("grows and keeps what it has", () => {
    const observation = new Observation();
    const numbers = Array.from({ length: 1000 }, (_, index) => index);
    const largest = 2 ** 52 - 1;
    for (const index of numbers) {
      observation.area(virtAddr(index), virtAddr(largest), index % 64, BACKEND_KINDS[index % 4] ?? "mock");
      observation.page(virtAddr(index), index % 64, physAddr(largest - index));
    }
    expect([observation.areaCount, observation.pageCount]).toEqual([1000, 1000]);
    expect([...observation.areaStarts.subarray(0, 1000)]).toEqual(numbers);
    expect(observation.areaEnds.subarray(0, 1000).every((end) => end === largest)).toBe(true);
    expect([...observation.areaFlags.subarray(0, 1000)]).toEqual(numbers.map((index) => index % 64));
    expect([...observation.areaBackends.subarray(0, 1000)]).toEqual(numbers.map((index) => index % 4));
    expect([...observation.pageAddrs.subarray(0, 1000)]).toEqual(numbers);
    expect([...observation.pageFlags.subarray(0, 1000)]).toEqual(numbers.map((index) => index % 64));
    expect([...observation.pagePhysicals.subarray(0, 1000)]).toEqual(numbers.map((index) => largest - index));
  });

  test("forgets everything on reset and keeps its room", () => {
    const observation = new Observation();
    for (let index = 0; index < 65; index++) observation.area(virtAddr(index), virtAddr(index), READ, "mock");
    observation.page(virtAddr(0x1000), READ);
    observation.injected = 2;
    observation.showsPages = false;
    const { areaStarts } = observation;
    observation.reset();
    expect([observation.areaCount, observation.pageCount, observation.injected]).toEqual([0, 0, 0]);
    expect(observation.showsPages).toBe(true);
    observation.area(virtAddr(7), virtAddr(8), READ, "mock");
    expect(observation.areaStarts).toBe(areaStarts);
    expect(areaStarts[0]).toBe(7);
  });
});

test.each([64, 259, -1, 1.5, Number.NaN])("%d is kept as no set of flags at all", (flags) => {
  const observed = new Observation();
  observed.area(virtAddr(0), virtAddr(0x1000), flags, "mock");
  observed.page(virtAddr(0), flags);
  expect([observed.areaFlags[0], observed.pageFlags[0]]).toEqual([UNKNOWN_FLAGS, UNKNOWN_FLAGS]);
});
