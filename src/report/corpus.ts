/** Saved cases as text and as JSON, without anything being run. */
import { demandOf } from "../../properties/invariants.ts";
import type { CorpusEntry } from "../corpus/entry.ts";
import type { EntryStatus, Origin } from "../corpus/schema.ts";
import { escapeText, printJson } from "../trace/escape.ts";
import { printAnswer, printRequest, printSpace } from "../trace/print.ts";
import { minimalText } from "./finding.ts";
import type { Paint } from "./paint.ts";
import { counted } from "./statistics.ts";
import { terminalText } from "./terminal-text.ts";

/** A case and its file. */
export interface ListedCase {
  readonly file: string;
  readonly entry: CorpusEntry;
}

/** A line for each case, in columns, and how many there are of each status. */
export function listText(cases: readonly ListedCase[]): string {
  const rows = cases.map(({ entry }) => [
    entry.status,
    entry.id,
    entry.finding?.check ?? "-",
    counted(entry.requests.length, "request"),
    entry.implementation ?? "-",
    entry.note ?? "",
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "));
  return [...lines.map((line) => escapeText(line.trimEnd())), tallyOf(cases)].join("\n").concat("\n");
}

/** The one JSON object of a list: every case with what a line of text says of it, and the files that hold none. */
export function listJson(cases: readonly ListedCase[], problems: readonly string[]): string {
  const entries = cases.map(({ file, entry }) => ({
    file,
    id: entry.id,
    status: entry.status,
    surface: entry.surface,
    check: entry.finding?.check ?? null,
    requests: entry.requests.length,
    implementation: entry.implementation ?? null,
    note: entry.note ?? null,
  }));
  return `${printJson({ entries, problems }, 2)}\n`;
}

function tallyOf(cases: readonly ListedCase[]): string {
  const counts = new Map<EntryStatus, number>();
  for (const { entry } of cases) counts.set(entry.status, (counts.get(entry.status) ?? 0) + 1);
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  return `${counted(cases.length, "case")}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

/** What a case is shown with besides what it holds. */
export interface CaseView {
  readonly paint: Paint;
  /** The command line that runs it, and what there is to say of that. */
  readonly again: string;
}

/** Everything that a case holds, for people. */
export function caseText({ file, entry }: ListedCase, { paint, again }: CaseView): string {
  const { id, before = [], requests, finding } = entry;
  const width = String(requests.length).length;
  const steps = requests.map((request, at) => {
    const mark = at === finding?.at ? paint.bad("   <- here they differ") : "";
    const answer = entry.answers?.[at];
    const demanded = answer === undefined ? "" : `  -> ${printAnswer(answer, undefined, request.op)}`;
    return `  ${String(at + 1).padStart(width)}  ${terminalText(printRequest(request) + demanded)}${mark}`;
  });
  const earlier = before.map((run) => {
    const lines = [printSpace(run.space), ...run.requests.map((request) => printRequest(request))];
    return `  after a run of  ${lines.map(terminalText).join("; ")}`;
  });
  const facts = factsOf(file, entry).map(
    ([name, fact]) => `  ${paint.faint(name.padEnd(FACT_WIDTH))}  ${terminalText(fact)}`,
  );
  return [paint.strong(id), ...earlier, ...steps, ...facts, `  see it step by step: ${again}`, ""].join("\n");
}

function factsOf(file: string, entry: CorpusEntry): readonly (readonly [name: string, fact: string])[] {
  const { space, finding, implementation, origin, minimal, status, note } = entry;
  const dialect = Object.entries(entry.dialect ?? {}).map(([manner, value]) => `${manner}=${value}`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["expected", finding?.expected],
    ["observed", finding?.observed],
    ["finding", finding && `${finding.kind}, after the answer ${finding.answer}`],
    ["check", finding && `${finding.check}: ${demandOf(finding.check)}`],
    ["status", status],
    ["note", note],
    ["space", printSpace(space)],
    ["dialect", dialect.length === 0 ? undefined : dialect.join(" ")],
    ["implementation", implementation],
    ["origin", origin && originText(origin)],
    ["minimal", minimal && minimalText(minimal)],
    ["file", file],
  ];
  return facts.flatMap(([name, fact]) => (fact === undefined ? [] : [[name, fact] as const]));
}

/** As wide as `implementation`. */
const FACT_WIDTH = 14;

function originText({ seed, run, found, shrunkFrom }: Origin): string {
  const parts = [
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...(run === undefined ? [] : [`run ${run}`]),
    ...(found === undefined ? [] : [`found on ${found}`]),
    ...(shrunkFrom === undefined ? [] : [`shrunk from ${counted(shrunkFrom, "request")}`]),
  ];
  return parts.join(", ");
}
