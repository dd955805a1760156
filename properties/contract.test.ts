/** `docs/contract.md` says what the model and the stack do: its examples are run, its checks are counted. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Executor } from "../src/execute/executor.ts";
import { memorySetSubject } from "../src/subjects/memory-set.ts";
import { virtAddr } from "../src/trace/address.ts";
import { parseTrace } from "../src/trace/parse.ts";
import { findMisfit } from "../src/trace/preconditions.ts";
import { printAnswer } from "../src/trace/print.ts";
import type { Space } from "../src/trace/space.ts";
import { CHECKS } from "./invariants.ts";

const TEXT = readFileSync(new URL("../docs/contract.md", import.meta.url), "utf8");
const SPACE: Space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

/** Every block of requests with their answers; each begins on an empty instance. */
const DIALOGUES = Array.from(TEXT.matchAll(/^```dialogue\n(.*?)^```$/gms), ([, block = ""]) => block);

describe("docs/contract.md", () => {
  test("has examples", () => {
    expect(DIALOGUES.length).toBeGreaterThan(3);
  });

  test.each(DIALOGUES)("the example is what model and stack answer:\n%s", (dialogue) => {
    const lines = dialogue.trimEnd().split("\n");
    const parsed = parseTrace(lines.filter((line) => !line.startsWith("=> ")).join("\n"));
    if (!parsed.ok) throw new Error(parsed.error.message);
    const executor = new Executor(memorySetSubject(), SPACE);
    expect(findMisfit(parsed.value.requests, executor.terms)).toBeUndefined();
    const answers: string[] = [];
    const watch = (_request: unknown, answer: Parameters<typeof printAnswer>[0]) => {
      answers.push(`=> ${printAnswer(answer)}`);
    };
    expect(executor.run(parsed.value.requests, undefined, watch)).toBeUndefined();
    expect(answers).toEqual(lines.filter((line) => line.startsWith("=> ")));
  });

  test("explains every check", () => {
    const [, table = ""] = /^## Checks$(.*?)^## /ms.exec(TEXT) ?? [];
    const explained = Array.from(table.matchAll(/^\| `(\w+)` \|/gm), ([, name = ""]) => name);
    expect(explained.sort()).toEqual(Object.keys(CHECKS).sort());
  });
});
