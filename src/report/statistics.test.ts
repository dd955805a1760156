import { describe, expect, test } from "vitest";
import { Executor } from "../execute/executor.ts";
import { Statistics } from "../execute/statistics.ts";
import { findSubject } from "../subjects/registry.ts";
import { virtAddr } from "../trace/address.ts";
import { parseTrace } from "../trace/parse.ts";
import { ADDRESS_SPACE_HELLO, MEMORY_SET_HELLO } from "../trace/space.ts";
import { answerTable, count, counted, riskText, situations } from "./statistics.ts";

/** What running the lines on the stack comes to. */
function statisticsOf(...lines: readonly string[]): Statistics {
  const subject = findSubject("memory-set")?.subject;
  const trace = parseTrace(lines.join("\n"));
  if (subject === undefined || !trace.ok) throw new Error("no such trace");
  const statistics = new Statistics("memory-set");
  const space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };
  new Executor(subject, space).run(trace.value.requests, statistics);
  return statistics;
}

const FEW = statisticsOf(
  "map 0x0 0x3000 rw mock",
  "map 0x2000 0x1000 r mock",
  "unmap 0x1000 0x1000",
  "overlaps 0x0 0x1000",
  "find 0x1000",
  "find 0x0",
  "unmap 0x0 0x1000 !backend=0",
);

test("numbers have their thousands apart and a noun that fits", () => {
  expect([count(0), count(1_234_567)]).toEqual(["0", "1,234,567"]);
  expect([counted(0, "run"), counted(1, "run"), counted(2000, "run")]).toEqual([
    "0 runs",
    "1 run",
    "2,000 runs",
  ]);
});

test("the table has the answers that came up, and says what each means", () => {
  expect(answerTable(FEW, "memory-set")).toBe(
    `What the requests were answered, and how often:

            ok  true  none  value  AlreadyExists  BadState
  map        1     .     .      .              1         .
  unmap      1     .     .      .              .         1
  find       .     .     1      1              .         .
  overlaps   .     1     .      .              .         .

  ok             done
  true           yes, to a question
  none           nothing was found
  value          something was found or listed
  AlreadyExists  refused: something is mapped there
  BadState       failed: mapcheck made the page table refuse a part of the work`,
  );
});

test("what the answers mean depends on the surface", () => {
  const meaning = "refused: nothing to map, or a range that";
  const empty = statisticsOf("map 0x0 0x0 r mock");
  expect(answerTable(empty, "memory-set")).toContain(
    `InvalidParam  ${meaning} runs out of the address space`,
  );
  expect(answerTable(empty, "address-space")).toContain(
    `InvalidParam  ${meaning} is not all whole pages inside`,
  );
});

describe("situations", () => {
  test("that came up are counted, others are never", () => {
    const lines = situations(FEW, MEMORY_SET_HELLO).split("\n");
    expect(lines).toContain("      1  an unmap in the middle of an area leaves two");
    expect(lines).toContain("  never  a protect splits an area in three");
    expect(lines.slice(0, 2)).toEqual(["Situations in which bugs hide, and how often they came up:", ""]);
  });

  test("that never came up are a warning", () => {
    expect(situations(FEW, MEMORY_SET_HELLO)).toMatch(
      /\n\nwarning: 1[0-9] of 17 never came up, which leaves bugs in them unseen; /,
    );
  });

  test("that need what isn't offered are left out", () => {
    const hello = { ...MEMORY_SET_HELLO, inject: [], commands: ["map", "unmap"] as const };
    const text = situations(FEW, hello);
    expect(text).not.toMatch(/inject|protect|replace|clear/);
    expect(text).toContain("  never  an unmap takes several areas and skips a hole");
  });

  test("of the machine below are for those who show it", () => {
    const statistics = new Statistics("address-space");
    expect(situations(statistics, ADDRESS_SPACE_HELLO)).not.toContain("a huge page is split");
    statistics.showsMachine = true;
    expect(situations(statistics, ADDRESS_SPACE_HELLO)).toContain("never  a huge page is split");
  });

  test("that all came up are none", () => {
    const all = new Statistics("memory-set");
    all.sometimes = () => [{ name: "a protect touches nothing", count: 12_000 }];
    expect(situations(all, MEMORY_SET_HELLO).split("\n").slice(2)).toEqual([
      "  12,000  a protect touches nothing",
    ]);
  });
});

describe("the risk", () => {
  const SEEN = "Behaviours seen (what was asked, where it lay, what was answered, and what happened)";

  test("is told with what it is estimated from", () => {
    expect(riskText({ behaviours: 4321, once: 12, estimate: 0.00404, bound: 0.0064809 })).toBe(
      `${SEEN}: 4,321, 12 of them in one run only.
The next run is expected to show 0.004 new ones; that it shows any has a probability of at most 0.0065, with 95 % confidence.`,
    );
  });

  test("has few digits, however large or small", () => {
    expect(riskText({ behaviours: 1, once: 0, estimate: 0, bound: 1.234e-7 })).toMatch(
      / show 0 new ones; .* at most 1\.2e-7, /,
    );
    expect(riskText({ behaviours: 99, once: 99, estimate: 12.6, bound: 1 })).toMatch(
      / show 13 new ones; .* at most 1, /,
    );
  });
});
