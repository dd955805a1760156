import { describe, expect, test } from "vitest";
import { parseJson } from "./json.ts";
import { describeProblem } from "./problem.ts";

/** What is wrong with the text, as one line. */
function problemIn(text: string): string {
  const parsed = parseJson(text);
  return parsed.ok ? "nothing" : describeProblem("x.json", parsed.error);
}

describe("a sound text", () => {
  const text = '{\n  "a": [1, {"b": "\\n é"}],\n  "c": null\n}\n';
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error("must parse");
  const json = parsed.value;

  test("gives its value", () => {
    expect(json.value).toEqual({ a: [1, { b: "\n é" }], c: null });
  });

  test.each([
    { path: [], place: "1:1" },
    { path: ["a"], place: "2:8" },
    { path: ["a", 0], place: "2:9" },
    { path: ["a", 1, "b"], place: "2:18" },
    { path: ["c"], place: "3:8" },
    { path: ["missing"], place: "1:1" },
    { path: ["a", 1, "missing", "deeper"], place: "2:12" },
    { path: ["a", 7], place: "2:8" },
  ])("has the value at $path at $place", ({ path, place }) => {
    const { line, column } = json.placeOf(path);
    expect(`${line}:${column}`).toBe(place);
  });

  test.each([
    { path: ["a"], place: "2:3" },
    { path: ["a", 1, "b"], place: "2:13" },
    { path: ["c"], place: "3:3" },
    { path: ["a", 0], place: "2:9" },
    { path: ["missing"], place: "1:1" },
  ])("has the key at the end of $path at $place", ({ path, place }) => {
    const { line, column } = json.placeOfKey(path);
    expect(`${line}:${column}`).toBe(place);
  });
});

const RESTORE = "restore the file from version control, or delete it";
const CUT = `the JSON ends in the middle (a truncated file); ${RESTORE}`;
const CONFLICT =
  "an unresolved merge conflict (<<<<<<<, =======, >>>>>>>); resolve the conflict and remove its markers";
const RAW_CONTROL =
  "not valid JSON: a string holds a line break or another control character; write it as an escape, such as \\n";

describe("a text that is refused", () => {
  test.each([
    { text: "", problem: `1:1: the file is empty; ${RESTORE}` },
    { text: " \r\n\t", problem: `1:1: the file is empty; ${RESTORE}` },
    { text: "{", problem: `1:2: ${CUT}` },
    { text: '{\n  "a"', problem: `2:6: ${CUT}` },
    { text: '{"a":', problem: `1:6: ${CUT}` },
    { text: '{"a":1,\n', problem: `1:8: ${CUT}` },
    { text: '{"a":[1,\r\n2', problem: `2:2: ${CUT}` },
    { text: '{"a":"b', problem: `1:8: ${CUT}` },
    { text: '{"a":"b\\', problem: `1:9: ${CUT}` },
    { text: '{"a": [1, -', problem: `1:12: ${CUT}` },
    { text: '{"a":tru', problem: `1:9: ${CUT}` },
    { text: '{\n<<<<<<< HEAD\n"a":1\n=======\n"a":2\n>>>>>>> other\n}', problem: `2:1: ${CONFLICT}` },
    { text: '{\r\n"a":1\r\n>>>>>>> other\r\n}', problem: `3:1: ${CONFLICT}` },
    { text: '{"a":1,}', problem: '1:8: not valid JSON: unexpected "}"; correct the syntax there' },
    { text: '{"a":1}\n}', problem: '2:1: not valid JSON: unexpected "}"; correct the syntax there' },
    { text: '{"a":1} 5', problem: '1:9: not valid JSON: unexpected "5"; correct the syntax there' },
    { text: '{"a":[1}', problem: '1:8: not valid JSON: unexpected "}"; correct the syntax there' },
    { text: '{"a" "b"}', problem: '1:6: not valid JSON: unexpected "\\"b\\""; correct the syntax there' },
    { text: "{'a':1}", problem: "1:2: not valid JSON: unexpected \"'a'\"; correct the syntax there" },
    { text: '{"a":NaN}', problem: '1:6: not valid JSON: unexpected "NaN"; correct the syntax there' },
    { text: '// no\n{"a":1}', problem: '1:1: not valid JSON: unexpected "//"; correct the syntax there' },
    { text: '{"a":"b\nc"}', problem: `1:6: ${RAW_CONTROL}` },
    { text: '{"a\t":"b"}', problem: `1:2: ${RAW_CONTROL}` },
    { text: '{"a":[{"b":1,\n"b":2}]}', problem: '2:1: the key "b" is there twice; keep one of them' },
    { text: '{"__proto__":{}}', problem: '1:2: the key "__proto__" isn\'t allowed; remove it' },
    {
      text: `\n${"[".repeat(66)}${"]".repeat(66)}`,
      problem: `2:66: the JSON is nested too deeply; ${RESTORE}`,
    },
    {
      text: "[".repeat(100_000) + "]".repeat(100_000),
      problem: `1:1: the JSON is nested too deeply; ${RESTORE}`,
    },
  ])("$problem", ({ text, problem }) => {
    expect(problemIn(text)).toBe(`x.json:${problem}`);
  });

  test("a string of any length is no trouble", () => {
    const text = `{"a":["${"\\\\x".repeat(4_000_000)}" 5`;
    expect(problemIn(text)).toBe(`x.json:1:${text.length + 1}: ${CUT}`);
  });

  test("64 levels are not too deep", () => {
    expect(problemIn(`${"[".repeat(65)}${"]".repeat(65)}`)).toBe("nothing");
  });
});
