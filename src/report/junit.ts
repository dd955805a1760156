/** The report of a session as JUnit XML, which CI systems read. */
import XMLBuilder from "fast-xml-builder";
import type { SessionResult } from "../explore/session.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { escapeText } from "../trace/escape.ts";
import { describeFinding, fuzzOpening, overview, type SummaryView } from "./fuzz.ts";
import { PLAIN } from "./paint.ts";
import { titleOf } from "./setting.ts";
import { counted } from "./statistics.ts";

/** What the report says of a session besides what it came to. */
export interface SessionFacts {
  readonly command: "fuzz" | "verify";
  readonly began: Date;
  /** The name of the machine; empty where it is not known. */
  readonly host: string;
}

/** Why a test case is not a success. */
type Trouble =
  | { readonly kind: "skipped"; readonly message: string }
  | {
      readonly kind: "error" | "failure";
      readonly type: string;
      readonly message: string;
      readonly text: string;
    };

interface TestCase {
  readonly name: string;
  readonly trouble?: Trouble | undefined;
  /** Seconds. */
  readonly time?: number;
}

/**
 * One suite. Its test cases are the parts of a session, which fail only if they couldn't be carried out, and, after
 * them, each finding. How long a part took is not known, so the last one has all the time.
 *
 * Attributes and elements are those that both published schemas know: the one of Apache Ant's reports by Windy Road, and
 * that of Jenkins' xUnit plugin.
 */
export function junitXml(result: SessionResult, view: SummaryView, facts: SessionFacts): string {
  const { target } = view.session;
  const lineFor = (found: SessionFinding) => escapeText(view.lineFor(found));
  const plain = { ...view, paint: PLAIN, lineFor };
  const cases = [...partsOf(result, plain, facts), ...result.findings.map(caseOf(result, plain))];
  const such = (kind: Trouble["kind"]) => cases.filter(({ trouble }) => trouble?.kind === kind).length;
  const classname = escapeText(`mapcheck.${target.name}`);
  const testsuite = {
    "@name": escapeText(`mapcheck ${facts.command} ${titleOf(target)}`),
    "@package": "mapcheck",
    "@id": 0,
    "@timestamp": facts.began.toISOString().slice(0, 19),
    "@hostname": escapeText(facts.host) || "localhost",
    "@tests": cases.length,
    "@failures": such("failure"),
    "@errors": such("error"),
    "@skipped": such("skipped"),
    "@time": result.seconds.toFixed(3),
    properties: {
      property: propertiesOf(result, plain).map(([name, value]) => ({
        "@name": name,
        "@value": escapeText(value),
      })),
    },
    testcase: cases.map(({ name, time = 0, trouble }) => ({
      "@name": escapeText(name),
      "@classname": classname,
      "@time": time.toFixed(3),
      ...(trouble && elementOf(trouble)),
    })),
    "system-out": asLines(`${fuzzOpening(view.session)}\n${overview(result, plain)}\n`),
    "system-err": asLines(troublesOf(result).map(escapeText).join("\n")),
  };
  return BUILDER.build({
    "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
    testsuites: { testsuite },
  });
}

const BUILDER = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  format: true,
});

function elementOf(trouble: Trouble) {
  const message = { "@message": escapeText(trouble.message) };
  if (trouble.kind === "skipped") return { skipped: message };
  const { kind, type, text } = trouble;
  return { [kind]: { "@type": escapeText(type), ...message, "#text": asLines(text) } };
}

/** The parts of a session, under names that are the same every time. */
function partsOf(
  result: SessionResult,
  { session }: SummaryView,
  { command }: SessionFacts,
): readonly TestCase[] {
  const { replayed, tally, problems, seconds } = result;
  const suite = {
    name: "traces across a small scope",
    trouble: tally.suite === 0 ? NOT_REACHED : undefined,
  };
  return [
    { name: "saved cases", trouble: problemTrouble(problems) ?? (replayed === 0 ? NO_CASES : undefined) },
    ...(session.suite === undefined ? [] : [suite]),
    { name: "random runs", trouble: endTrouble(result, command), time: seconds },
  ];
}

const NO_CASES: Trouble = { kind: "skipped", message: "no saved case was run" };
const NOT_REACHED: Trouble = { kind: "skipped", message: "not reached" };

function problemTrouble(problems: readonly string[]): Trouble | undefined {
  const [first, ...others] = problems;
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : ` (and ${counted(others.length, "more problem")})`;
  return {
    kind: "error",
    type: "problem",
    message: `${first}${more}`,
    text: problems.map(escapeText).join("\n"),
  };
}

/** What kept a session from its end. Who interrupts a gate gets no verdict, and so an error. */
function endTrouble(
  { lost, interrupted, tally }: SessionResult,
  command: SessionFacts["command"],
): Trouble | undefined {
  if (lost !== undefined) return { kind: "error", type: "lost", message: lost, text: escapeText(lost) };
  if (!interrupted) return tally.runs === 0 ? NOT_REACHED : undefined;
  const message = `interrupted after ${counted(tally.runs, "random run")}`;
  if (command === "verify" || tally.runs === 0) {
    return { kind: "error", type: "interrupted", message, text: message };
  }
  return { kind: "skipped", message };
}

/** A finding as a test case under its id. */
function caseOf(result: SessionResult, view: SummaryView) {
  return (found: SessionFinding): TestCase => {
    const { check, expected, observed } = found.finding;
    const message = `${check}: expected ${expected}, observed ${observed}`;
    const text = describeFinding(found, result, view, view.pictures.get(found.id));
    return { name: found.id, trouble: { kind: "failure", type: check, message, text } };
  };
}

function propertiesOf(
  { replayed, tally, interrupted }: SessionResult,
  { session }: SummaryView,
): readonly (readonly [name: string, value: string])[] {
  const { behaviours, once, estimate, bound } = tally.statistics.behaviours.risk();
  const { name, format } = session.target;
  return [
    ["subject", name],
    ...(format === undefined ? [] : [["format", format] as const]),
    ["seed", session.seed],
    ["saved-cases", `${replayed}`],
    ["runs", `${tally.runs}`],
    ["commands", `${tally.statistics.requests}`],
    ["behaviours", `${behaviours}`],
    ["behaviours-once", `${once}`],
    ["risk-estimate", `${estimate}`],
    ["risk-bound", `${bound}`],
    ["interrupted", `${interrupted}`],
  ];
}

function troublesOf({ problems, lost }: SessionResult): readonly string[] {
  return lost === undefined ? problems : [...problems, lost];
}

/** Lines of which each is shown as it is: XML has no way to write most control characters, not even as an escape. */
function asLines(text: string): string {
  return text.split("\n").map(escapeText).join("\n");
}
