import { lexer, type Token, walkTokens } from "marked";
import { describe, expect, test } from "vitest";
import { newTally } from "../explore/campaign.ts";
import type { SessionResult } from "../explore/session.ts";
import { sessionMarkdown } from "./markdown.ts";
import { FOUND, HOSTILE, hostile, result, SMALL, session, VIEW } from "./session.fixture.ts";

function report(changes: Partial<SessionResult> = {}, view = VIEW) {
  return sessionMarkdown(result(changes), view, "fuzz");
}

/** All parts of a text as a program that shows Markdown sees them. */
function partsOf(markdown: string): readonly Token[] {
  const parts: Token[] = [];
  walkTokens(lexer(markdown), (part) => void parts.push(part));
  return parts;
}

test("a session without a finding is a verdict and its facts", () => {
  expect(report()).toBe(`## mapcheck fuzz: \`memory-set\`

**all agree**: 1 saved case, then 8 random runs with 0 commands in 0.3 s.

|                                   |                                       |
|-----------------------------------|---------------------------------------|
| subject                           | \`memory-set\`                          |
| seed                              | \`s\`                                   |
| space                             | 0x0-0x10000, 16 pages of 0x1000 bytes |
| random runs                       | 8, of up to 50 commands               |
| commands                          | 0                                     |
| time                              | 0.3 s                                 |
| behaviours                        | 0, 0 of them in one run only          |
| new ones expected in the next run | 1                                     |
| risk that it shows any            | at most 1, with 95 % confidence       |
`);
});

describe("a finding", () => {
  const pictures = new Map([[FOUND.id, ["     before   areas [rw]", "     differ"]]]);

  test("has its trace, both sides, its picture, and the line that shows it again", () => {
    const text = report({ findings: [FOUND] }, { ...VIEW, pictures });
    expect(text.slice(text.indexOf("###"))).toBe(`### FINDING \`memory-set/unmap-panic-0123abcd\`

\`\`\`text
  1  map 0x0 0x1000 rw mock
  2  unmap 0x0 0x1000   <- here they differ
\`\`\`

- expected: \`no panic\`
- observed: \`Error: oh\`
- check: \`panic\` (no request makes the implementation throw or die)
- origin: \`run 7 of seed s, shrunk from 1,234 commands to 2 (1 trace tried)\`
- minimal: \`no shorter trace within 1 page, flags -,rw, commands map,unmap, backends mock; 1,234 transitions tried\`
- file: \`corpus/memory-set/unmap-panic-0123abcd.json\`

Before, and on both sides after it:

\`\`\`text
     before   areas [rw]
     differ
\`\`\`

To see it step by step:

\`\`\`sh
replay corpus/memory-set/unmap-panic-0123abcd.json
\`\`\`
`);
  });

  test("says what there is besides, and what there isn't", () => {
    const changes = { file: null, stable: false, minimal: null, stderr: "one\ntwo\n", also: ["x.json"] };
    const view = { ...VIEW, session: session("memory-set", { spaces: [SMALL, SMALL] }) };
    const text = report({ findings: [{ ...FOUND, ...changes }] }, view);
    expect(text).toContain("\n**unstable: it did not come back when it was run again");
    expect(text).toContain("\n- space: 0x0-0x10000, 16 pages of 0x1000 bytes\n");
    expect(text).toContain("\n- file: not saved\n- also in: `x.json`\n");
    expect(text).toContain("last:\n\n```text\n  printed   one\n            two\n```\n");
    expect(text).toContain("\nTo find it again:\n");
    expect(text).toContain("| 2 spaces in turn ");
    expect(text).not.toMatch(/minimal|Before, and/);
  });

  test("that has no room is counted", () => {
    const findings = [FOUND, { ...FOUND, id: "b" }, { ...FOUND, id: "c" }];
    const whole = sessionMarkdown(result({ findings }), VIEW, "fuzz");
    expect(sessionMarkdown(result({ findings }), VIEW, "fuzz", Buffer.byteLength(whole))).toBe(whole);
    const cut = sessionMarkdown(result({ findings }), VIEW, "fuzz", Buffer.byteLength(whole) - 2);
    expect(cut).toContain("### FINDING `b`");
    expect(cut).toMatch(/\n\nThere is no room here for 1 more finding\.\n$/);
    expect(sessionMarkdown(result({ findings }), VIEW, "fuzz", 0)).toMatch(/for 3 more findings\.\n$/);
  });
});

