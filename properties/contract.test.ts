/** The documents say what the models and the stack do: their examples are run, the checks are counted. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Executor } from "../src/execute/executor.ts";
import { addressSpaceSubject } from "../src/subjects/address-space.ts";
import { memorySetSubject } from "../src/subjects/memory-set.ts";
import type { Subject } from "../src/subjects/subject.ts";
import { virtAddr } from "../src/trace/address.ts";
import { parseTrace } from "../src/trace/parse.ts";
import { findMisfit } from "../src/trace/preconditions.ts";
import { printAnswer } from "../src/trace/print.ts";
import type { Space, Surface } from "../src/trace/space.ts";
import { CHECKS } from "./invariants.ts";

const CONTRACT = textOf("contract.md");

/** Where an example runs unless it begins with a `reset` line. */
const SPACE: Space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

const SUBJECTS: { readonly [S in Surface]: Subject } = {
  "memory-set": memorySetSubject(),
  "address-space": addressSpaceSubject("x86-64"),
};

describe("docs/contract.md", () => {
  test.each<Surface>(["memory-set", "address-space"])("has examples of the %s surface", (surface) => {
    expect(dialoguesIn(CONTRACT).filter(([of]) => of === surface).length).toBeGreaterThan(3);
  });

  test("has no example that isn't run", () => {
    expect(dialoguesIn(CONTRACT)).toHaveLength(CONTRACT.split("\n```dialogue").length - 1);
  });

  test.each(dialoguesIn(CONTRACT))("model and stack answer on the %s surface:\n%s", expectAnswers);

  test("explains every check", () => {
    const [, table = ""] = /^## Checks$(.*?)^## /ms.exec(CONTRACT) ?? [];
    const explained = Array.from(table.matchAll(/^\| `(\w+)` \|/gm), ([, name = ""]) => name);
    expect(explained.sort()).toEqual(Object.keys(CHECKS).sort());
  });
});

describe("docs/trace-language.md", () => {
  // Those of the memory-set surface go on from one to the next, and are only parsed: see src/trace/parse.test.ts.
  const dialogues = dialoguesIn(textOf("trace-language.md")).filter(
    ([surface]) => surface === "address-space",
  );

  test("has an example of the address-space surface", () => {
    expect(dialogues).not.toHaveLength(0);
  });

  test.each(dialogues)("model and stack answer on the %s surface:\n%s", expectAnswers);
});

function textOf(document: string): string {
  return readFileSync(new URL(`../docs/${document}`, import.meta.url), "utf8");
}

/** Every block of requests with their answers, with the surface that it is about: memory-set unless it says so. */
function dialoguesIn(text: string): [surface: Surface, dialogue: string][] {
  return Array.from(
    text.matchAll(/^```dialogue( address-space)?\n(.*?)^```$/gms),
    ([, other, dialogue = ""]) => [other === undefined ? "memory-set" : "address-space", dialogue],
  );
}

/** Runs the requests on an empty instance and expects the answers that stand below them. */
function expectAnswers(surface: Surface, dialogue: string): void {
  const lines = dialogue.trimEnd().split("\n");
  const parsed = parseTrace(lines.filter((line) => !line.startsWith("=> ")).join("\n"));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const { requests, space = SPACE } = parsed.value;
  const executor = new Executor(SUBJECTS[surface], space);
  expect(findMisfit(requests, executor.terms)).toBeUndefined();
  const answers: string[] = [];
  const watch = (_request: unknown, answer: Parameters<typeof printAnswer>[0]) => {
    answers.push(`=> ${printAnswer(answer)}`);
  };
  expect(executor.run(requests, undefined, watch)).toBeUndefined();
  expect(answers).toEqual(lines.filter((line) => line.startsWith("=> ")));
}
