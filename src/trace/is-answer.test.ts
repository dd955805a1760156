import { describe, expect, test } from "vitest";
import { physAddr, virtAddr } from "./address.ts";
import { type Answer, ERROR_NAMES } from "./answer.ts";
import { isAnswer } from "./is-answer.ts";

const AREA = { start: virtAddr(0), end: virtAddr(0x1000), flags: 3, backend: { kind: "mock" } } as const;
const LINEAR = { ...AREA, backend: { kind: "linear", physical: physAddr(0) } } as const;
const PAGE = { addr: virtAddr(0), flags: 1 };

/** One of each kind, and of each that has a value of several forms. */
const ANSWERS: readonly Answer[] = [
  { kind: "ok" },
  { kind: "fault" },
  { kind: "truth", truth: false },
  { kind: "address", address: null },
  { kind: "address", address: virtAddr(0) },
  { kind: "area", area: null },
  { kind: "area", area: AREA },
  { kind: "areas", areas: [] },
  { kind: "areas", areas: [AREA, LINEAR, { ...AREA, backend: { kind: "alloc:eager" } }] },
  { kind: "areas", areas: [{ ...AREA, backend: { kind: "alloc:lazy" } }] },
  { kind: "pages", pages: [] },
  { kind: "pages", pages: [PAGE, { ...PAGE, physical: physAddr(0x1000) }] },
  { kind: "bytes", bytes: new Uint8Array(2) },
  { kind: "bytes", bytes: Buffer.from("a") },
  { kind: "frames", data: 0, table: 4 },
  { kind: "count", count: 0 },
  ...ERROR_NAMES.map((name): Answer => ({ kind: "err", name })),
  { kind: "panic", text: "" },
];

/** The value with one thing in it taken out or replaced, wherever it is. */
function* spoilt(value: unknown): Generator<unknown> {
  yield undefined;
  yield "junk";
  yield {};
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  for (const [key, inner] of Object.entries(value)) {
    const rest = Object.entries(value).filter(([other]) => other !== key);
    // Where nothing is as good as nothing known.
    if (!(Array.isArray(value) || key === "physical")) yield Object.fromEntries(rest);
    for (const bad of spoilt(inner)) {
      if (key === "physical" && bad === undefined && "addr" in value) continue;
      if (Array.isArray(value)) yield value.with(Number(key), bad);
      else yield { ...value, [key]: bad };
    }
  }
}

describe("an answer is", () => {
  test.each(ANSWERS.map((answer) => [JSON.stringify(answer), answer] as const))("%s", (_text, answer) => {
    expect(isAnswer(answer)).toBe(true);
    expect(isAnswer({ ...answer, more: 1 })).toBe(true);
  });
});

describe("nothing else is: with one thing wrong", () => {
  /** What is a text may be any. */
  const strict = ANSWERS.filter(({ kind }) => kind !== "panic");
  test.each(strict.map((answer) => [JSON.stringify(answer), answer] as const))("%s", (_text, answer) => {
    const taken = [...spoilt(answer)].filter(isAnswer);
    expect(taken).toEqual([]);
  });

  test.each([
    undefined,
    null,
    0,
    "ok",
    true,
    [],
    {},
    () => ({ kind: "ok" }),
    Promise.resolve({ kind: "ok" }),
  ])("%j", (value) => {
    expect(isAnswer(value)).toBe(false);
  });

  test.each([
    { kind: "OK" },
    { kind: "err", name: "toString" },
    { kind: "err", name: "Badstate" },
    { kind: "panic", text: 1 },
    { kind: "address", address: "0x0" },
    { kind: "address", address: true },
    { kind: "bytes", bytes: [1] },
    { kind: "bytes", bytes: new Uint16Array(1) },
    { kind: "areas", areas: [{ ...AREA, backend: "mock" }] },
    { kind: "areas", areas: [{ ...AREA, backend: { kind: "linear" } }] },
    { kind: "pages", pages: [{ ...PAGE, physical: null }] },
    { kind: "frames", data: 1 },
  ])("%j", (value) => {
    expect(isAnswer(value)).toBe(false);
  });
});
