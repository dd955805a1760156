/** Several planted defects in one instance. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadDirectory } from "../corpus/load.ts";
import { Executor } from "../execute/executor.ts";
import { signatureOf } from "../shrink/signature.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { DEFAULT_FORMAT } from "./planted.ts";
import { DEFECTS, subjectCalled } from "./registry.ts";
import { ADDRESS_SPACE_DEFECTS } from "./space-defects/all.ts";
import type { Subject } from "./subject.ts";

const CASES = (await loadDirectory(fileURLToPath(new URL("../../corpus", import.meta.url)))).flatMap(
  (loaded) => (loaded.status === "entry" ? [loaded.entry] : []),
);

/** Whether what is saved of the defect called `name` shows the same on `subject`. */
function isShownOn(subject: Subject, name: string): boolean {
  const cases = CASES.filter(({ implementation }) => implementation === `defect:${name}`);
  if (cases.length === 0) throw new Error(`nothing of ${name} is saved`);
  return cases.every(({ space, requests, finding: saved }) => {
    const finding = new Executor(subject, space).run(requests);
    if (finding === undefined || saved === undefined) return false;
    return signatureOf({ requests, finding }) === signatureOf({ requests, finding: saved });
  });
}

/** Every two of these. */
function pairsOf<T>(all: readonly T[]): (readonly [T, T])[] {
  return all.flatMap((one, index) => all.slice(index + 1).map((other) => [one, other] as const));
}

function pairName(one: { readonly name: string }, other: { readonly name: string }): string {
  return `defect:${one.name}+${other.name}`;
}

describe("every two planted defects are one subject, or are refused with both names and the reason:", () => {
  const clash = /^\S+ and \S+ can't be combined: both change \S+ of the [a-zA-Z' ]+; leave one out$/;

  test("in the memory set", () => {
    let refused = 0;
    for (const [one, other] of pairsOf(DEFECTS)) {
      const subject = subjectCalled(pairName(one, other));
      if (!subject.ok) {
        refused++;
        expect(subject.error).toMatch(clash);
        expect([subject.error.includes(one.name), subject.error.includes(other.name)]).toEqual([true, true]);
        expect([one.innermost, other.innermost]).toEqual([true, true]);
        continue;
      }
      // What is saved of one need not show what it did: the other may have shown itself before.
      const shown = [one, other].filter(({ name }) => isShownOn(subject.value.subject, name));
      expect(shown.length, pairName(one, other)).toBeGreaterThanOrEqual(1);
    }
    expect(refused).toBe(3);
  });

  const SHORT = requestsIn(
    "map 0x0 0x3000 rw alloc:lazy",
    "store 0x1ffe 2a2a",
    "protect 0x1000 0x1000 r",
    "unmap 0x0 0x2000",
    "clear",
  );

  test("in the address space", () => {
    const other = /^(\S+) is about \S+ alone and (\S+) about \S+; leave one out$/;
    let refused = 0;
    for (const [one, another] of pairsOf(ADDRESS_SPACE_DEFECTS)) {
      const subject = subjectCalled(pairName(one, another));
      if (subject.ok) {
        new Executor(subject.value.subject, SIXTEEN_PAGES).run(SHORT);
        continue;
      }
      const areOfTwoFormats =
        one.format !== undefined && another.format !== undefined && one.format !== another.format;
      if (!areOfTwoFormats) refused++;
      expect(subject.error).toMatch(areOfTwoFormats ? other : clash);
      expect([subject.error.includes(one.name), subject.error.includes(another.name)]).toEqual([true, true]);
    }
    expect(refused).toBe(20);
  });
});

