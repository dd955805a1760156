import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readEquivalents } from "./equivalents.ts";

const textOf = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

const LIST = readEquivalents(textOf("src/mutation/equivalents.json"));

/** How often `part` is in `text`, where white space is one blank. */
function occurrences(text: string, part: string): number {
  return text.replace(/\s+/g, " ").split(part).length - 1;
}

describe("the list", () => {
  test("can be read", () => {
    expect(LIST).toMatchObject({ ok: true });
  });

  // A run of `npm run mutation` sees more, but takes long.
  test("is about lines that there are, as often as it says", () => {
    const equivalents = LIST.ok ? LIST.value : [];
    const gone = equivalents.filter(({ file, text, original, times }) => {
      const source = textOf(file);
      return occurrences(source, text) < times || occurrences(source, original) < times;
    });
    expect(gone).toEqual([]);
  });
});
