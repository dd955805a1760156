import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { saveEntry } from "../corpus/save.ts";
import { PLAIN } from "../report/paint.ts";
import { findSubject } from "../subjects/registry.ts";
import { virtAddr } from "../trace/address.ts";
import { parseRequest } from "../trace/parse.ts";
import { type ReplayOptions, runReplay } from "./replay.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let directory: string;
let complaints: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "mapcheck-replay-"));
  complaints = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => complaints.push(String(text)) > 0);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true });
});

function optionsFor(name: string, more: Partial<ReplayOptions> = {}): ReplayOptions {
  const subject = findSubject(name);
  if (subject === undefined) throw new Error(`there is no subject ${name}`);
  return { subject, ...more };
}

const STACK = optionsFor("memory-set");
const LOSES_RIGHT_PART = "defect:unmap-loses-right-part";

/** Runs the command in this process. */
async function replay(paths: readonly string[], options = STACK, input: string | Uint8Array = "") {
  let output = "";
  const print = (text: string) => {
    output += text;
  };
  async function* stdin() {
    const bytes = Buffer.from(input);
    // In two chunks, as a pipe may bring it, cut where a character may be cut.
    yield bytes.subarray(0, 3);
    yield bytes.subarray(3);
  }
  const status = await runReplay(paths, options, { stdin: stdin(), print, paint: PLAIN, width: 80 });
  return { status, output };
}

async function write(name: string, text: string | Uint8Array): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, text);
  return file;
}

/** Saves a case in the corpus directory of the test and gives its file. */
async function save(name: string, ...lines: readonly string[]): Promise<string> {
  const requests = lines.map((line) => {
    const request = parseRequest(line);
    if (!request.ok) throw new Error(request.error.message);
    return request.value;
  });
  const space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };
  const entry = {
    id: `memory-set/${name}`,
    surface: "memory-set",
    space,
    requests,
    status: "regression",
  } as const;
  const saved = await saveEntry(directory, entry);
  if (!saved.ok) throw new Error(saved.error);
  return saved.value.file;
}

const HOLE = ["map 0x0 0x3000 rw mock", "unmap 0x1000 0x1000"];

describe("standard input", () => {
  test("a trace that agrees", async () => {
    const { status, output } = await replay(["-"], STACK, `# a hole\r\n\n${HOLE.join("\r\n")}\r\n`);
    expect(status).toBe(0);
    expect(output).toContain("  2  unmap 0x1000 0x1000  -> ok\n");
    expect(output.endsWith("\nagree    -: 2 steps\n")).toBe(true);
    expect(complaints).toEqual([]);
  });

  test("a trace that shows a planted defect", async () => {
    const { status, output } = await replay(["-"], optionsFor(LOSES_RIGHT_PART), HOLE.join("\n"));
    expect(status).toBe(1);
    expect(output).toContain(">> FINDING: here model and implementation part\n     outside: nothing outside");
    expect(output).toMatch(/\n {5}differ {3}areas {17}\^{7}\n/);
    expect(output).toMatch(/\nFINDING {2}-: step 2 of 2, outside: .*\n$/);
  });

  test("the space is what the reset line says, else what the options say", async () => {
    const reset = "reset base=0x1000 size=0x800 page=0x80 frames=0\n";
    const line = "map 0x1080 0x80 r mock";
    const options = { ...STACK, pages: 512, page: 0x80 };
    expect((await replay(["-"], STACK, reset + line)).output).toContain(
      "space    0x1000-0x1800, 16 pages of 0x80",
    );
    expect((await replay(["-"], options, line)).output).toContain(
      "space    0x0-0x10000, 512 pages of 0x80 bytes",
    );
    expect((await replay(["-"], options, reset + line)).output).toContain("space    0x1000-0x1800");
  });

  test("begins with the mark that some editors write", async () => {
    expect((await replay(["-"], STACK, "\ufeffclear\n")).status).toBe(0);
  });

  test.each([
    ["a line that doesn't parse", "clear\nmap 0x0 0xg000 rw mock\n", '-:2:9: "0xg000" is not a number'],
    [
      "a line that asks for what can't be asked",
      "clear\n\nunmap 0x80 0x1000\n",
      "-:3: unmap 0x80 0x1000: a start",
    ],
    [
      "a space that is not sound",
      "reset base=0x0 size=0x1000 page=0x3 frames=0\nclear",
      "-: the space is not sound",
    ],
    ["nothing", "", "-: there is no request in it; write one a line"],
    ["nothing but a comment", "# map 0x0 0x1000 rw mock\n", "-: there is no request in it"],
    ["control characters", "\u001b[2Jclear", '-:1:1: "\\u{1b}[2Jclear" is not a request'],
  ])("with %s: one line that names the place, exit status 2", async (_, input, complaint) => {
    const { status, output } = await replay(["-"], STACK, input);
    expect(status).toBe(2);
    expect(output).toBe("");
    expect(complaints.length).toBe(1);
    expect(complaints[0]).toContain(`mapcheck: ${complaint}`);
    expect(complaints[0]?.indexOf("\n")).toBe((complaints[0]?.length ?? 0) - 1);
  });

  test("options that give no space are wrong usage", async () => {
    const { status } = await replay(["-"], { ...STACK, page: 0x1800 }, "clear");
    expect(status).toBe(2);
    expect(complaints.join("")).toContain("--pages 16 --page 0x1800 gives no usable space");
  });

  test("more than any trace is refused", async () => {
    const { status } = await replay(["-"], STACK, Buffer.alloc(64 * 2 ** 20 + 4, "#"));
    expect(status).toBe(2);
    expect(complaints.join("")).toContain("-: more than 64 MiB");
  });
});

