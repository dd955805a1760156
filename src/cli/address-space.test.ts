/** The command line on the address-space surface. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PLAIN } from "../report/paint.ts";
import { type NamedSubject, STACK } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { OK } from "../trace/answer.ts";
import { runFuzz } from "./fuzz.ts";
import { mapcheck } from "./program.fixture.ts";
import { budgetOf, type FuzzOptions } from "./search-options.ts";

let corpus = "";

beforeEach(async () => {
  corpus = await realpath(await mkdtemp(join(tmpdir(), "mapcheck-space-")));
});

afterEach(async () => {
  await rm(corpus, { recursive: true });
});

const STANDARD = [
  "reset base=0x0 size=0x10000 page=0x1000 frames=0",
  "reset base=0x0 size=0x10000 page=0x1000 frames=16",
  "reset base=0x7fc000000000 size=0x4000000000 page=0x1000 frames=0",
  "reset base=0x800000000000 size=0x4000000000 page=0x1000 frames=512",
];

function fuzz(...args: readonly string[]) {
  return mapcheck("fuzz", "--corpus", corpus, "--seed", "s", ...args);
}

describe("fuzz", () => {
  test("runs in every standard space, and says so", async () => {
    const { status, stdout, stderr } = await fuzz("--runs", "40");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").slice(0, 5)).toEqual([
      "fuzzing address-space (x86-64): traces of up to 50 commands, seed s, in turn in 4 spaces:",
      "  0x0-0x10000, 16 pages of 0x1000 bytes",
      "  0x0-0x10000, 16 pages of 0x1000 bytes, 16 frames",
      "  0x7fc000000000-0x800000000000, 67,108,864 pages of 0x1000 bytes",
      "  0x800000000000-0x804000000000, 67,108,864 pages of 0x1000 bytes, 512 frames",
    ]);
    expect(stdout).toMatch(/\n {2}fault +\. +[1-9]/);
  });

  test("says in JSON what ran where", async () => {
    const { stdout } = await fuzz("--runs", "4", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      subject: "address-space",
      format: "x86-64",
      spaces: STANDARD,
    });
  });

  test.each(["sv39", "sv48", "aarch64", "ept"])("has page tables of %s when asked to", async (format) => {
    const { status, stdout } = await fuzz("--runs", "8", "--json", "--format", format);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ format });
  });

  test("runs in the one space that is chosen", async () => {
    const space = ["--pages", "64", "--base", "0x7000", "--frames", "40"];
    const { stdout } = await fuzz("--runs", "8", ...space);
    expect(stdout).toMatch(
      /^fuzzing address-space \(x86-64\): 0x7000-0x47000, 64 pages of 0x1000 bytes, 40 frames, traces/,
    );
    const large = await fuzz("--runs", "8", "--pages", "0x4000000", "--json");
    expect(JSON.parse(large.stdout).spaces).toEqual([
      "reset base=0x0 size=0x4000000000 page=0x1000 frames=0",
    ]);
  });

  test("injects every single failure when asked to", async () => {
    const { status, stdout } = await fuzz("--runs", "8", "--max-commands", "20", "--inject", "all");
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /\n\nevery single failure: 8 traces, [1-9][\d,]* injections tried, all atomic\nall agree: /,
    );
  });

  test.each([
    [{ inject: "all" }, 1000, Number.POSITIVE_INFINITY],
    [{ inject: "all", runs: 5 }, 5, Number.POSITIVE_INFINITY],
    [{ inject: "all", time: 5 }, Number.POSITIVE_INFINITY, 5],
    [{}, Number.POSITIVE_INFINITY, 10],
  ] as const)("ends when its budget is spent (%j)", (options, runs, seconds) => {
    expect(budgetOf(options)).toEqual({ runs, seconds });
  });

  test.each([
    [{ untilRisk: 0.5 }, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [{ untilRisk: 0.5, inject: "all" }, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [{ untilRisk: 0.5, runs: 5 }, 5, Number.POSITIVE_INFINITY],
    [{ untilRisk: 0.5, time: 5 }, Number.POSITIVE_INFINITY, 5],
  ] as const)("ends when nothing new is to be expected, or before (%j)", (options, runs, seconds) => {
    expect(budgetOf(options)).toEqual({ runs, seconds, risk: 0.5 });
  });
});

/** The address space, but that `clear` does nothing. */
function deafToClear(target: NamedSubject): NamedSubject {
  const { subject, inFormat } = target;
  const deaf: Subject = {
    ...subject,
    create: (space) => {
      const inner = subject.create(space);
      return {
        apply: (request) => (request.op === "clear" ? OK : inner.apply(request)),
        observe: (into) => inner.observe(into),
      };
    },
  };
  return {
    ...target,
    name: "defect:deaf",
    subject: deaf,
    ...(inFormat && { inFormat: (format) => deafToClear(inFormat(format)) }),
  };
}

