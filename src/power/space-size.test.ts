import { describe, expect, test } from "vitest";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { findSubject } from "../subjects/registry.ts";
import { FORMAT_NAMES } from "../trace/hardware.ts";
import { misfitOfSpace } from "../trace/preconditions.ts";
import { addressLimit, MEMORY_SET_HELLO } from "../trace/space.ts";
import { BEYOND_SMALL, canShow, spacesOf } from "./space-size.ts";
import { STRATEGIES } from "./strategies.ts";
import { runTrial } from "./trial.ts";

const HELLOS = [MEMORY_SET_HELLO, ...FORMAT_NAMES.map((format) => addressSpaceSubject(format).hello)];

describe.each(HELLOS)("$name", (hello) => {
  const pagesOf = (size: "small" | "large") => spacesOf(size, hello).map((space) => space.size / space.page);

  test("small spaces have 16 pages, large ones 2^26 but for the page at the end of the address space", () => {
    for (const pages of pagesOf("small")) expect(pages).toBe(16);
    for (const pages of pagesOf("large")) expect(2 ** 26 - pages).toBeOneOf([0, 1]);
    expect(pagesOf("small").length).toBeGreaterThan(0);
    expect(pagesOf("large").length).toBeGreaterThan(0);
  });

  test("all of them are sound", () => {
    for (const space of [...spacesOf("small", hello), ...spacesOf("large", hello)]) {
      expect(misfitOfSpace(space, addressLimit(hello), hello.surface)).toBeUndefined();
    }
  });
});

describe("what a small space can't show", () => {
  test.each(Object.keys(BEYOND_SMALL))("is %s", (defect) => {
    const { subject } = findSubject(defect) ?? {};
    if (subject === undefined) throw new Error("there is no such defect");
    for (const strategy of ["ours", "uniform"] as const) {
      const trial = { defect, space: "small", strategy, seed: 0, budget: 1000 } as const;
      expect(runTrial(trial, subject, STRATEGIES[strategy]).check).toBeNull();
    }
    expect([canShow("small", defect), canShow("large", defect)]).toEqual([false, true]);
  });
});

test("all others can be shown anywhere", () => {
  const defect = "defect:unmap-loses-right-part";
  expect([canShow("small", defect), canShow("large", defect)]).toEqual([true, true]);
});