describe("files", () => {
  test("a corpus file is shown in full", async () => {
    const file = await save("hole", ...HOLE);
    const { status, output } = await replay([file]);
    expect(status).toBe(0);
    expect(output).toMatch(/^case {5}memory-set\/hole \(regression\)\nfile {5}.*hole\.json\n/);
    expect(output).toContain("  2  unmap 0x1000 0x1000  -> ok\n");
    expect(output.endsWith(`agree    ${file}: 2 steps\n`)).toBe(true);
  });

  test("a corpus file that this version can't replay", async () => {
    const file = await save("hole", ...HOLE);
    await writeFile(file, (await readFile(file, "utf8")).replace("unmap 0x1000", "munmap 0x1000"));
    const { status, output } = await replay([file], { ...STACK, json: true });
    expect(status).toBe(2);
    const reason = expect.stringContaining('"munmap" is not a request (did you mean unmap?)');
    expect(JSON.parse(output)).toEqual({ outcome: "stale", entries: [{ file, status: "stale", reason }] });
    expect(complaints.length).toBe(1);
  });

  test("any other file is a trace as text", async () => {
    const file = await write("trace.txt", HOLE.join("\n"));
    expect((await replay([file])).output).toMatch(/^case {5}.*trace\.txt\nspace/);
    const wrong = await write("wrong.txt", "clear\n  unmpa 0x0 0x1000\n");
    expect((await replay([wrong])).status).toBe(2);
    expect(complaints).toEqual([`mapcheck: ${wrong}:2:3: "unmpa" is not a request (did you mean unmap?)\n`]);
  });

  test.each(["absent", "absent.json", "absent/trace.txt"])("that are not there: %s", async (name) => {
    const { status } = await replay([join(directory, name)]);
    expect(status).toBe(2);
    expect(complaints.length).toBe(1);
    expect(complaints[0]).toContain(`${name}: there is no such file`);
  });

  test("a path through a file", async () => {
    const file = await write("trace.txt", "clear");
    expect((await replay([join(file, "trace.txt")])).status).toBe(2);
    expect(complaints.join("")).toContain("can't be read: not a directory (ENOTDIR); make it readable");
  });
});

