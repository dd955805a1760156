import { describe, expect, test } from "vitest";
import { physAddr, virtAddr } from "../trace/address.ts";
import { ERRORS, OK } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import { READ, WRITE } from "../trace/flags.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { type CorpusEntry, entryFromFile, entryId, entryToFile } from "./entry.ts";
import { corpusSchema, ENTRY_ID } from "./schema.ts";

const SPACE: Space = { base: virtAddr(0x1000), size: 0x10000, page: 0x80, frames: 64 };

const REQUESTS: readonly Request[] = [
  {
    op: "map",
    start: virtAddr(0x1000),
    size: 0x1000,
    flags: READ | WRITE,
    backend: { kind: "linear", physical: physAddr(0x80000) },
    replace: true,
    inject: { kind: "backend", after: 2 },
  },
  { op: "areas" },
  { op: "find-free", hint: virtAddr(0), size: 1, limit: { start: virtAddr(0), end: virtAddr(2) }, align: 1 },
];

const FINDING: Finding = {
  kind: "invariant",
  check: "areas",
  at: 0,
  expected: "none",
  observed: "0x1000-0x2000 r mock",
  answer: "ok",
};

const ENTRY: CorpusEntry = {
  id: "memory-set/map-areas-00000000",
  surface: "memory-set",
  space: SPACE,
  requests: REQUESTS,
  answers: [ERRORS.BadState, { kind: "areas", areas: [] }, { kind: "address", address: null }],
  finding: FINDING,
  implementation: "some 1.0",
  origin: { seed: "s", run: 0, found: "2026-11-20", shrunkFrom: 9 },
  status: "known",
  note: "A sentence.",
};

const BARE: CorpusEntry = {
  id: "memory-set/by-hand",
  surface: "memory-set",
  space: SPACE,
  requests: [{ op: "clear" }],
  status: "regression",
};

describe("a case and its file", () => {
  test.each<{ name: string; entry: CorpusEntry }>([
    { name: "all its parts", entry: ENTRY },
    { name: "none but the necessary ones", entry: BARE },
    { name: "an empty origin", entry: { ...BARE, origin: {} } },
    { name: "an empty note", entry: { ...BARE, note: "", implementation: "" } },
    { name: "answers that carry values", entry: { ...BARE, answers: [OK] } },
    { name: "some manners", entry: { ...BARE, dialect: { boundaries: "free", "zero-unmap": "invalid" } } },
    {
      name: "earlier runs, in their order",
      entry: {
        ...BARE,
        before: [
          { space: SPACE, requests: REQUESTS },
          { space: { ...SPACE, base: virtAddr(0), frames: 0 }, requests: [{ op: "clear" }] },
        ],
      },
    },
    { name: "that it is unstable", entry: { ...BARE, status: "unstable" } },
    { name: "that it was given up", entry: { ...BARE, status: "stale" } },
  ])("say the same: $name", ({ entry }) => {
    const file = entryToFile(entry);
    expect(corpusSchema.parse(file)).toEqual(file);
    expect(entryFromFile(file)).toEqual({ ok: true, value: entry });
  });

  test("the file's text is the trace language, its keys always in one order", () => {
    const { kind, check, at, expected, observed, answer } = FINDING;
    const entry: CorpusEntry = {
      note: "A sentence.",
      status: "known",
      origin: { shrunkFrom: 9, found: "2026-11-20", run: 0, seed: "s" },
      implementation: "some 1.0",
      finding: { answer, observed, expected, at, check, kind },
      answers: [ERRORS.BadState, { kind: "areas", areas: [] }, { kind: "address", address: null }],
      requests: REQUESTS,
      space: { frames: 64, page: 0x80, size: 0x10000, base: virtAddr(0x1000) },
      surface: "memory-set",
      id: "memory-set/map-areas-00000000",
    };
    expect(JSON.stringify(entryToFile(entry), null, 1)).toBe(
      JSON.stringify(
        {
          mapcheck: 1,
          id: "memory-set/map-areas-00000000",
          surface: "memory-set",
          space: { base: "0x1000", size: "0x10000", page: "0x80", frames: 64 },
          dialect: {},
          trace: [
            "map 0x1000 0x1000 rw linear:0x80000 replace !backend=2",
            "areas",
            "find-free 0x0 0x1 0x0-0x2 0x1",
          ],
          answers: ["err BadState", "ok none", "ok none"],
          finding: FINDING,
          implementation: "some 1.0",
          origin: { seed: "s", run: 0, found: "2026-11-20", shrunkFrom: 9 },
          status: "known",
          note: "A sentence.",
        },
        null,
        1,
      ),
    );
  });
});

