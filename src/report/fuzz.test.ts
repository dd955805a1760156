import { describe, expect, test } from "vitest";
import type { SessionResult } from "../explore/session.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { standardSpaces } from "../explore/spaces.ts";
import { STACK } from "../subjects/registry.ts";
import { virtAddr } from "../trace/address.ts";
import { fuzzJson, fuzzOpening, fuzzSummary } from "./fuzz.ts";
import { PLAIN } from "./paint.ts";
import { FOUND, inProcess, result, SESSION, SMALL, session, VIEW } from "./session.fixture.ts";

describe("the opening", () => {
  test("names the space of the memory-set surface by its pages", () => {
    expect(fuzzOpening(SESSION)).toBe(
      "fuzzing memory-set: 16 pages of 0x1000 bytes, traces of up to 50 commands, seed s\n",
    );
  });

  test("names the format, and where the one space lies", () => {
    const spaces = [{ ...SMALL, base: virtAddr(0x3000), size: 0x4000, frames: 9 }];
    expect(fuzzOpening(session("address-space", { spaces, maxCommands: 1 }))).toBe(
      "fuzzing address-space (x86-64): 0x3000-0x7000, 4 pages of 0x1000 bytes, 9 frames, " +
        "traces of up to 1 command, seed s\n",
    );
  });

  test("names all spaces", () => {
    const target = inProcess(STACK["address-space"].inFormat?.("sv39") ?? STACK["memory-set"]);
    const spaces = standardSpaces(target.driver.hello);
    expect(fuzzOpening(session("address-space", { target, spaces }))).toBe(
      `fuzzing address-space (sv39): traces of up to 50 commands, seed s, in turn in 4 spaces:
  0x0-0x10000, 16 pages of 0x1000 bytes
  0x0-0x10000, 16 pages of 0x1000 bytes, 16 frames
  0x0-0x4000000000, 67,108,864 pages of 0x1000 bytes
  0x4000000000-0x7ffffff000, 67,108,863 pages of 0x1000 bytes, 512 frames
`,
    );
  });

  test("shows nothing that a terminal obeys", () => {
    expect(fuzzOpening(session("memory-set", { seed: "\u001b[2J" }))).toContain("seed \\u{1b}[2J\n");
  });
});

test("what was found comes last, up to where it showed, with a line to paste", () => {
  expect(fuzzSummary(result({ findings: [FOUND] }), VIEW)).toBe(`
1 finding: 1 saved case, then 8 random runs with 0 commands in 0.3 s, seed s

FINDING memory-set/unmap-panic-0123abcd
  1  map 0x0 0x1000 rw mock
  2  unmap 0x0 0x1000   <- here they differ
  expected  no panic
  observed  Error: oh
  check     panic: no request makes the implementation throw or die
  origin    run 7 of seed s, shrunk from 1,234 commands to 2 (1 trace tried)
  minimal   no shorter trace within 1 page, flags -,rw, commands map,unmap, backends mock; 1,234 transitions tried
  file      corpus/memory-set/unmap-panic-0123abcd.json
  see it step by step: replay corpus/memory-set/unmap-panic-0123abcd.json
`);
});

describe("the summary", () => {
  test("says what of a saved case was not reached", () => {
    const saved = {
      ...FOUND,
      trace: [...FOUND.trace, "clear", "areas"],
      run: null,
      shrunkFrom: null,
      executions: null,
    };
    const text = fuzzSummary(result({ findings: [saved] }), VIEW);
    expect(text).toContain("<- here they differ\n  (2 more commands not reached)\n");
    expect(text).toContain("\n  origin    a saved case\n");
  });

  test("says that a finding was not saved", () => {
    const text = fuzzSummary(result({ findings: [{ ...FOUND, file: null }] }), VIEW);
    expect(text).toMatch(/\n {2}file {6}not saved\n {2}find it again: replay null\n$/);
  });

  test("says that the session was interrupted, and shrinking with it", () => {
    const text = fuzzSummary(result({ findings: [FOUND], interrupted: true }), VIEW);
    expect(text).toMatch(/^\ninterrupted, so far 1 finding: /);
    expect(text).toContain("(1 trace tried, interrupted: a simpler one may exist)");
    expect(fuzzSummary(result({ interrupted: true }), VIEW)).toMatch(/^\ninterrupted, so far all agree: /);
  });

  test("counts the problems", () => {
    const text = fuzzSummary(result({ problems: ["a", "b"] }), VIEW);
    expect(text).toMatch(/, seed s; 2 problems on standard error\n$/);
  });

  test("shows nothing that a terminal obeys", () => {
    const hostile = "\u001b[2J\nINJECTED\u202e";
    const finding = { ...FOUND.finding, expected: hostile, observed: hostile };
    const text = fuzzSummary(result({ findings: [{ ...FOUND, file: hostile, finding }] }), {
      ...VIEW,
      session: session("memory-set", { seed: hostile }),
      lineFor: () => "",
    });
    expect(text).not.toMatch(/(?!\n)\p{C}/u);
    expect(text).not.toMatch(/^INJECTED/m);
  });

  test("marks what matters", () => {
    const paint = { ...PLAIN, bad: (text: string) => `!${text}!`, good: (text: string) => `+${text}+` };
    expect(fuzzSummary(result({ findings: [FOUND] }), { ...VIEW, paint })).toMatch(
      /^\n!1 finding!: .*\n\n!FINDING! memory-set/,
    );
    expect(fuzzSummary(result(), { ...VIEW, paint })).toMatch(/^\n\+all agree\+: /);
  });
});