test("two that change the same method both show, whichever is on top", () => {
  for (const pair of [
    "find-free-below-hint+find-free-inside-area",
    "protect-adds-only+protect-splits-equal-flags",
    "unmap-four-areas-at-most+unmap-stops-at-hole",
    "clone-shares-state+failed-protect-half-done",
    "fault-drops-other-flags+fault-restores-first-flags",
    "fault-again-leaks-frame+fault-on-eager-page-served",
    "eager-clone-serves-faults+fault-restores-first-flags",
    "no-flush-on-protect+no-flush-on-split",
    "tlb-hit-permits-all+tlb-tags-of-32-bits",
    "half-empty-table-freed+guard-table-taken-for-empty",
    "linear-offset-without-sign+linear-protect-forgets-offset",
    "sv39-guard-page-valid+sv39-writable-page-not-dirty",
  ]) {
    const subject = subjectCalled(`defect:${pair}`);
    if (!subject.ok) throw new Error(subject.error);
    const lost = pair.split("+").filter((name) => !isShownOn(subject.value.subject, name));
    expect(lost, pair).toEqual([]);
  }
});

describe("a subject of several", () => {
  test("has their names in the order of the alphabet, whatever theirs was", () => {
    const sorted = subjectCalled("defect:protect-adds-only+touching-overlaps+unmap-stops-at-hole");
    const other = subjectCalled("defect:unmap-stops-at-hole+protect-adds-only+touching-overlaps");
    const name = "defect:protect-adds-only+touching-overlaps+unmap-stops-at-hole";
    for (const subject of [sorted, other])
      expect(subject).toMatchObject({ ok: true, value: { name, surface: "memory-set" } });
    expect(sorted.ok && sorted.value).not.toHaveProperty("killedBy");
  });

  test("has a choice of formats where all of them have", () => {
    const free = subjectCalled("defect:guard-page-translates+no-flush-on-protect");
    expect(free).toMatchObject({ value: { format: DEFAULT_FORMAT } });
    expect(free.ok && free.value.inFormat?.("ept")).toMatchObject({
      name: "defect:guard-page-translates+no-flush-on-protect",
      format: "ept",
    });
    const bound = subjectCalled("defect:guard-page-translates+sv39-guard-page-valid");
    expect(bound).toMatchObject({ value: { format: "sv39" } });
    expect(bound.ok && bound.value).not.toHaveProperty("inFormat");
  });

  test("goes back to a snapshot only if all of them can", () => {
    const [open, remembering] = ["touching-overlaps", "stale-find-cache"].map((name) => {
      const subject = subjectCalled(`defect:protect-adds-only+${name}`);
      return subject.ok && subject.value.subject.create(SIXTEEN_PAGES).snapshot !== undefined;
    });
    expect([open, remembering]).toEqual([true, false]);
  });
});

describe("what can't be combined is refused in a line that says why:", () => {
  test.each([
    [
      "touching-overlaps+protect-add-only",
      "there is no such defect as protect-add-only (did you mean protect-adds-only?), mapcheck subjects lists all",
    ],
    [
      "nothing-like-it+touching-overlaps",
      "there is no such defect as nothing-like-it, mapcheck subjects lists all",
    ],
    [
      "touching-overlaps+defect:protect-adds-only",
      "there is no such defect as defect:protect-adds-only (did you mean protect-adds-only?), mapcheck subjects lists all",
    ],
    ["touching-overlaps+", "a + stands between the names of two planted defects, as in defect:a+b"],
    ["+touching-overlaps", "a + stands between the names of two planted defects, as in defect:a+b"],
    ["touching-overlaps++x", "a + stands between the names of two planted defects, as in defect:a+b"],
    [
      "touching-overlaps+protect-adds-only+touching-overlaps",
      "touching-overlaps is named twice; leave it out once",
    ],
    [
      "touching-overlaps+no-flush-on-unmap",
      "touching-overlaps is planted in the memory set and no-flush-on-unmap in the address space; name defects of one of them",
    ],
    [
      "sv39-guard-page-valid+no-flush-on-unmap+ept-execute-in-bit-10",
      "sv39-guard-page-valid is about sv39 alone and ept-execute-in-bit-10 about ept; leave one out",
    ],
    [
      "protect-adds-only+overlap-at-start-only+touching-overlaps",
      "touching-overlaps and overlap-at-start-only can't be combined: both change overlaps of the memory set; leave one out",
    ],
  ])("defect:%s", (names, error) => {
    expect(subjectCalled(`defect:${names}`)).toEqual({ ok: false, error });
  });
});
