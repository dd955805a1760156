import { XMLParser } from "fast-xml-parser";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { newTally } from "../explore/campaign.ts";
import type { SessionResult } from "../explore/session.ts";
import { STACK } from "../subjects/registry.ts";
import { schemaErrors } from "./junit.fixture.ts";
import { junitXml, type SessionFacts } from "./junit.ts";
import {
  FOUND,
  HOSTILE,
  hostile,
  inProcess,
  result,
  SMALL,
  session,
  tallyOf,
  VIEW,
} from "./session.fixture.ts";

const FACTS: SessionFacts = {
  command: "fuzz",
  began: new Date("2026-03-04T05:06:07.891Z"),
  host: "machine",
};

const TROUBLE = z.object({
  "@type": z.string(),
  "@message": z.string(),
  "#text": z.string().optional(),
});

const REPORT = z.object({
  testsuites: z.object({
    testsuite: z.looseObject({
      properties: z.object({
        property: z.array(z.object({ "@name": z.string(), "@value": z.string() })),
      }),
      testcase: z.array(
        z.object({
          "@name": z.string(),
          "@classname": z.string(),
          "@time": z.string(),
          skipped: z.object({ "@message": z.string() }).optional(),
          error: TROUBLE.optional(),
          failure: TROUBLE.optional(),
        }),
      ),
      "system-out": z.string(),
      "system-err": z.string(),
    }),
  }),
});

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseAttributeValue: false,
  parseTagValue: false,
  trimValues: false,
});

/** A report, and its suite as a program reads it. */
async function read(changes: Partial<SessionResult> = {}, view = VIEW, facts: Partial<SessionFacts> = {}) {
  const xml = junitXml(result(changes), view, { ...FACTS, ...facts });
  expect(await schemaErrors(xml)).toEqual([]);
  const suite = REPORT.parse(PARSER.parse(xml)).testsuites.testsuite;
  const cases = suite.testcase.map(({ "@name": name, skipped, error, failure }) => {
    if (skipped) return `${name}: skipped, ${skipped["@message"]}`;
    const trouble = error ?? failure;
    return trouble
      ? `${name}: ${error ? "error" : "failure"} ${trouble["@type"]}, ${trouble["@message"]}`
      : name;
  });
  const { "@tests": tests, "@failures": failures, "@errors": errors, "@skipped": skipped } = suite;
  return { xml, suite, cases, counts: [tests, failures, errors, skipped] };
}

describe("a session without a finding", () => {
  test("is a suite whose test cases are its parts", async () => {
    const { xml, cases, counts, suite } = await read();
    expect(cases).toEqual(["saved cases", "random runs"]);
    expect(counts).toEqual(["2", "0", "0", "0"]);
    expect(xml).toContain(
      '<testsuite name="mapcheck fuzz memory-set" package="mapcheck" id="0" timestamp="2026-03-04T05:06:07" ' +
        'hostname="machine" tests="2" failures="0" errors="0" skipped="0" time="0.250">',
    );
    expect(xml).toContain('<testcase name="random runs" classname="mapcheck.memory-set" time="0.250"/>');
    expect(suite.properties.property.map(({ "@name": name, "@value": value }) => [name, value])).toEqual([
      ["subject", "memory-set"],
      ["seed", "s"],
      ["saved-cases", "1"],
      ["runs", "8"],
      ["commands", "0"],
      ["behaviours", "0"],
      ["behaviours-once", "0"],
      ["risk-estimate", "1"],
      ["risk-bound", "1"],
      ["interrupted", "false"],
    ]);
    expect(suite["system-out"]).toMatch(/^fuzzing memory-set: .*\n\nall agree: 1 saved case, then 8 random/);
  });

  test("names the format of page tables, and a machine without a name", async () => {
    const { xml } = await read({}, { ...VIEW, session: session("address-space") }, { host: "" });
    expect(xml).toContain('<property name="format" value="x86-64"/>');
    expect(xml).toContain('name="mapcheck fuzz address-space (x86-64)"');
    expect(xml).toContain('hostname="localhost"');
  });

  test("of verify has a part more", async () => {
    const suite = { space: SMALL, traces: [] };
    const view = { ...VIEW, session: session("memory-set", { suite }) };
    const tally = Object.assign(tallyOf(8), { suite: 3 });
    const done = await read({ tally }, view, { command: "verify" });
    expect(done.cases).toEqual(["saved cases", "traces across a small scope", "random runs"]);
    expect(done.xml).toContain('<testsuite name="mapcheck verify memory-set"');
    expect((await read({}, view, { command: "verify" })).cases).toEqual([
      "saved cases",
      "traces across a small scope: skipped, not reached",
      "random runs",
    ]);
  });

  test("says what was not run", async () => {
    const { cases, counts } = await read({ replayed: 0, tally: newTally("memory-set") });
    expect(cases).toEqual([
      "saved cases: skipped, no saved case was run",
      "random runs: skipped, not reached",
    ]);
    expect(counts).toEqual(["2", "0", "0", "2"]);
  });
});

