import { describe, expect, test } from "vitest";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { draftOf, found, handWritten, unmapOfPages } from "./cases.fixture.ts";
import { describeCovering, partCases, twinsIn } from "./covering.ts";
import type { CorpusEntry } from "./entry.ts";

function savedAs(entries: Readonly<Record<string, CorpusEntry>>) {
  return Object.entries(entries).map(([file, entry]) => ({ file, entry }));
}

/** Which of the cases are covered, each as `file by file: why`, in whatever order they are looked at. */
function coveredIn(entries: Readonly<Record<string, CorpusEntry>>): string[] {
  const cases = savedAs(entries);
  const [there, back] = [cases, cases.toReversed()].map((each) =>
    partCases(each)
      .covered.map(({ saved, by, why }) => `${saved.file} by ${by.file}: ${why}`)
      .sort(),
  );
  expect(back).toEqual(there);
  return there ?? [];
}

const SMALL = unmapOfPages(2);
const LARGE = unmapOfPages(4);
const SCENARIO = handWritten("scenario", "map 0x0 0x1000 r mock", "areas");
const KNOWN = { status: "known", note: "line 7" } as const;
const [MAP, CLEAR] = ["map 0x0 0x1000 r mock", "clear"];

describe("a finding with the same signature as another one", () => {
  test("is covered by the simplest", () => {
    const entries = { large: LARGE, small: SMALL, middle: unmapOfPages(3) };
    expect(coveredIn(entries)).toEqual(["large by small: signature", "middle by small: signature"]);
    expect(partCases(savedAs(entries)).kept).toEqual([{ file: "small", entry: SMALL }]);
  });

  test("is covered by a known bug, even where that is less simple, and by one that comes back", () => {
    const known = unmapOfPages(4, KNOWN);
    expect(coveredIn({ known, small: SMALL })).toEqual(["small by known: signature"]);
    const unstable = unmapOfPages(2, { status: "unstable" });
    expect(coveredIn({ unstable, large: LARGE })).toEqual(["unstable by large: signature"]);
    const stale = unmapOfPages(2, { status: "stale" });
    expect(coveredIn({ stale, large: LARGE })).toEqual(["stale by large: signature"]);
  });

  test("is covered by one that needs fewer runs before it", () => {
    const before = [{ space: SIXTEEN_PAGES, requests: requestsIn("clear") }];
    expect(coveredIn({ small: { ...SMALL, before }, large: LARGE })).toEqual(["small by large: signature"]);
  });

  test.each<[what: string, other: CorpusEntry]>([
    ["another implementation", unmapOfPages(4, { implementation: "tested-2" })],
    ["another dialect", unmapOfPages(4, { dialect: { boundaries: "free" } })],
    ["larger pages", { ...LARGE, space: { ...SIXTEEN_PAGES, page: 0x2000 } }],
    ["another check", found([MAP, CLEAR])],
    ["a note", unmapOfPages(4, { note: "what the customer saw" })],
    ["a known bug", unmapOfPages(4, { status: "known" })],
    ["answers", { ...LARGE, answers: [{ kind: "ok" }, { kind: "ok" }] }],
  ])("is not covered where it has %s", (_what, other) => {
    const { kept } = partCases(savedAs({ small: SMALL, other }));
    expect(kept).toContainEqual({ file: "other", entry: other });
    if (other.status !== "known") expect(kept).toHaveLength(2);
  });

  test("is covered by one with the same note", () => {
    const [small, large] = [unmapOfPages(2, KNOWN), unmapOfPages(4, KNOWN)];
    expect(coveredIn({ small, large })).toEqual(["large by small: signature"]);
  });
});