describe("a finding", () => {
  const SUBJECT = deafToClear(STACK["address-space"]);

  /** The last line of the report on what fuzzing finds. */
  async function lineAfter(options: Partial<FuzzOptions>): Promise<string> {
    let output = "";
    const print = (text: string) => {
      output += text;
    };
    const usual = { subject: SUBJECT, seed: "s", maxCommands: 50, save: false, corpus };
    expect(await runFuzz({ ...usual, ...options }, { print, paint: PLAIN })).toBe(1);
    return output.trimEnd().split("\n").at(-1) ?? "";
  }

  test("in the standard spaces is found again by its seed and run alone", async () => {
    expect(await lineAfter({})).toMatch(
      /^ {2}find it again: .* fuzz --subject defect:deaf --seed s --runs \d+ --max-commands 50 --corpus \S+$/,
    );
  });

  test("in a chosen space, another format, under injection is found again there", async () => {
    const options = { format: "sv39", pages: 8, base: virtAddr(0x3000), frames: 30, inject: "all" } as const;
    expect(await lineAfter(options)).toMatch(
      / fuzz --subject defect:deaf --format sv39 --seed s --runs \d+ --max-commands 50 --pages 8 --base 0x3000 --frames 30 --inject all --corpus \S+$/,
    );
  });

  test("that is saved is replayed in its format", async () => {
    expect(await lineAfter({ format: "sv39", save: true })).toMatch(
      / replay \S+\/address-space\/clear-\S+\.json --subject defect:deaf --format sv39$/,
    );
    expect(await lineAfter({ save: true })).toMatch(/\.json --subject defect:deaf$/);
  });
});

describe("replay", () => {
  async function write(name: string, text: string): Promise<string> {
    const file = join(corpus, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  /** Writes a case in a space of 16 pages from `base` on. */
  function save(id: string, base: string, ...trace: readonly string[]): Promise<string> {
    const space = { base, size: "0x10000", page: "0x1000", frames: 0 };
    const surface = dirname(id);
    const entry = { mapcheck: 1, id, surface, space, dialect: {}, trace, status: "regression" };
    return write(`${id}.json`, JSON.stringify(entry));
  }

  test("a trace as text runs on the address space", async () => {
    const file = await write("t.txt", "map 0x0 0x2000 rw alloc:lazy\nfault 0x1000 w\nwrite 0x1000 ff");
    const { status, stdout } = await mapcheck("replay", file, "--pages", "4", "--frames", "9");
    expect(status).toBe(0);
    expect(stdout).toContain("\nspace    0x0-0x4000, 4 pages of 0x1000 bytes, 9 frames\n");
    expect(stdout).toContain("\nsubject  address-space (x86-64)\n");
    expect(stdout).toContain("\n  3  write 0x1000 ff  -> ok\n");
    expect(stdout).not.toContain("nothing changes");
  });

  test("saved cases of both surfaces run on the stack", async () => {
    await save("address-space/x", "0x0", "map 0x0 0x1000 r alloc:eager");
    await save("memory-set/x", "0x0", "map 0x0 0x1000 r mock");
    const { status, stdout } = await mapcheck("replay", corpus, "--json", "--format", "aarch64");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).entries).toMatchObject([
      { subject: "address-space", format: "aarch64", status: "agree" },
      { subject: "memory-set", status: "agree" },
    ]);
  });

  test("a case for wider addresses is passed over", async () => {
    const file = await save("address-space/wide", "0x800000000000", "clear");
    expect(await mapcheck("replay", file)).toMatchObject({ status: 0, stderr: "" });
    const alone = await mapcheck("replay", file, "--format", "sv39");
    expect(alone).toMatchObject({
      status: 2,
      stderr: "mapcheck: nothing was run; --subject and --format name what else there is\n",
    });
    expect(alone.stdout).toMatch(/^unsuited \S+wide\.json: address-space\/sv39 can't be asked this: .*\n/);
    await save("address-space/narrow", "0x0", "clear");
    const both = await mapcheck("replay", corpus, "--format", "sv39");
    expect(both).toMatchObject({ status: 0, stderr: "" });
    expect(both.stdout).toContain("\n2 cases: 1 agree, 0 findings, 0 stale, 0 broken, 1 unsuited\n");
  });
});

test("what the space can't be is said before anything runs", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const options = { maxCommands: 50, save: false, page: 0x800 };
  expect(await runFuzz(options, { print: () => {}, paint: PLAIN })).toBe(2);
  expect(write).toHaveBeenCalledOnce();
  write.mockRestore();
});
