import { describe, expect, test } from "vitest";
import type { Counterexample } from "../shrink/same-finding.ts";
import { signatureOf } from "../shrink/signature.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { Novelty } from "./novelty.ts";

function shown(check: string, ...lines: readonly string[]): Counterexample {
  const at = lines.length - 1;
  return {
    requests: requestsIn(...lines),
    finding: { kind: "invariant", check, at, expected: "", observed: "", answer: "ok" },
  };
}

const FIRST = shown("areas", "map 0x0 0x1000 r mock", "clear");
/** Of the same rough kind, but another finding. */
const SECOND = shown("areas", "map 0x0 0x1000 r mock", "map 0x1000 0x1000 r mock", "clear");
const OTHER_KIND = shown("pages", "clear");

describe("a finding is new", () => {
  test("once", () => {
    const novelty = new Novelty();
    expect([FIRST, FIRST, SECOND, FIRST, SECOND].map((found) => novelty.isNew(found, found))).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  test("never where it is known", () => {
    const novelty = new Novelty({ signatures: [signatureOf(FIRST)], kinds: [] });
    expect([FIRST, SECOND].map((found) => novelty.isNew(found, FIRST))).toEqual([false, true]);
  });
});

/** Comes upon a finding so many times. Which of them, from 1, were worth shrinking, all of them to `shrunk`. */
function looks(novelty: Novelty, raw: Counterexample, shrunk: Counterexample, times: number): number[] {
  const looked: number[] = [];
  for (let time = 1; time <= times; time++) {
    if (!novelty.isWorthShrinking(raw)) continue;
    novelty.isNew(shrunk, raw);
    looked.push(time);
  }
  return looked;
}

describe("findings of one kind that are nothing new", () => {
  test("are looked at less and less, without an end", () => {
    const looked = looks(new Novelty({ signatures: [signatureOf(FIRST)], kinds: [] }), FIRST, FIRST, 2000);
    expect(looked).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256, 512, 1024]);
  });

  test("are looked at less from the first on, where each look takes long: whatever hangs", () => {
    const hangAt = (line: string): Counterexample => {
      const { requests, finding } = shown("hang", line);
      return { requests, finding: { ...finding, kind: "hang", answer: "hang" } };
    };
    const [first, second] = [hangAt("clear"), hangAt("areas")];
    const novelty = new Novelty({ kinds: [], signatures: [signatureOf(first)] });
    expect(looks(novelty, first, first, 3)).toEqual([1, 2]);
    expect(looks(novelty, second, first, 61)).toEqual([1, 5, 13, 29, 61]);
  });

  test("stay worth a look at ever longer intervals, not never", () => {
    const novelty = new Novelty({ signatures: [signatureOf(FIRST)], kinds: [] });
    looks(novelty, FIRST, FIRST, 2 ** 16 - 1);
    expect(looks(novelty, FIRST, FIRST, 1)).toEqual([1]);
  });

  test("are all looked at again after one that was new", () => {
    const novelty = new Novelty({ signatures: [signatureOf(FIRST)], kinds: [] });
    looks(novelty, FIRST, FIRST, 1023);
    expect(looks(novelty, FIRST, SECOND, 1)).toEqual([1]);
    expect(looks(novelty, FIRST, FIRST, 12)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 12]);
  });

  test("don't keep others from being looked at", () => {
    const novelty = new Novelty({ signatures: [signatureOf(FIRST)], kinds: [] });
    looks(novelty, FIRST, FIRST, 1023);
    expect(novelty.isWorthShrinking(FIRST)).toBe(true);
    expect(novelty.isWorthShrinking(FIRST)).toBe(false);
    expect(looks(novelty, OTHER_KIND, OTHER_KIND, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("count for the kind that they were before they were shrunk", () => {
    const novelty = new Novelty({ signatures: [signatureOf(FIRST)], kinds: [] });
    looks(novelty, OTHER_KIND, FIRST, 9);
    expect(novelty.isWorthShrinking(FIRST)).toBe(true);
    expect(looks(novelty, OTHER_KIND, FIRST, 3)).toEqual([1, 3]);
  });
});

test("without time to shrink, the first of each rough kind is worth a look", () => {
  const novelty = new Novelty();
  const found = [FIRST, SECOND, OTHER_KIND, FIRST, OTHER_KIND];
  expect(found.map((each) => novelty.isWorthShrinking(each, false))).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
});
