/** The command line with an adapter that misbehaves: what is quickly told. The rest is in the slow suites. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { schemaErrors } from "../report/junit.fixture.ts";
import type { Manner } from "../subjects/adapter/hostile.fixture.ts";
import { expectDecent, expectFinding, expectRefusal, Hostile } from "./adapter.fixture.ts";
import { ended, start } from "./process.fixture.ts";
import { mapcheck } from "./program.fixture.ts";

const hostile = new Hostile();

/** For what ends by itself. */
const NO_HURRY = ["--timeout", "1m", "--runs", "20"];

describe("a finding is an adapter that", () => {
  test.each<[manner: Manner, check: string, observed: string]>([
    ["exits with 0", "crash", "it ended with status 0 after 1 answer of the run"],
    ["answers twice", "out-of-step", "not one line for each request: "],
    ["prints binary", "garbage", '"\\u{1b}\\u{1a}'],
    ["panics and goes on", "panic", "\\u{1b}[31mnot \\u{202e}yet"],
    ["says another hello later", "garbage", "it answered hello otherwise than at its first start"],
  ])("%s", async (manner, check, observed) => {
    const ran = await mapcheck(...hostile.fuzz(manner, ...NO_HURRY));
    expectFinding(ran, check, observed);
    expect(await hostile.saved()).toMatchObject([
      {
        status: "regression",
        requests: { length: 1 },
        finding: { kind: check, at: 0 },
        implementation: "hostile",
      },
    ]);
  });
});

test.each<Manner>(["panics and goes on", "exits with 0"])(
  "the reports on one that %s are sound",
  async (manner) => {
    const [junit, markdown] = [
      join(hostile.corpus, "..", "junit.xml"),
      join(hostile.corpus, "..", "report.md"),
    ];
    const files = ["--junit", junit, "--markdown", markdown];
    expect(await mapcheck(...hostile.fuzz(manner, ...NO_HURRY, ...files))).toMatchObject({ status: 1 });
    const xml = await readFile(junit, "utf8");
    expect(await schemaErrors(xml)).toEqual([]);
    expect(xml).toContain(' failures="1" ');
    const text = await readFile(markdown, "utf8");
    expect(`${xml}${text}`).not.toMatch(/(?!\n)\p{C}/u);
    // Nothing was mapped before, or it is no longer there to be asked.
    expect(text).not.toContain("Before, and on both sides");
  },
);

describe("nothing is asked of an adapter that", () => {
  test.each<[manner: Manner, line: string]>([
    [
      "exits at once",
      'it ended with status 0, before it answered hello and the sync behind it; try: echo "hello 1" | the command',
    ],
    ["exits at once with 3", "it ended with status 3, before it answered hello"],
    ["prints for ever at hello", "it printed a line of more than 16 MiB, before it answered hello"],
    ["speaks version 2", 'hello: it answered "ok mapcheck 2 name=hostile'],
    ["refuses version 1", 'hello: it answered "err Unsupported"; it has to speak version 1'],
    ["answers hello with garbage", 'hello: it answered "\\u{1b}[31mHello, \\u{0}world!\\u{202e}"'],
    ["offers nothing", "hello: it doesn't offer map"],
  ])("%s", async (manner, line) => {
    expectRefusal(await mapcheck(...hostile.fuzz(manner, ...NO_HURRY)), line);
  });

  test("does not answer hello", async () => {
    const ran = await mapcheck(...hostile.fuzz("hangs at hello", "--timeout", "500ms"));
    expectRefusal(ran, "it did not answer within 0.5 s, before it answered hello");
  });

  test.each([
    ["./there-is-none", "it can't be started: there is no such program; correct the path, or build it"],
    ["/", "it can't be started: it is not executable; correct the path, or build it"],
    ["cat", 'hello: it answered "hello 1"; write: ok mapcheck 1'],
    ["true", "before it answered hello"],
    ["yes", 'hello: it answered "y"; write: ok mapcheck 1'],
    ["", "it can't be started: its name is empty; write one behind --"],
    ["package.json/adapter", "it can't be started: its path leads nowhere (ENOTDIR); correct it"],
    [`./${"a".repeat(300)}`, "it can't be started: its path leads nowhere (ENAMETOOLONG); correct it"],
    ["a".repeat(300), "it can't be started: its path leads nowhere (ENAMETOOLONG); correct it"],
  ])("is %s", async (command, line) => {
    expectRefusal(await mapcheck("fuzz", "--no-save", "--", command), line);
  });
});