describe("a session that didn't go well", () => {
  test("has the problems as an error of the saved cases", async () => {
    const { cases, counts, xml } = await read({ problems: ["a.json: p; q", "b"] });
    expect(cases).toEqual(["saved cases: error problem, a.json: p; q (and 1 more problem)", "random runs"]);
    expect(counts).toEqual(["2", "0", "1", "0"]);
    expect(xml).toContain(">a.json: p; q\nb</error>");
    expect(xml).toContain("<system-err>a.json: p; q\nb</system-err>");
  });

  test("has an error where the implementation was lost", async () => {
    const { cases, xml } = await read({ lost: "it is gone", interrupted: true });
    expect(cases).toEqual(["saved cases", "random runs: error lost, it is gone"]);
    expect(xml).toContain("<system-err>it is gone</system-err>");
  });

  test.each<[command: SessionFacts["command"], runs: number, outcome: string]>([
    ["fuzz", 8, "random runs: skipped, interrupted after 8 random runs"],
    ["fuzz", 0, "random runs: error interrupted, interrupted after 0 random runs"],
    ["verify", 1, "random runs: error interrupted, interrupted after 1 random run"],
  ])("says that %s was interrupted after %i runs", async (command, runs, outcome) => {
    const tally = tallyOf(runs);
    const { cases, xml } = await read({ tally, interrupted: true }, VIEW, { command });
    expect(cases).toEqual(["saved cases", outcome]);
    expect(xml).toContain('<property name="interrupted" value="true"/>');
  });
});

describe("a finding", () => {
  const pictures = new Map([[FOUND.id, ["     before   areas [rw]", "     differ"]]]);

  test("is a test case that failed, with all there is to say", async () => {
    const { cases, counts, suite } = await read({ findings: [FOUND] }, { ...VIEW, pictures });
    expect(cases).toEqual([
      "saved cases",
      "random runs",
      "memory-set/unmap-panic-0123abcd: failure panic, panic: expected no panic, observed Error: oh",
    ]);
    expect(counts).toEqual(["3", "1", "0", "0"]);
    const text = suite.testcase[2]?.failure?.["#text"];
    expect(text).toBe(`FINDING memory-set/unmap-panic-0123abcd
  1  map 0x0 0x1000 rw mock
  2  unmap 0x0 0x1000   <- here they differ
  expected  no panic
  observed  Error: oh
  check     panic: no request makes the implementation throw or die

     before   areas [rw]
     differ

  origin    run 7 of seed s, shrunk from 1,234 commands to 2 (1 trace tried)
  minimal   no shorter trace within 1 page, flags -,rw, commands map,unmap, backends mock; 1,234 transitions tried
  file      corpus/memory-set/unmap-panic-0123abcd.json
  see it step by step: replay corpus/memory-set/unmap-panic-0123abcd.json`);
  });

  test("is not repeated in what the session said", async () => {
    const { suite } = await read({ findings: [FOUND, { ...FOUND, id: "other" }] });
    expect(suite["system-out"]).toMatch(/\n2 findings: 1 saved case, then 8 random runs .*, seed s\n$/);
    expect(suite["system-out"]).not.toContain("FINDING");
  });

  test("comes without colours", async () => {
    const paint = { ...VIEW.paint, bad: (text: string) => `!${text}!`, good: (text: string) => `!${text}!` };
    expect((await read({ findings: [FOUND] }, { ...VIEW, paint })).xml).not.toContain("!FINDING!");
    expect((await read({}, { ...VIEW, paint })).xml).not.toContain("!all agree!");
  });
});

describe("hostile text", () => {
  test("stays text, wherever it stands", async () => {
    const { result: made, view } = hostile();
    const { xml, counts, suite } = await read(made, view, { host: HOSTILE });
    expect(counts).toEqual(["4", "2", "2", "0"]);
    expect(xml).not.toMatch(/(?!\n)[\p{C}\u2028\u2029]/u);
    expect(xml).not.toMatch(/<script|<b>|<!--|\]\]>/);
    expect(xml).not.toMatch(/^(::error|# heading|%0A)/m);
    const shown = "@someone &lt; &foo; &#0; <!-- <b>[l](javascript:x)";
    expect(suite.testcase[3]?.failure?.["@message"]).toContain(shown);
    expect(suite.testcase[3]?.failure?.["#text"]).toContain(shown);
    expect(suite.testcase[3]?.failure?.["#text"]).toContain(
      "\\u{0}\\u{1}\\u{1b}[2J\\u{85} \\u{202e} \\u{d800} \\u{ffff}",
    );
  });

  test("may be empty", async () => {
    const target = { ...inProcess(STACK["memory-set"]), name: "" };
    const finding = { ...FOUND.finding, check: "", expected: "", observed: "" };
    const view = { ...VIEW, session: session("memory-set", { target, seed: "" }), lineFor: () => "" };
    const { counts } = await read(
      { findings: [{ ...FOUND, trace: ["", ""], finding }], problems: [""] },
      view,
    );
    expect(counts).toEqual(["3", "1", "1", "0"]);
  });
});

test.each<[what: string, from: string | RegExp, to: string, error: string]>([
  [
    "an attribute that one schema lacks",
    'time="0.250">',
    'time="0.250" file="x">',
    "attribute 'file' is not allowed",
  ],
  ["a missing attribute", / hostname="machine"/, "", "attribute 'hostname' is required"],
  ["another time", 'time="0.250">', 'time="1e-7">', "'1e-7' is not a valid value"],
  ["a moment with a zone", "05:06:07", "05:06:07Z", "not accepted by the pattern"],
  ["another order", /<properties>[\s\S]*<\/properties>/, "", "This element is not expected"],
  ["no end", "</testsuites>", "", "Premature end of data"],
])("the schema notices %s", async (_what, from, to, error) => {
  const xml = junitXml(result(), VIEW, FACTS).replace(from, to);
  expect((await schemaErrors(xml)).join("\n")).toContain(error);
});
