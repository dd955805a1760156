/** What a session met, as tables for people who have read nothing about it. */
import { canComeUp } from "../../properties/possible.ts";
import type { Risk } from "../execute/risk.ts";
import type { Statistics } from "../execute/statistics.ts";
import { ANSWER_CLASSES, type AnswerClass } from "../trace/answer.ts";
import type { Hello, Surface } from "../trace/space.ts";

/** A number with its thousands apart. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** A number and what it counts. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** How often each request got each kind of answer, and what these mean. */
export function answerTable(statistics: Statistics, surface: Surface): string {
  const rows = statistics.answerTable();
  const columns = ANSWER_CLASSES.filter((name) => rows.some(({ answers }) => answers[name] !== undefined));
  const cells = [
    ["", ...columns],
    ...rows.map(({ op, answers }) => [op, ...columns.map((name) => count(answers[name] ?? 0))]),
  ];
  const widths = ["", ...columns].map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = cells.map((row) =>
    row.map((cell, column) => align(cell === "0" ? "." : cell, widths[column] ?? 0, column === 0)).join("  "),
  );
  const meanings = MEANINGS[surface];
  const legendWidth = Math.max(...columns.map((name) => name.length));
  const legend = columns.map((name) => `  ${name.padEnd(legendWidth)}  ${meanings[name]}`);
  return [
    "What the requests were answered, and how often:",
    "",
    ...lines.map((line) => `  ${line}`.trimEnd()),
    "",
    ...legend,
  ].join("\n");
}

type Meanings = { readonly [C in AnswerClass]: string };

const ON_MEMORY_SET: Meanings = {
  ok: "done",
  true: "yes, to a question",
  false: "no, to a question",
  none: "nothing was found",
  value: "something was found or listed",
  fault: "the access was not permitted",
  InvalidParam: "refused: nothing to map, or a range that runs out of the address space",
  AlreadyExists: "refused: something is mapped there",
  BadState: "failed: mapcheck made the page table refuse a part of the work",
  NoMemory: "failed: no memory left",
  NotMapped: "refused: a page is not mapped",
  Unsupported: "refused: the implementation can't do this",
  panic: "the implementation broke down",
};

const MEANINGS: { readonly [S in Surface]: Meanings } = {
  "memory-set": ON_MEMORY_SET,
  "address-space": {
    ...ON_MEMORY_SET,
    true: "yes, to a question, or a page fault that is dealt with",
    false: "no, to a question, or a page fault that can't be dealt with",
    value: "something was found, listed or read",
    InvalidParam: "refused: nothing to map, or a range that is not all whole pages inside the space",
    BadState: "failed: mapcheck made the mapping backend refuse a part of the work",
    NoMemory: "failed: no frame of memory left, or mapcheck refused one",
    NotMapped: "refused: a page is not there, or not accessible",
  },
};

function align(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}

/**
 * How often each situation came up that a session should meet, and a warning for those that never did. Those that need
 * what the implementation doesn't offer are left out.
 */
export function situations(statistics: Statistics, hello: Hello): string {
  const { showsMachine } = statistics;
  const all = statistics.sometimes().filter(({ name }) => canComeUp(name, hello, showsMachine));
  const missed = all.filter((situation) => situation.count === 0).length;
  const counts = all.map((situation) => (situation.count === 0 ? "never" : count(situation.count)));
  const width = Math.max(...counts.map((text) => text.length));
  const warning =
    `warning: ${missed} of ${all.length} never came up, which leaves bugs in them unseen; ` +
    "a longer session meets more";
  return [
    "Situations in which bugs hide, and how often they came up:",
    "",
    ...all.map(({ name }, index) => `  ${(counts[index] ?? "").padStart(width)}  ${name}`),
    ...(missed === 0 ? [] : ["", warning]),
  ].join("\n");
}

/** How many behaviours were seen, and what that says about the next run. */
export function riskText({ behaviours, once, estimate, bound }: Risk): string {
  return [
    "Behaviours seen (what was asked, where it lay, what was answered, and what happened): " +
      `${count(behaviours)}, ${count(once)} of them in one run only.`,
    `The next run is expected to show ${rounded(estimate)} new ones; that it shows any has a probability of ` +
      `at most ${rounded(bound)}, with 95 % confidence.`,
  ].join("\n");
}

/** To two digits. */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(2)));
}