describe("the same run as another one", () => {
  const other = found([MAP, CLEAR], {
    id: "memory-set/other",
    finding: { kind: "panic", check: "panic", at: 1, expected: "ok", observed: "panic", answer: "panic" },
  });

  test("is covered, whatever it showed", () => {
    const covered = coveredIn({ areas: found([MAP, CLEAR]), other });
    expect(covered).toEqual(["other by areas: run"]);
  });

  test("is not covered in another space", () => {
    const elsewhere = { ...other, space: { ...SIXTEEN_PAGES, size: 0x20000 } };
    expect(coveredIn({ areas: found([MAP, CLEAR]), other: elsewhere })).toEqual([]);
  });

  test("is not covered after other runs", () => {
    const before = [{ space: SIXTEEN_PAGES, requests: requestsIn("clear") }];
    expect(coveredIn({ areas: found([MAP, CLEAR]), other: { ...other, before } })).toEqual([]);
  });

  test("is not covered where it was written by hand", () => {
    const [a, b] = [handWritten("a", MAP, CLEAR), handWritten("b", MAP, CLEAR)];
    expect(coveredIn({ a, b })).toEqual([]);
    const generated = found([MAP, CLEAR], { id: "memory-set/0" });
    const { implementation = "" } = generated;
    expect(coveredIn({ generated, hand: { ...b, implementation } })).toEqual([]);
  });
});

describe("a finding as it was met", () => {
  const shrunk = unmapOfPages(2, { origin: { seed: "demo", run: 7, shrunkFrom: 3 } });
  const met = draftOf(found(["map 0x0 0x2000 r mock", "protect 0x0 0x1000 w", "unmap 0x0 0x1000"]));

  test("is covered by a part of it that shows the same", () => {
    expect(coveredIn({ met, part: SMALL })).toEqual(["met by part: draft"]);
  });

  test("is covered by what came of the same run", () => {
    const elsewhere = { ...shrunk, space: { ...SIXTEEN_PAGES, size: 0x20000 } };
    expect(coveredIn({ met, elsewhere })).toEqual(["met by elsewhere: draft"]);
  });

  test.each<[what: string, other: CorpusEntry]>([
    ["another run", { ...LARGE, origin: { seed: "demo", run: 8, shrunkFrom: 3 } }],
    ["another seed", { ...LARGE, origin: { seed: "demo-2", run: 7, shrunkFrom: 3 } }],
    ["a trace of another length", { ...LARGE, origin: { seed: "demo", run: 7, shrunkFrom: 4 } }],
    ["no run at all", LARGE],
    ["a part of it in another space", { ...SMALL, space: { ...SIXTEEN_PAGES, size: 0x20000 } }],
    ["the same run, with something else found", { ...found([MAP, CLEAR]), origin: shrunk.origin ?? {} }],
    ["the same requests in another order", found(["unmap 0x0 0x1000", "map 0x0 0x2000 r mock"])],
    ["a case without a finding", { ...handWritten("a", "clear"), implementation: "tested-1" }],
    ["another one as it was met", draftOf(found(["map 0x0 0x2000 r mock", "unmap 0x0 0x1000"]))],
  ])("is not covered by %s", (_what, other) => {
    const isBad = other.requests.at(-1)?.op === "clear" && other.finding !== undefined;
    const finding = isBad && other.finding && { ...other.finding, check: "pages" };
    expect(coveredIn({ met, other: finding ? { ...other, finding } : other })).toEqual([]);
  });

  test("is what nothing else is: a shrunk trace stays, though another one is a part of it", () => {
    const whole = found(["map 0x0 0x2000 r mock", "protect 0x0 0x1000 w", "unmap 0x0 0x1000"]);
    expect(coveredIn({ whole, part: SMALL })).toEqual([]);
  });
});

test("twins are the same run, and both stay because of what people said of them", () => {
  const [a, b] = [
    found([MAP, CLEAR], { note: "one" }),
    found([MAP, CLEAR], { note: "two", id: "memory-set/b" }),
  ];
  const { kept, covered } = partCases(savedAs({ a, b, SCENARIO }));
  expect(covered).toEqual([]);
  expect(twinsIn(kept).map(({ saved, by, why }) => [saved.file, by.file, why])).toEqual([["a", "b", "run"]]);
});

test("every reason has words", () => {
  expect((["run", "signature", "draft"] as const).map((why) => describeCovering(why, "F"))).toEqual([
    "the same trace as in F",
    "the same finding as in F (equal signatures)",
    "a finding as it was met, which is shrunk in F",
  ]);
});
