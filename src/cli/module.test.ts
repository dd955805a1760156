/** `--subject ./my-implementation.ts`: a module of the user's own on the command line. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ended, start } from "./process.fixture.ts";

/**
 * The command line in a process of its own: the module imports the sources of this project, and in this process they
 * would be there twice, which measures of coverage can't tell apart.
 */
function mapcheck(...args: readonly string[]) {
  return ended(start(args));
}

let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "mapcheck-mine-"));
});

afterEach(() => rm(directory, { recursive: true }));

const INDEX = new URL("../index.ts", import.meta.url).pathname;

/** A subject: the stack, with something else done before each request. */
async function write(mistake: string, extension = "mjs"): Promise<string> {
  const path = join(directory, `mine.${extension}`);
  const type = extension === "ts" ? ": any" : "";
  const text = `import { memorySetSubject } from ${JSON.stringify(INDEX)};
    const stack = memorySetSubject();
    function mistake(request${type}) { ${mistake} }
    export default {
      hello: { ...stack.hello, name: "mine-1.0" },
      create(space${type}) {
        const instance = stack.create(space);
        return {
          apply: (request${type}) => mistake(request) ?? instance.apply(request),
          observe: (into${type}) => instance.observe(into),
        };
      },
    };`;
  await writeFile(path, text);
  return path;
}

function fuzz(path: string, ...options: readonly string[]) {
  const search = ["--seed", "s", "--runs", "500", "--corpus", directory];
  return mapcheck("fuzz", "--subject", path, ...search, ...options);
}

/** The command that the report ends with. */
function lastLine(stdout: string, label: string): readonly string[] {
  const [, line = ""] = new RegExp(`\\n  ${label}: npm run -s mapcheck -- (.*)\\n$`).exec(stdout) ?? [];
  return line.split(" ");
}

test.each(["ts", "mjs"])("one that is right agrees: .%s", async (extension) => {
  const path = await write("return undefined;", extension);
  const { status, stdout, stderr } = await fuzz(path, "--no-save");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^fuzzing mine-1\.0: 16 pages/);
});

describe("a finding", () => {
  test.each<[what: string, mistake: string, observed: string]>([
    [
      "is an exception",
      'if (request.op === "clear") throw new Error("not \\x1b[2J"); return undefined;',
      "Error: not \\u{1b}[2J",
    ],
    [
      "is what is no answer",
      'return request.op === "clear" ? JSON.parse("7") : undefined;',
      "TypeError: apply gave what is no answer to clear",
    ],
    [
      "is an exception where nothing should be answered",
      'if (request.op === "clear") throw null; return undefined;',
      "null",
    ],
  ])("%s, and the line that is printed shows it again", async (_what, mistake, observed) => {
    const path = await write(mistake);
    const { status, stdout, stderr } = await fuzz(path);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toContain(
      `\n  1  clear   <- here they differ\n  expected  no panic\n  observed  ${observed}\n`,
    );
    const again = lastLine(stdout, "see it step by step");
    expect(again).toEqual(["replay", expect.stringMatching(/clear-panic-\w+\.json$/), "--subject", path]);
    const replayed = await mapcheck(...again);
    expect(replayed.status).toBe(1);
    expect(replayed.stdout).toContain(observed);
  });

  test("that isn't saved is found again by the line that is printed", async () => {
    const path = await write('return request.op === "find" ? { kind: "fault" } : undefined;');
    const first = await fuzz(path, "--no-save");
    const again = await mapcheck(...lastLine(first.stdout, "find it again"), "--no-save");
    const found = /\nFINDING .*?\n {2}check/s;
    expect(found.exec(first.stdout)?.[0]).toContain("find 0x0");
    expect(found.exec(again.stdout)?.[0]).toBe(found.exec(first.stdout)?.[0]);
  });
});

describe("is refused in one line", () => {
  test.each<[what: string, text: string, error: string]>([
    ["what exports nothing", "export const a = 1;", "default: "],
    ["what exports no Subject", "export default { hello: {} };", "default.hello.name: "],
    [
      "what throws",
      'throw new Error("oh \\x1b[2J");',
      "can't be imported: oh \\u{1b}[2J; correct it, or the path",
    ],
  ])("%s", async (_what, text, error) => {
    const path = join(directory, "mine.mjs");
    await writeFile(path, text);
    for (const command of ["fuzz", "verify"]) {
      const { status, stdout, stderr } = await mapcheck(command, "--subject", path, "--corpus", directory);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr.startsWith(`mapcheck: ${path}: ${error}`), stderr).toBe(true);
      expect(stderr).toMatch(/^[^\n]*\n$/);
    }
  });

  test.each<[options: readonly string[], error: string]>([
    [["--subject", "./nothing-there.ts"], "can't be imported: "],
    [
      ["--subject", "./mine.ts", "--format", "sv39"],
      "--format is about the stack's own page tables; leave it out with ./mine.ts",
    ],
    [
      ["--subject", "./mine.ts", "--", "true"],
      "--subject and a command behind -- are two things to test; leave one out",
    ],
    [
      ["--format", "sv39", "--", "true"],
      "--format is about the stack's own page tables; leave it out with a command",
    ],
    [["--subject", "memory-set", "--timeout", "1s"], "--timeout is about a command behind --; leave it out"],
    [["--subject", "mine"], "there is no such subject"],
  ])("%j", async (options, error) => {
    const { status, stdout, stderr } = await mapcheck("fuzz", "--no-save", ...options);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(error);
    expect(stderr).toMatch(/^mapcheck: [^\n]*\n$/);
  });
});
