import { describe, expect, test } from "vitest";
import { physAddr, virtAddr } from "./address.ts";
import {
  ANSWER_CLASSES,
  type Answer,
  type AreaRecord,
  answerClass,
  ERROR_NAMES,
  ERRORS,
  FALSE,
  NO_ADDRESS,
  OK,
  type PageRecord,
  sameAnswer,
  TRUE,
} from "./answer.ts";
import { READ, WRITE } from "./flags.ts";

const AREA: AreaRecord = {
  start: virtAddr(0x1000),
  end: virtAddr(0x3000),
  flags: READ,
  backend: { kind: "linear", physical: physAddr(0x80000) },
};
const PAGE: PageRecord = { addr: virtAddr(0x1000), physical: physAddr(0x80000), flags: READ };

/** Answers of every kind, no two of which say the same. A function, so that two calls share no object. */
function distinctAnswers(): Answer[] {
  const area = (change: Partial<AreaRecord>): AreaRecord => ({ ...AREA, ...change });
  const areas: AreaRecord[] = [
    area({}),
    area({ start: virtAddr(0) }),
    area({ end: virtAddr(0x2000) }),
    area({ flags: WRITE }),
    area({ backend: { kind: "linear", physical: physAddr(0) } }),
    area({ backend: { kind: "mock" } }),
    area({ backend: { kind: "alloc:lazy" } }),
  ];
  const pages: PageRecord[] = [
    { ...PAGE },
    { ...PAGE, addr: virtAddr(0) },
    { ...PAGE, physical: physAddr(0) },
    { ...PAGE, flags: WRITE },
    { addr: PAGE.addr, flags: READ },
  ];
  return [
    { kind: "ok" },
    { kind: "fault" },
    { kind: "truth", truth: true },
    { kind: "truth", truth: false },
    { kind: "address", address: null },
    { kind: "address", address: 0 },
    { kind: "address", address: 0x1000 },
    { kind: "area", area: null },
    ...areas.map((one): Answer => ({ kind: "area", area: one })),
    { kind: "areas", areas: [] },
    ...areas.map((one): Answer => ({ kind: "areas", areas: [area({ start: virtAddr(1) }), one] })),
    { kind: "pages", pages: [] },
    ...pages.map((one): Answer => ({ kind: "pages", pages: [{ ...PAGE, addr: virtAddr(1) }, one] })),
    { kind: "bytes", bytes: new Uint8Array([0, 1]) },
    { kind: "bytes", bytes: new Uint8Array([0, 2]) },
    { kind: "bytes", bytes: new Uint8Array([0]) },
    { kind: "frames", data: 1, table: 2 },
    { kind: "frames", data: 1, table: 1 },
    { kind: "frames", data: 2, table: 2 },
    { kind: "count", count: 0 },
    { kind: "count", count: 1 },
    ...ERROR_NAMES.map((name): Answer => ({ kind: "err", name })),
    { kind: "panic", text: "a" },
    { kind: "panic", text: "b" },
  ];
}

test("sameAnswer is true of answers that say the same, and of no others", () => {
  const [left, right] = [distinctAnswers(), distinctAnswers()];
  for (const [i, a] of left.entries()) {
    expect(sameAnswer(a, a)).toBe(true);
    const same = right.flatMap((b, j) => (sameAnswer(a, b) ? [j] : []));
    expect(same).toEqual([i]);
  }
});

describe("answerClass", () => {
  test.each<[Answer, string]>([
    [OK, "ok"],
    [TRUE, "true"],
    [FALSE, "false"],
    [NO_ADDRESS, "none"],
    [{ kind: "address", address: 0 }, "value"],
    [{ kind: "fault" }, "fault"],
    [{ kind: "area", area: null }, "none"],
    [{ kind: "area", area: AREA }, "value"],
    [{ kind: "areas", areas: [] }, "value"],
    [{ kind: "pages", pages: [] }, "value"],
    [{ kind: "bytes", bytes: new Uint8Array([1]) }, "value"],
    [{ kind: "frames", data: 0, table: 0 }, "value"],
    [{ kind: "count", count: 0 }, "value"],
    [ERRORS.BadState, "BadState"],
    [{ kind: "panic", text: "" }, "panic"],
  ])("%j is %s", (answer, expected) => {
    expect(answerClass(answer)).toBe(expected);
  });

  test("the list of classes holds each class that an answer can have", () => {
    const met = new Set(distinctAnswers().map(answerClass));
    expect([...met].sort()).toEqual([...ANSWER_CLASSES].sort());
  });
});

test("there is one shared answer for each error", () => {
  expect(Object.keys(ERRORS)).toEqual([...ERROR_NAMES]);
  for (const name of ERROR_NAMES) expect(ERRORS[name]).toEqual({ kind: "err", name });
});