describe("the manners of a file", () => {
  const file = entryToFile(BARE);

  test("that are the contract's own say nothing", () => {
    const plain = entryFromFile({ ...file, dialect: { boundaries: "exact", sizes: "roundup" } });
    expect(plain).toEqual({ ok: true, value: { ...BARE, dialect: { sizes: "roundup" } } });
    expect(entryFromFile(file)).toEqual({ ok: true, value: BARE });
  });

  test.each([
    ["boundaries", "loose", 'boundaries has no value "loose"'],
    ["boundary", "free", 'unknown dialect key "boundary"'],
    ["toString", "free", 'unknown dialect key "toString"'],
  ])("that aren't known make it stale: %s=%s", (key, value, what) => {
    const remedy = "use a mapcheck that knows it";
    expect(entryFromFile({ ...file, dialect: { [key]: value } })).toEqual({
      ok: false,
      error: { path: ["dialect", key], what, remedy },
    });
  });
});

describe("the earlier runs of a file", () => {
  const space = entryToFile(BARE).space;

  test("are told by their place where a line doesn't parse", () => {
    const before = [
      { space, trace: ["clear"] },
      { space, trace: ["clear", "areas", "cleer"] },
    ];
    expect(entryFromFile({ ...entryToFile(BARE), before })).toMatchObject({
      ok: false,
      error: {
        path: ["before", 1, "trace", 2],
        what: expect.stringMatching(/^before\[1\]\.trace\[2\], column 1: "cleer" is not a request/),
      },
    });
  });

  test("stand behind the trace and its answers", () => {
    const entry = { ...ENTRY, before: [{ space: SPACE, requests: REQUESTS }] };
    const keys = Object.keys(entryToFile(entry));
    expect(keys.slice(keys.indexOf("trace"), keys.indexOf("finding") + 1)).toEqual([
      "trace",
      "answers",
      "before",
      "finding",
    ]);
  });

  test.each([
    ["an empty one", [{ space, trace: [] }]],
    ["one without a space", [{ trace: ["clear"] }]],
    ["one with more keys", [{ space, trace: ["clear"], surface: "memory-set" }]],
    ["one in a space that is none", [{ space: { ...space, size: "0x1" }, trace: ["clear"] }]],
    ["lines alone", ["clear"]],
  ])("are refused where there is %s", (_what, before) => {
    expect(corpusSchema.safeParse({ ...entryToFile(BARE), before }).success).toBe(false);
  });
});

describe("an id", () => {
  const id = entryId("memory-set", SPACE, REQUESTS, FINDING);

  test("is the surface, the verb, the check and a hash, for ever the same", () => {
    expect(id).toBe("memory-set/map-areas-90abebc8");
  });

  test("doesn't depend on what was expected and observed", () => {
    expect(entryId("memory-set", SPACE, REQUESTS, { ...FINDING, expected: "a", observed: "b" })).toBe(id);
  });

  test.each([
    { part: "the surface", other: entryId("address-space", SPACE, REQUESTS, FINDING) },
    { part: "the base", other: entryId("memory-set", { ...SPACE, base: virtAddr(0) }, REQUESTS, FINDING) },
    { part: "the size", other: entryId("memory-set", { ...SPACE, size: 0x20000 }, REQUESTS, FINDING) },
    { part: "the page", other: entryId("memory-set", { ...SPACE, page: 0x100 }, REQUESTS, FINDING) },
    { part: "the frames", other: entryId("memory-set", { ...SPACE, frames: 0 }, REQUESTS, FINDING) },
    { part: "the trace", other: entryId("memory-set", SPACE, REQUESTS.slice(0, 2), FINDING) },
    { part: "the kind", other: entryId("memory-set", SPACE, REQUESTS, { ...FINDING, kind: "answer" }) },
    { part: "the check", other: entryId("memory-set", SPACE, REQUESTS, { ...FINDING, check: "pages" }) },
    { part: "the answer", other: entryId("memory-set", SPACE, REQUESTS, { ...FINDING, answer: "panic" }) },
  ])("depends on $part", ({ other }) => {
    expect(other.slice(-8)).toMatch(/^[0-9a-f]{8}$/);
    expect(other.slice(-8)).not.toBe(id.slice(-8));
  });

  test.each([
    { check: "No Stale/Translation", at: 2, start: "memory-set/find-free-no-stale-translation-" },
    { check: "../..", at: 1, start: "memory-set/areas-" },
  ])("of the check $check can name a file", ({ check, at, start }) => {
    const named = entryId("memory-set", SPACE, REQUESTS, { ...FINDING, check, at });
    expect(named.slice(0, -8)).toBe(start);
    expect(named).toMatch(ENTRY_ID);
  });
});
