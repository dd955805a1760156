/** That a pipe changes nothing, for every subject: what is found, in which run, and what it shrinks to. */
import { describe, expect, test } from "vitest";
import { SUBJECTS } from "../registry.ts";
import { SEEDS } from "../seeds.fixture.ts";
import { InsideAndOut } from "./inside-and-out.fixture.ts";

const both = new InsideAndOut();

/** Enough for most planted defects. */
const RUNS = { "memory-set": 300, "address-space": 80 };

/** Defects of which a pipe shows something else. */
const OTHERWISE = {
  "defect:map-end-at-limit": "its area ends at an address that no answer can hold",
  "defect:split-gigapage-as-small": "each of its traces takes so long that shrinking runs out of time",
  "defect:gigapage-maps-first-2-mib": "its pages are so many that they are listed at the end of a run only",
};

/** All of them with all ten seeds, one in five with two. */
const ONE_IN = Math.ceil(10 / SEEDS.length);

describe("over a pipe as within the process is", () => {
  const others = SUBJECTS.filter(({ name }) => !Object.hasOwn(OTHERWISE, name));
  const some = others.filter((_, index) => index % ONE_IN === 0);

  test.each(some)("$name", async ({ name, surface }) => {
    const { inside, outside } = await both.search(name, RUNS[surface]);
    expect(outside).toEqual(inside);
  });
});

test.each(Object.entries(OTHERWISE))("%s is found over a pipe too, though %s", async (name) => {
  // A seed under which pages of 1 GiB come up early.
  const { inside, outside } = await both.search(name, 300, "pipe1");
  expect(outside.found?.run).toBe(inside.found?.run);
  expect(outside.found).toMatchObject({ stable: true });
});
