import { describe, expect, test } from "vitest";
import type { Ending } from "../subjects/adapter/process.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { NO_FRAMES } from "../trace/observation.ts";
import { printAnswer } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import { type Flaw, Transcript } from "./transcript.ts";

/** A transcript of these bytes. */
function transcriptOf(text: string | Uint8Array, ending?: Ending): Transcript {
  const transcript = new Transcript();
  transcript.begin({ bytes: Buffer.from(text), ...(ending && { ending }) });
  return transcript;
}

function request(line: string): Request {
  const [request] = requestsIn(line);
  if (request === undefined) throw new Error("there is no request");
  return request;
}

const UNMAP = request("unmap 0x0 0x1000");

describe("the answer to a request", () => {
  test.each([
    ["unmap 0x0 0x1000", "ok"],
    ["unmap 0x0 0x1000", "err NotMapped"],
    ["unmap 0x0 0x1000", "panic at src/lib.rs:7"],
    ["overlaps 0x0 0x1000", "ok true"],
    ["find 0x0", "ok 0x0-0x1000 rw mock"],
    ["load 0x0 0x2", "ok 00ff"],
    ["load 0x0 0x2", "ok fault"],
  ])("to %s may be %s", (line, answer) => {
    const asked = request(line);
    for (const end of ["\n", "\r\n"]) {
      const transcript = transcriptOf(answer + end);
      expect(transcript.readAnswer(asked)).toBeUndefined();
      expect(printAnswer(transcript.answer, 52, asked.op)).toBe(answer);
    }
  });

  test.each<[line: string, flaw: Partial<Flaw>]>([
    ["", { check: "garbage" }],
    ["okay", { check: "garbage" }],
    ["ok true", { check: "garbage" }],
    ["err Bad", { check: "garbage" }],
    ["err InvalidPara", { check: "garbage" }],
    ["\x1b[2J\u202e", { check: "garbage", observed: expect.stringContaining('"\\u{1b}[2J\\u{202e}"') }],
    ["\xff\xfe", { check: "garbage" }],
  ])("is not %j", (line, flaw) => {
    expect(transcriptOf(`${line}\n`).readAnswer(UNMAP)).toMatchObject(flaw);
  });

  test.each<[ending: Ending | undefined, text: string, flaw: Flaw]>([
    [
      { kind: "hang", what: "it slept" },
      "ok\nok",
      { check: "hang", observed: "it slept after 1 answer of the run" },
    ],
    [
      { kind: "crash", what: "it ended" },
      "ok\n\n",
      { check: "crash", observed: "it ended after 2 answers of the run" },
    ],
    [undefined, "", { check: "out-of-step", observed: "it stopped after 0 answers of the run" }],
  ])("that is missing (%j) says why", (ending, text, flaw) => {
    const transcript = transcriptOf(text, ending);
    for (let line = 1; line < text.split("\n").length; line++) transcript.readAnswer(UNMAP);
    expect(transcript.readAnswer(UNMAP)).toEqual(flaw);
  });

  test("counts from the beginning of each run", () => {
    const transcript = transcriptOf("ok\nok\n");
    transcript.readAnswer(UNMAP);
    transcript.begin({ bytes: new Uint8Array(), ending: { kind: "hang", what: "it slept" } });
    expect(transcript.readAnswer(UNMAP)?.observed).toBe("it slept after 0 answers of the run");
  });
});

describe("what is always ok", () => {
  test("may not be anything else", () => {
    const transcript = transcriptOf("ok\nok \nerr BadState\npanic no\x07\n");
    expect(transcript.readOk("reset")).toBeUndefined();
    expect(transcript.readOk("drop")).toEqual({
      check: "garbage",
      observed: 'drop was answered "ok " (write: ok)',
    });
    expect(transcript.readOk("sync")).toEqual({
      check: "garbage",
      observed: 'sync was answered "err BadState" (write: ok)',
    });
    expect(transcript.readOk("reset")).toEqual({ check: "panic", observed: "reset: no\\u{7}" });
  });

  test("is cut where it is long", () => {
    const flaw = transcriptOf(`${"x".repeat(10_000)}\n`).readOk("sync");
    expect(flaw?.observed.length).toBeLessThan(300);
  });
});

describe("the state", () => {
  const ALL = ["areas", "pages", "frames", "injected"] as const;

  test("is read into columns", () => {
    const transcript = transcriptOf(
      "ok 0x0-0x2000 rw alloc:lazy;0x2000-0x3000 r linear:0x80000\nok 0x0=0x9000:rw\nok data=1 table=4\nok 2\n",
    );
    expect(transcript.observe(ALL)).toBeUndefined();
    const { observed } = transcript;
    expect(observed).toMatchObject({
      areaCount: 2,
      pageCount: 1,
      showsPages: true,
      dataFrames: 1,
      tableFrames: 4,
    });
    expect(observed.injected).toBe(2);
    expect([...observed.areaEnds.slice(0, 2)]).toEqual([0x2000, 0x3000]);
    expect(observed.areaPhysicals[1]).toBe(0x80000);
    expect(observed.pagePhysicals[0]).toBe(0x9000);
  });

  test("is read again where a line says the same as the one before, and afresh where it doesn't", () => {
    const transcript = transcriptOf(
      [
        "ok 0x0-0x1000 r mock",
        "ok 0x0-0x1000 r mock",
        "ok none",
        "ok 0x0-0x1000 w mock",
        "ok 0x0-0x1000 r mock",
        "",
      ].join("\n"),
    );
    const seen = Array.from({ length: 5 }, () => {
      transcript.observe(["areas"]);
      const { areaCount, areaFlags } = transcript.observed;
      return [...areaFlags.slice(0, areaCount)];
    });
    expect(seen).toEqual([[1], [1], [], [2], [1]]);
  });

  test("of an earlier run is forgotten", () => {
    const transcript = transcriptOf("ok 0x0-0x1000 r mock\n");
    transcript.observe(["areas"]);
    transcript.begin({ bytes: Buffer.from("ok 0x0-0x1000 w mock\n") });
    transcript.observe(["areas"]);
    expect(transcript.observed.areaFlags[0]).toBe(2);
  });

  test("shows only what was asked for", () => {
    const transcript = transcriptOf("ok 0x0-0x1000 rw mock\nok none\n");
    transcript.observe(["areas"]);
    expect(transcript.observed).toMatchObject({ showsPages: false, dataFrames: NO_FRAMES, injected: 0 });
    transcript.observe(["areas"]);
    expect(transcript.observed).toMatchObject({ areaCount: 0 });
  });

  test.each<[query: (typeof ALL)[number], line: string]>([
    ["areas", "ok 0x0-0x1000 rw"],
    ["areas", "err BadState"],
    ["areas", "ok true"],
    ["pages", "ok"],
    ["pages", "ok 0x0:rw;"],
    ["frames", "ok data=1"],
    ["frames", "err Unsupported"],
    ["frames", "ok 1"],
    ["injected", "ok -1"],
    ["injected", "ok"],
    ["injected", "err Unsupported"],
  ])("%s is not %j", (query, line) => {
    expect(transcriptOf(`${line}\n`).observe([query])).toMatchObject({ check: "garbage" });
  });

  test.each(ALL)("%s may panic", (query) => {
    const flaw = transcriptOf("panic no\u202e\n").observe([query]);
    expect(flaw).toEqual({ check: "panic", observed: "no\\u{202e}" });
  });
});