describe("every single failure", () => {
  /** A result with this many failures tried. */
  function tried(traces: number, injected: number, changes: Partial<SessionResult> = {}): SessionResult {
    const made = result(changes);
    Object.assign(made.tally.injections, { traces, injected });
    return made;
  }

  const all = { ...VIEW, session: session("address-space", { injectAll: true }) };

  test("is counted, with what the implementation promises of failures", () => {
    expect(fuzzSummary(tried(1040, 412_345), all)).toMatch(
      /^\nevery single failure: 1,040 traces, 412,345 injections tried, all atomic\nall agree: /,
    );
    const weaker = { ...VIEW, session: session("memory-set", { injectAll: true }) };
    expect(fuzzSummary(tried(1, 1), weaker)).toContain("1 trace, 1 injection tried, all consistent\n");
  });

  test("is not said to be sound when there is a finding", () => {
    expect(fuzzSummary(tried(3, 17, { findings: [FOUND] }), all)).toContain(
      "\nevery single failure: 3 traces, 17 injections tried\n1 finding: ",
    );
  });

  test("is said only when it was asked for", () => {
    expect(fuzzSummary(tried(0, 0), VIEW)).not.toContain("every single failure");
    expect(JSON.parse(fuzzJson(tried(0, 0), VIEW)).statistics).not.toHaveProperty("injections");
    expect(JSON.parse(fuzzJson(tried(2, 9), all)).statistics.injections).toEqual({
      traces: 2,
      injected: 9,
    });
  });
});

test("many bytes of a trace are cut in the middle", () => {
  const trace = [`write 0x0 ${"5a".repeat(100)}`, "clear"];
  expect(fuzzSummary(result({ findings: [{ ...FOUND, trace }] }), VIEW)).toContain(
    "\n  1  write 0x0 5a5a5a5a5a5a5a5a<84 bytes>5a5a5a5a5a5a5a5a\n",
  );
});

test("the JSON says what ran where", () => {
  const spaces = [SMALL, { ...SMALL, base: virtAddr(0x10000), frames: 24 }];
  expect(
    JSON.parse(fuzzJson(result(), { ...VIEW, session: session("address-space", { spaces }) })),
  ).toMatchObject({
    subject: "address-space",
    format: "x86-64",
    spaces: [
      "reset base=0x0 size=0x10000 page=0x1000 frames=0",
      "reset base=0x10000 size=0x10000 page=0x1000 frames=24",
    ],
  });
  expect(JSON.parse(fuzzJson(result(), VIEW))).not.toHaveProperty("format");
});

test("the JSON holds what was found as it is", () => {
  const text = fuzzJson(result({ findings: [FOUND], problems: ["p"] }), VIEW);
  expect(text.endsWith("}\n")).toBe(true);
  const found = { ...FOUND, space: "reset base=0x0 size=0x10000 page=0x1000 frames=0" };
  expect(JSON.parse(text)).toMatchObject({ outcome: "finding", findings: [found], problems: ["p"], runs: 8 });
});

