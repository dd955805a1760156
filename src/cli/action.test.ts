/** `action.yml` is what GitHub takes, and its parts fit. That it does what it says: `src/cli/action.slow.ts`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { ACTION, ACTION_TEXT, parseAction, referencesIn } from "./action.fixture.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const readRoot = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** All names that a text matches, each once, in order. */
function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ""))].sort();
}

describe("action.yml", () => {
  const { inputs, outputs, runs } = ACTION;

  test.each([
    ["an unknown key", (text: string) => `${text}\ninput: {}\n`],
    ["an unknown key of an input", (text: string) => text.replace("    default:", "    defaults:")],
    ["an unknown key of a step", (text: string) => text.replace("      shell:", "      shel:")],
    ["a script without its shell", (text: string) => text.replace("      shell: bash\n", "")],
    ["an input without a description", (text: string) => text.replace(/ {4}description: How long.*\n/, "")],
    ["a default that is no text", (text: string) => text.replace("default: corpus", "default: 3")],
  ])("is refused with %s", (_what, change) => {
    const changed = change(ACTION_TEXT);
    expect(changed).not.toBe(ACTION_TEXT);
    expect(() => parseAction(changed)).toThrow();
  });

  test("uses every input that it declares, and no other", () => {
    const used = referencesIn(ACTION_TEXT).filter((reference) => reference.startsWith("inputs."));
    const declared = Object.keys(inputs).map((name) => `inputs.${name}`);
    expect([...new Set(used)].sort()).toEqual(declared.sort());
  });

  test("refers to earlier steps, and to what these put out", () => {
    const script = readRoot(".ci/action.sh");
    const written = namesIn(script, /"(\w+)=\$\w+"/g);
    const ids = runs.steps.map(({ id }) => id);
    const isWritten = (reference: string, before: readonly (string | undefined)[]) => {
      const [, id, name] = /^steps\.(\w+)\.outputs\.(\w+)$/.exec(reference) ?? [];
      return before.includes(id) && written.includes(name ?? "");
    };
    const wrong = runs.steps.flatMap((step, index) =>
      referencesIn(JSON.stringify(step))
        .filter((reference) => reference.startsWith("steps."))
        .filter((reference) => !isWritten(reference, ids.slice(0, index))),
    );
    expect(wrong).toEqual([]);
    const values = Object.values(outputs).flatMap(({ value }) => referencesIn(value));
    expect(values).toHaveLength(written.length);
    expect(values.filter((reference) => !isWritten(reference, ids))).toEqual([]);
  });

  test("hands the script every variable that it reads, and no other", () => {
    const set = runs.steps.flatMap((step) => ("run" in step ? Object.keys(step.env ?? {}) : []));
    expect(namesIn(readRoot(".ci/action.sh"), /\$\{?(MAPCHECK_\w+)/g)).toEqual([...new Set(set)].sort());
  });

  test("puts nothing of its inputs into a script", () => {
    const scripts = runs.steps.flatMap((step) => ("run" in step ? [step.run] : []));
    expect(scripts).toHaveLength(3);
    expect(scripts.filter((script) => script.includes("{{"))).toEqual([]);
  });

  test("is described: each input with its default, and each output", () => {
    const document = readRoot("docs/action.md");
    const missing = [
      ...Object.entries(inputs).map(([name, input]) =>
        input.default ? `\n| \`${name}\` | \`${input.default}\` |` : `\n| \`${name}\` | |`,
      ),
      ...Object.keys(outputs).map((name) => `\n| \`${name}\` |`),
    ].filter((row) => !document.includes(row));
    expect(missing).toEqual([]);
  });
});

/** What is wanted of a workflow besides what actionlint looks at. */
const WORKFLOW = z.looseObject({
  permissions: z.strictObject({ contents: z.literal("read") }),
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }),
  jobs: z.record(
    z.string(),
    z.looseObject({
      "timeout-minutes": z.int(),
      // An action of somebody else is pinned by its major version.
      steps: z.array(
        z.looseObject({ uses: z.union([z.literal("./"), z.string().regex(/@v\d+$/)]).optional() }),
      ),
    }),
  ),
});

describe("workflows", () => {
  const folders = [".github/workflows", "docs/workflows"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`),
  );

  test.each(files)("%s may read only, and ends in time", (file) => {
    expect(() => WORKFLOW.parse(parse(readRoot(file)))).not.toThrow();
  });

  test.each([
    ["may write", "contents: read", "contents: write"],
    ["has no limit of time", "timeout-minutes:", "name:"],
    ["takes any version", "actions/checkout@v4", "actions/checkout@main"],
  ])("one that %s is refused", (_what, from, to) => {
    const changed = readRoot("docs/workflows/nightly.yml").replace(from, to);
    expect(() => WORKFLOW.parse(parse(changed))).toThrow();
  });
});