describe("a script", () => {
  let directory = "";

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "mapcheck-script-"));
  });

  afterEach(() => rm(directory, { recursive: true }));

  /** Runs a search with a script that says this. */
  async function fuzzScript(...lines: readonly string[]) {
    const path = join(directory, "adapter");
    await writeFile(path, `${lines.join("\n")}\n`, { mode: 0o755 });
    return mapcheck("fuzz", "--no-save", "--runs", "3", "--", path);
  }

  test("that doesn't say what runs it is not handed to a shell", async () => {
    const ran = await fuzzScript(`touch ${join(directory, "was-here")}`);
    expectRefusal(ran, "it is a text that doesn't begin with #!");
    expect(await readdir(directory)).toEqual(["adapter"]);
  });

  test("that is gone when it is to be started again is no finding", async () => {
    const command = hostile.command("exits with 0").map((word) => `'${word}'`);
    const ran = await fuzzScript("#!/bin/sh", 'rm "$0"', `exec ${command.join(" ")}`);
    expectDecent(ran);
    expect(ran.status).toBe(3);
    expect(ran.stderr).toBe(
      "mapcheck: hostile: it can't be started: there is no such program; what was found before is kept\n",
    );
    expect(ran.stdout).toContain("interrupted before anything was run");
  });
});

describe("what an adapter says of itself", () => {
  test("moves no cursor", async () => {
    const ran = await mapcheck(...hostile.fuzz("has a name that moves the cursor", ...NO_HURRY));
    expectDecent(ran);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout).toContain("fuzzing \\u{1b}[2J\\u{202e}evil\\u{7}: ");
  });

  test("is a warning where nobody knows it, and never asked for", async () => {
    const ran = await mapcheck(...hostile.fuzz("offers what there is not", ...NO_HURRY));
    expectDecent(ran);
    expect(ran.status).toBe(0);
    const unknown = ['flag "z"', 'word "luck"', 'word "frobnicate"', 'word "moon"', 'word "tape"'];
    for (const what of [...unknown, 'key "\\u{1b}]0;x"', 'key "colour"']) {
      expect(ran.stderr).toContain(`unknown ${what}; it is left out of account\n`);
    }
  });
});

describe("what an adapter keeps from one run to the next", () => {
  test("is in the saved case, which shows it again", async () => {
    expectFinding(
      await mapcheck(...hostile.fuzz("crashes in the third run", "--seed", "unmap3", ...NO_HURRY)),
      "crash",
      "it ended with status 3",
    );
    expect(await hostile.saved()).toMatchObject([
      { status: "regression", requests: { length: 1 }, before: { length: 2 } },
    ]);
    const again = await mapcheck(
      "replay",
      hostile.corpus,
      "--",
      ...hostile.command("crashes in the third run"),
    );
    expectDecent(again);
    expect(again.status).toBe(1);
  });

  test.each<Manner>(["lies once", "lies in every other process"])("is unstable if it %s", async (manner) => {
    const ran = await mapcheck(...hostile.fuzz(manner, ...NO_HURRY));
    expectFinding(ran, "answer", "err BadState");
    expect(ran.stdout).toContain("\n  unstable: ");
    expect(await hostile.saved()).toMatchObject([{ status: "unstable", finding: { check: "answer" } }]);
  });
});

test("a trace of one's own is replayed as far as it goes", async () => {
  const file = join(hostile.corpus, "trace.txt");
  await writeFile(file, "map 0x0 0x1000 rw mock\nunmap 0x0 0x1000\nclear\n");
  const ran = await mapcheck("replay", file, "--", ...hostile.command("exits with 3"));
  expectDecent(ran);
  expect(ran).toMatchObject({ status: 1, stderr: "" });
  expect(ran.stdout).toContain("it ended with status 3 after 3 answers of the run");
});

describe("nothing is left of a hanging adapter", () => {
  test("after SIGINT, which ends with a report", async () => {
    const child = start(hostile.fuzz("hangs", "--timeout", "1h"));
    const output = ended(child);
    await hostile.isUnderWay();
    child.kill("SIGINT");
    const ran = await output;
    expectDecent(ran);
    expect(ran).toMatchObject({ status: 3, stderr: "" });
    expect(ran.stdout).toContain("interrupted before anything was run");
  });

  test("after SIGKILL, which leaves no time for anything", async () => {
    const child = start(hostile.fuzz("hangs", "--timeout", "1h"));
    const output = ended(child);
    await hostile.isUnderWay();
    child.kill("SIGKILL");
    expect(await output).toMatchObject({ status: null });
    await hostile.expectNothingLeft();
  });
});