describe("known bugs", () => {
  const known = ["corpus/memory-set/a.json", "corpus/memory-set/b.json"];

  test("are counted among the saved cases", () => {
    expect(fuzzSummary(result({ replayed: 5, known, unsuited: 3 }), VIEW)).toMatch(
      /\nall agree: 5 saved cases, 2 known bugs among them \(3 more can't be asked of it\), then 8 random runs /,
    );
    expect(fuzzSummary(result({ known: known.slice(1) }), VIEW)).toContain(
      "1 saved case, 1 known bug among them, then",
    );
    expect(fuzzSummary(result(), VIEW)).not.toContain("known");
  });

  test("that are mended are named, with what to do about it", () => {
    const text = fuzzSummary(result({ mended: known }), {
      ...VIEW,
      paint: { ...PLAIN, good: (word) => `+${word}+` },
    });
    expect(text).toContain(
      '\n+mended+: corpus/memory-set/a.json agrees now; change its status to "regression"\n' +
        '+mended+: corpus/memory-set/b.json agrees now; change its status to "regression"\n+all agree+: ',
    );
  });

  test("are in the JSON by their files", () => {
    const [first = "", second = ""] = known;
    expect(JSON.parse(fuzzJson(result({ known: [first], mended: [second] }), VIEW))).toMatchObject({
      outcome: "agree",
      statistics: { known: [first], mended: [second] },
    });
  });
});

describe("what couldn't be read", () => {
  const problems = ["corpus/a.json: the file is empty; delete it"];

  test("keeps a session without a finding from saying that all agree", () => {
    expect(fuzzSummary(result({ problems }), VIEW)).toMatch(
      /\nno finding, but 1 problem: .*; 1 problem on standard error\n$/,
    );
    expect(JSON.parse(fuzzJson(result({ problems }), VIEW))).toMatchObject({ outcome: "problem", problems });
  });

  test("is no more than a finding, or than an end that came too early", () => {
    const outcomeOf = (changes: Partial<SessionResult>) =>
      JSON.parse(fuzzJson(result({ problems, ...changes }), VIEW)).outcome;
    expect(outcomeOf({ findings: [FOUND] })).toBe("finding");
    expect(outcomeOf({ interrupted: true })).toBe("interrupted");
  });
});

describe("a finding shows", () => {
  /** The lines of the one finding, from its name on. */
  function shown(changes: Partial<SessionFinding>): string {
    const text = fuzzSummary(result({ findings: [{ ...FOUND, ...changes }] }), VIEW);
    return text.slice(text.indexOf("FINDING"));
  }

  test("that it didn't come back", () => {
    expect(shown({ stable: false })).toMatch(
      /^FINDING .*\n {2}unstable: it did not come back when it was run again, with the earlier runs or without them\n {2}1 {2}map/,
    );
    expect(shown({})).not.toContain("unstable");
  });

  test("the runs that it needs before it", () => {
    const before = [
      ["reset base=0x0", "clear"],
      ["reset base=0x1000", `write 0x0 ${"5a".repeat(50)}`, "areas"],
    ];
    expect(shown({ before })).toMatch(
      /^FINDING .*\n {2}after a run of {2}reset base=0x0; clear\n {2}after a run of {2}reset base=0x1000; write 0x0 5a5a5a5a5a5a5a5a<34 bytes>5a5a5a5a5a5a5a5a; areas\n {2}1 {2}map/,
    );
  });

  test("the last lines that the implementation printed", () => {
    expect(shown({ stderr: "one\n  two\n\n" })).toContain("\n  printed   one\n              two\n  origin ");
    const lines = Array.from({ length: 12 }, (_, line) => `line ${line}`);
    expect(shown({ stderr: `${lines.join("\n")}\n` })).toContain(
      `\n  printed   ${lines.slice(2).join("\n            ")}\n  origin `,
    );
    for (const stderr of ["", "\n", "  \n\n"]) expect(shown({ stderr })).not.toContain("printed");
  });

  test("nothing that a terminal obeys, wherever the implementation says it", () => {
    const hostile = "\u001b[2Ja\rb\u0007\u202e\u2028\u009b31m\u00a0\ttab";
    const said = {
      trace: [hostile, hostile],
      before: [[hostile, hostile]],
      stderr: `${hostile}\n${hostile}`,
      file: hostile,
      finding: { ...FOUND.finding, expected: hostile, observed: hostile },
    };
    for (const stable of [true, false]) {
      const changes = { findings: [{ ...FOUND, ...said, stable }], known: [hostile], mended: [hostile] };
      const text = fuzzSummary(result(changes), {
        ...VIEW,
        session: session("memory-set", { seed: hostile }),
        lineFor: () => "",
      });
      expect(text).not.toMatch(/(?!\n)\p{C}|\p{Zl}|\p{Zp}|(?! )\p{Zs}/u);
      expect(text.match(/\\u\{1b\}\[2Ja/g)).toHaveLength(12);
    }
  });

  test("all of it in the JSON, as it is", () => {
    const changes = { before: [["reset", "clear"]], stable: false, stderr: "\u001b[2J\n" };
    const text = fuzzJson(result({ findings: [{ ...FOUND, ...changes }] }), VIEW);
    expect(text.match(/\p{C}/gu)).toEqual(["\n"]);
    expect(JSON.parse(text).findings).toMatchObject([changes]);
  });
});