test("what is wrong besides is listed", () => {
  const text = report({ problems: ["p", "q"], known: ["k"], mended: ["m"] });
  expect(text).toContain("\n\nProblems:\n\n- `p`\n- `q`\n\nMended, ");
  expect(text).toContain("\n\n- `m`\n\nBugs that are known:\n\n- `k`\n");
});

test("an end that came too early is said", () => {
  const nothing = { replayed: 0, tally: newTally("memory-set"), interrupted: true };
  expect(report(nothing)).toContain("\n**interrupted before anything was run**.\n");
  expect(report({ interrupted: true })).toContain("\ninterrupted, so far **all agree**: 1 saved case");
  expect(report({ lost: "gone", interrupted: true })).toContain("\nThe implementation was lost: `gone`\n");
});

describe("hostile text", () => {
  const { result: made, view } = hostile();
  const text = sessionMarkdown(made, view, "verify");

  test("has nothing that a terminal obeys", () => {
    expect(text).not.toMatch(/(?!\n)\p{C}|\p{Zl}|\p{Zp}|(?! )\p{Zs}/u);
  });

  test("is code wherever it stands", () => {
    const parts = partsOf(text);
    const kinds = new Set(parts.map(({ type }) => type));
    for (const kind of ["html", "link", "image", "del", "em", "escape", "br", "hr", "blockquote", "def"]) {
      expect(kinds).not.toContain(kind);
    }
    const plain = parts.flatMap((part) => (part.type === "text" && !("tokens" in part) ? [part.raw] : []));
    expect(plain.join("\n")).not.toMatch(/script|someone|error|heading|`/);
    const bold = parts.flatMap((part) => (part.type === "strong" ? [part.raw] : []));
    expect(bold.map((raw) => raw.slice(0, 12))).toEqual(["**2 findings", "**unstable: "]);
    const headings = parts.flatMap((part) => (part.type === "heading" ? [part.raw.slice(0, 12)] : []));
    expect(headings).toEqual(["## mapcheck ", "### FINDING ", "### FINDING "]);
    const [table, ...others] = parts.filter(({ type }) => type === "table");
    expect(others).toEqual([]);
    const lines = table?.raw.trim().split("\n") ?? [];
    expect(lines).toHaveLength(11);
    expect(lines.filter((line) => line.split("|").length !== 4)).toEqual([]);
  });

  test("closes no block of code, even on a line of its own", () => {
    const picture = ["```", "`````", "# heading"];
    const text = report({ findings: [FOUND] }, { ...VIEW, pictures: new Map([[FOUND.id, picture]]) });
    const blocks = partsOf(text).flatMap((part) => (part.type === "code" ? [part.raw.trim()] : []));
    expect(blocks).toHaveLength(3);
    expect(blocks[1]).toBe(`\`\`\`\`\`\`text\n${picture.join("\n")}\n\`\`\`\`\`\``);
  });

  test("is all there", () => {
    const shown = "@someone &lt; &foo; &#0; <!-- <b>[l](javascript:x) ![i](x) **s**\\u{a}::error::x\\u{d}";
    expect(text.split(shown).length).toBeGreaterThan(20);
    expect(HOSTILE).toContain("@someone &lt;");
  });

  test.each(["", " ", "`", "``", "` x `", " x", "x ", "`x", "\\", "x\\"])("%j as a seed", (seed) => {
    const changed = report({}, { ...VIEW, session: session("memory-set", { seed }) });
    const codes = partsOf(changed).flatMap((part) => {
      if (part.type !== "codespan") return [];
      const { text } = part;
      return [text];
    });
    const empty = seed.trim() === "";
    expect(codes).toHaveLength(empty ? 2 : 3);
    if (!empty) expect(codes.at(-1)).toBe(seed);
    expect(changed.includes("| (empty) ")).toBe(empty);
  });
});