describe("directories", () => {
  test("a line for each case that agrees, and the summary", async () => {
    await save("b", "clear");
    await save("a", ...HOLE);
    const { status, output } = await replay([directory]);
    expect(status).toBe(0);
    expect(output.replaceAll(directory, "DIR").split("\n")).toEqual([
      "agree    DIR/memory-set/a.json: 2 steps",
      "agree    DIR/memory-set/b.json: 1 step",
      "2 cases: 2 agree, 0 findings, 0 stale, 0 broken",
      "",
    ]);
  });

  test("a finding is shown in full among them, and all cases when asked to", async () => {
    await save("a", "clear");
    await save("b", ...HOLE);
    const { status, output } = await replay([directory], optionsFor(LOSES_RIGHT_PART));
    expect(status).toBe(1);
    expect(output).not.toContain("clear");
    expect(output).toContain("  2  unmap 0x1000 0x1000  -> ok\n  >> FINDING");
    expect(output.endsWith("\n\n2 cases: 1 agree, 1 finding, 0 stale, 0 broken\n")).toBe(true);
    const verbose = await replay([directory], { ...STACK, verbose: true });
    expect(verbose.output).toContain("  1  clear  -> ok");
    expect(verbose.output).toContain("  2  unmap 0x1000 0x1000  -> ok\n");
  });

  test("stale and broken ones take nothing from the others", async () => {
    await save("a", "clear");
    const stale = await save("b", "clear", "unmap 0x80 0x1000");
    await save("c", ...HOLE);
    await mkdir(join(directory, "d"));
    await write("d/broken.json", "{");
    const { status, output } = await replay([directory]);
    expect(status).toBe(2);
    expect(output.trimEnd().split("\n").at(-1)).toBe("4 cases: 2 agree, 0 findings, 1 stale, 1 broken");
    expect(complaints.length).toBe(2);
    expect(complaints[0]).toContain("broken.json:1:2: the JSON ends in the middle");
    expect(complaints[1]).toMatch(
      new RegExp(
        `^mapcheck: ${stale}: trace\\[1\\]: unmap 0x80 0x1000: a start.*; correct the line, or delete`,
      ),
    );
  });

  test("a finding counts before all else", async () => {
    await save("a", ...HOLE);
    await write("broken.json", "{");
    expect((await replay([directory], optionsFor(LOSES_RIGHT_PART))).status).toBe(1);
  });

  test("one without cases says so", async () => {
    const { status, output } = await replay([directory]);
    expect([status, output]).toEqual([0, "no cases: there is no *.json file there\n"]);
  });

  test("several paths, in their order", async () => {
    const file = await write("trace.txt", "clear");
    await save("a", ...HOLE);
    const { output } = await replay(["-", directory, file], STACK, "clear\nclear");
    expect(output.replaceAll(directory, "DIR").split("\n").slice(0, 3)).toEqual([
      "agree    -: 2 steps",
      "agree    DIR/memory-set/a.json: 2 steps",
      "agree    DIR/trace.txt: 1 step",
    ]);
  });
});

describe("JSON", () => {
  const RAN = { subject: LOSES_RIGHT_PART, space: "reset base=0x0 size=0x10000 page=0x1000 frames=0" };

  test("is the only thing on standard output", async () => {
    const good = await save("a", "clear");
    const found = await save("b", ...HOLE);
    const stale = await save("c", "unmap 0x80 0x1000");
    const broken = await write("x.json", "{");
    const { status, output } = await replay([directory], { ...optionsFor(LOSES_RIGHT_PART), json: true });
    expect(status).toBe(1);
    expect(JSON.parse(output)).toEqual({
      outcome: "finding",
      entries: [
        { file: good, id: "memory-set/a", ...RAN, status: "agree" },
        {
          file: found,
          id: "memory-set/b",
          ...RAN,
          status: "finding",
          finding: {
            kind: "invariant",
            check: "outside",
            at: 1,
            expected: "0x2000 in 0x2000-0x3000 rw mock",
            observed: "0x2000 in no area",
            answer: "ok",
          },
        },
        {
          file: stale,
          id: "memory-set/c",
          ...RAN,
          status: "stale",
          reason: expect.stringContaining("trace[0]: unmap 0x80"),
        },
        { file: broken, status: "broken", reason: expect.stringContaining("x.json:1:2: ") },
      ],
    });
    expect(complaints.length).toBe(2);
  });

  test("of a trace as text has no id", async () => {
    const { output } = await replay(["-"], { ...STACK, json: true }, "clear");
    const ran = { ...RAN, subject: "memory-set" };
    expect(JSON.parse(output)).toEqual({
      outcome: "agree",
      entries: [{ file: "-", ...ran, status: "agree" }],
    });
  });
});

describe("the program", () => {
  /** Starts the command line from the sources; `errors` gathers what it writes to standard error. */
  function start(...args: readonly string[]) {
    const env = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined };
    const command = ["--import", "tsx", "src/cli/main.ts", "replay", ...args];
    const child = spawn(process.execPath, command, { cwd: ROOT, env });
    const errors: string[] = [];
    child.stderr.on("data", (data) => errors.push(String(data)));
    return { child, errors };
  }

  test("reads standard input, prints without colour into a pipe and ends with the exit status", async () => {
    const { child, errors } = start("-", "--subject", LOSES_RIGHT_PART);
    child.stdin.end(HOLE.join("\n"));
    const output = (await child.stdout.setEncoding("utf8").toArray()).join("");
    if (child.exitCode === null) await once(child, "exit");
    expect([child.exitCode, errors]).toEqual([1, []]);
    expect(output).toContain(">> FINDING");
    expect(output).not.toContain("\u001b");
  });

  test("bears it that nobody reads its output any more", async () => {
    const { child, errors } = start("-", "--subject", "memory-set");
    child.stdout.destroy();
    child.stdin.end("map 0x0 0x3000 rw mock replace\nunmap 0x1000 0x1000\n".repeat(1000));
    const [status] = await once(child, "close");
    expect([status, errors]).toEqual([0, []]);
  });
});
