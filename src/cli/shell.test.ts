import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PLAIN } from "../report/paint.ts";
import { findSubject } from "../subjects/registry.ts";
import { Hostile } from "./adapter.fixture.ts";
import { mapcheck } from "./program.fixture.ts";
import { runShell, type ShellOptions } from "./shell.ts";

const hostile = new Hostile();
let corpus = "";
let complaints = "";

beforeEach(async () => {
  corpus = await mkdtemp(join(tmpdir(), "mapcheck-shell-"));
  complaints = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    complaints += String(text);
    return true;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(corpus, { recursive: true });
});

/** What comes of these lines, as from a file, and of its opening nothing. */
async function typed(name: string, lines: readonly string[], words: readonly string[] = []) {
  const { status, text } = await run(name, `${lines.join("\n")}\n`, false, words);
  return { status, lines: text.trimEnd().split("\n").slice(2), complaints };
}

async function run(name: string, input: string, isTerminal: boolean, words: readonly string[] = []) {
  const subject = findSubject(name);
  const options: ShellOptions = { corpus, ...(subject && words.length === 0 && { subject }) };
  const [stdin, output] = [new PassThrough(), new PassThrough()];
  let text = "";
  output.on("data", (chunk) => {
    text += String(chunk);
  });
  const status = runShell(options, { input: stdin, output, isTerminal, paint: PLAIN, width: 80 }, words);
  // In pieces, as somebody types: what a word becomes is known a moment later.
  for (const key of isTerminal ? input.split(/(?<=[\n\t])/) : [input]) {
    stdin.write(key);
    await setTimeout(50);
  }
  stdin.end();
  return { status: await status, text };
}

const MAPS = ["map 0x0 0x3000 rw alloc:lazy", "fault 0x1000 w"];
const LEAKS = "defect:fault-again-leaks-frame";

describe("the shell", () => {
  test("shows what each request is answered, and what it changes", async () => {
    const { status, lines } = await typed("address-space", MAPS);
    expect([status, complaints]).toEqual([0, ""]);
    expect(lines).toEqual([
      "1  map 0x0 0x3000 rw alloc:lazy  -> ok",
      "                    0x0      0x3000",
      "     before   nothing mapped",
      "     map            <------->",
      "     after    areas [rw lazy]",
      "              pages  .",
      "              frames data=0 table=1",
      "2  fault 0x1000 w  -> ok true",
      "                    0x0      0x1000  0x2000  0x3000",
      "     before   areas [rw lazy================]",
      "              pages  .        .       .",
      "              frames data=0 table=1",
      "     fault                   <------>",
      "     after    areas [rw lazy================]",
      "              pages  .        rw#1    .",
      "              frames data=1 table=4",
    ]);
  });

  test("shows the state where a request leaves it as it is", async () => {
    const { lines } = await typed("memory-set", ["map 0x0 0x2000 r mock", "find 0x1000"]);
    expect(lines.slice(-5)).toEqual([
      "2  find 0x1000  -> ok 0x0-0x2000 r mock",
      "                    0x0     0x1000  0x2000",
      "     state    areas [r ============]",
      "              pages  r       r",
      "     find                   <------>",
    ]);
  });

  test("shows where model and implementation part, and asks nothing more", async () => {
    const { status, lines } = await typed(LEAKS, [...MAPS, "fault 0x1000 w", "areas"]);
    expect(status).toBe(1);
    expect(lines).toContain("  >> FINDING: here model and implementation part");
    expect(lines).toContain("     expected  frames data=1");
    expect(lines.at(-1)).toMatch(/^ {5}differ {3}frames \^+$/);
    expect(complaints).toBe(
      "mapcheck: model and implementation have parted; take lines back with undo, or begin anew with reset\n",
    );
  });

  test("takes lines back, and what was begun anew", async () => {
    const reset = "reset base=0x1000 size=0x2000 page=0x1000 frames=0";
    const { status, lines } = await typed(LEAKS, [
      ...MAPS,
      "fault 0x1000 w",
      "undo",
      reset,
      "trace",
      "undo",
      "trace",
    ]);
    expect([status, complaints]).toEqual([0, ""]);
    const at = lines.indexOf("0x1000-0x3000, 2 pages of 0x1000 bytes");
    expect(lines.slice(at + 1, at + 3)).toEqual([reset, "2  fault 0x1000 w  -> ok true"]);
    expect(lines.slice(-3)).toEqual(["reset base=0x0 size=0x10000 page=0x1000 frames=0", ...MAPS]);
    const back = await typed("memory-set", ["undo", "map 0x0 0x1000 r mock", "undo"]);
    expect(complaints).toBe("mapcheck: there is nothing to take back\n");
    expect(back.lines.at(-1)).toBe("0x0-0x10000, 16 pages of 0x1000 bytes");
  });

  test("says what it doesn't understand, by the line, and goes on", async () => {
    const { status, lines } = await typed("memory-set", [
      "# a comment, and a line with nothing",
      "",
      "mpa 0x0 0x1000 r mock",
      "write 0x0 00",
      "reset base=1",
      "reset base=0x0 size=0x0 page=0x1000 frames=0",
      "map 0x0 0x1000 r mock",
    ]);
    expect(status).toBe(2);
    expect(lines[0]).toBe("1  map 0x0 0x1000 r mock  -> ok");
    const [misspelt, unfit, ...resets] = complaints.trimEnd().split("\n");
    expect(misspelt).toBe('mapcheck: line 3, column 1: "mpa" is not a request (did you mean map?)');
    expect(unfit).toMatch(/^mapcheck: line 4: the request belongs to the other surface; nothing was asked$/);
    expect(resets).toEqual([
      expect.stringMatching(/^mapcheck: line 5, column \d+: /),
      expect.stringMatching(/^mapcheck: line 6: the space is not sound: /),
    ]);
  });

  test("says what can be typed, and ends when it is told to", async () => {
    const { status, lines } = await typed("memory-set", ["help", "quit", "nonsense"]);
    expect([status, complaints]).toEqual([0, ""]);
    for (const word of ["undo", "trace", "save NAME", "help", "quit", "reset"]) {
      expect(lines.some((line) => line.startsWith(word))).toBe(true);
    }
  });
});

