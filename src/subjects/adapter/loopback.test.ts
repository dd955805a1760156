/** That a pipe changes nothing: what is found, in which run, and what it shrinks to. */
import { describe, expect, test } from "vitest";
import { InsideAndOut } from "./inside-and-out.fixture.ts";

const both = new InsideAndOut();

describe("over a pipe as within the process is", () => {
  test.each([
    ["memory-set", 100],
    ["address-space", 24],
    ["defect:unmap-loses-right-part", 100],
    ["defect:fault-again-leaks-frame", 100],
  ])("%s", async (name, runs) => {
    const { inside, outside } = await both.search(name, runs);
    expect(outside).toEqual(inside);
    expect(inside.found !== undefined).toBe(name.startsWith("defect:"));
  });
});