describe("save", () => {
  test("keeps a finding, which replay shows again", async () => {
    const { lines } = await typed(LEAKS, [...MAPS, "fault 0x1000 w", "save twice"]);
    const file = join(corpus, "address-space", "twice.json");
    expect(lines.slice(-2)).toEqual([
      `saved as ${file}`,
      `to see it again: npm run -s mapcheck -- replay ${file} --subject ${LEAKS}`,
    ]);
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      id: "address-space/twice",
      trace: [...MAPS, "fault 0x1000 w"],
      finding: { check: "frames", at: 2 },
      implementation: LEAKS,
      status: "regression",
    });
    expect((await mapcheck("replay", file, "--subject", LEAKS)).status).toBe(1);
    expect((await mapcheck("replay", file)).status).toBe(0);
  });

  test("keeps what agrees, once under a name", async () => {
    await typed("memory-set", ["map 0x0 0x1000 r mock", "save one", "clear", "save one", "save two"]);
    expect(complaints).toMatch(
      /^mapcheck: .*one\.json: there is a case of this name already; save under another name\n$/,
    );
    expect((await readdir(join(corpus, "memory-set"))).sort()).toEqual(["one.json", "two.json"]);
    expect((await mapcheck("replay", corpus)).status).toBe(0);
  });

  test.each([
    [["save one"], "there is nothing to save; ask something first"],
    [["map 0x0 0x1000 r mock", "save"], "write a name behind save, in one word"],
    [["map 0x0 0x1000 r mock", "save a b"], "write a name behind save, in one word"],
    [["map 0x0 0x1000 r mock", "save ../a"], "a"],
  ])("%j keeps nothing", async (lines, why) => {
    const { status } = await typed("memory-set", lines);
    expect(status).toBe(2);
    expect(complaints).toContain(why);
    expect(await readdir(corpus)).toEqual([]);
  });
});

describe("an adapter", () => {
  test("is asked as well", async () => {
    const { status, lines } = await typed("", ["map 0x0 0x1000 r mock", "areas"], hostile.command("correct"));
    expect([status, complaints]).toEqual([0, ""]);
    expect(lines).toContain("2  areas  -> ok 0x0-0x1000 r mock");
  });

  test("that dies at a request has a finding there", async () => {
    const lines = ["map 0x0 0x1000 r mock", "unmap 0x0 0x1000"];
    const ran = await typed("", lines, hostile.command("exits with 3"));
    expect(ran.status).toBe(1);
    expect(ran.lines.slice(-5)).toEqual([
      "2  unmap 0x0 0x1000",
      "  >> FINDING: here model and implementation part",
      expect.stringMatching(/^ {5}crash: /),
      expect.stringMatching(/^ {5}expected {2}/),
      expect.stringMatching(/^ {5}observed {2}it ended with status 3/),
    ]);
  });

  test("shows nothing that a terminal obeys", async () => {
    const lines = ["map 0x0 0x1000 r mock", "unmap 0x0 0x1000"];
    const ran = await typed("", lines, hostile.command("panics and goes on"));
    expect(ran.status).toBe(1);
    expect(ran.lines.join("\n")).toContain("\\u{1b}[31mnot \\u{202e}yet");
    expect(ran.lines.join("")).not.toMatch(/\p{C}/u);
  });
});

describe("on a terminal", () => {
  test("words are completed, and earlier lines come back", async () => {
    const up = "\u001b[A";
    const { status, text } = await run(
      "memory-set",
      `map 0x0 0x1000 r mo\t\ncle\t\n${up}${up}\ntra\t\n`,
      true,
    );
    expect(status).toBe(0);
    const trace = text.slice(text.lastIndexOf("reset base"));
    expect(trace).toMatch(/^reset .*\r?\nmap 0x0 0x1000 r mock\r?\nclear\r?\nmap 0x0 0x1000 r mock\r?\n/);
  });

  test("a line that isn't understood is said there, and changes no exit status", async () => {
    const { status, text } = await run("memory-set", "nonsense\n", true);
    expect([status, complaints]).toEqual([0, ""]);
    expect(text).toContain('line 1, column 1: "nonsense" is not a request');
  });

  test("Ctrl-C ends it", async () => {
    const { status } = await run("memory-set", "map 0x0 0x1000 r mock\n\u0003", true);
    expect(status).toBe(0);
  });
});
