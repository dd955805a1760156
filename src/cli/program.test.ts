import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SUBJECTS } from "../subjects/registry.ts";
import { FORMAT_NAMES } from "../trace/hardware.ts";
import { mapcheck } from "./program.fixture.ts";

const COUNT = "write a whole number above 0, such as 1000 or 0x1000";
const DURATION = "write a duration above 0 with its unit, such as 500ms, 30s, 10m or 1h";
const RISK = "write a probability above 0 and below 1, such as 1e-5 or 0.00001";
const SHARD = "write which part of how many, such as 1/4 for the first of four";
const FUZZ_HELP = "mapcheck fuzz --help says what there is";
const ADDRESS = "write an address below 2^52, such as 0x0 or 0x800000000000";
const USUAL = "the default is --pages 16";

describe("wrong usage is said in one line on standard error", () => {
  test.each<[line: string, complaint: string]>([
    ["fuz", "unknown command 'fuz' (did you mean fuzz?); mapcheck --help says what there is"],
    ["verify --", "there is nothing behind --; write a command there, or leave -- out"],
    ["--nope", "unknown option '--nope'; mapcheck --help says what there is"],
    ["fuzz --sed 1", `unknown option '--sed' (did you mean --seed?); ${FUZZ_HELP}`],
    ["fuzz extra", `too many arguments for 'fuzz'. Expected 0 arguments but got 1; ${FUZZ_HELP}`],
    ["fuzz --seed", `option '--seed <text>' argument missing; ${FUZZ_HELP}`],
    ["fuzz --runs x", `option '--runs <count>' argument 'x' is invalid; ${COUNT}`],
    ["fuzz --runs 0", `option '--runs <count>' argument '0' is invalid; ${COUNT}`],
    ["fuzz --runs 1.5", `option '--runs <count>' argument '1.5' is invalid; ${COUNT}`],
    [
      "fuzz --runs 9007199254740992",
      `option '--runs <count>' argument '9007199254740992' is invalid; ${COUNT}`,
    ],
    ["fuzz --max-commands -1", `option '--max-commands <count>' argument '-1' is invalid; ${COUNT}`],
    ["fuzz --pages 0", `option '--pages <count>' argument '0' is invalid; ${COUNT}`],
    ["fuzz --page 0x", `option '--page <bytes>' argument '0x' is invalid; ${COUNT}`],
    ["fuzz --time 5", `option '--time <duration>' argument '5' is invalid; ${DURATION}`],
    ["fuzz --time 0s", `option '--time <duration>' argument '0s' is invalid; ${DURATION}`],
    ["fuzz --time 1e3s", `option '--time <duration>' argument '1e3s' is invalid; ${DURATION}`],
    ...["0", "1", "1.5", "-1", "-0.5", "0x1", "x", "5%", "1e", ".5", "1e-999", "NaN", "Infinity"].map(
      (risk): [string, string] => [
        `fuzz --until-risk ${risk}`,
        `option '--until-risk <risk>' argument '${risk}' is invalid; ${RISK}`,
      ],
    ),
    ["fuzz --until-risk", `option '--until-risk <risk>' argument missing; ${FUZZ_HELP}`],
    ["verify --until-risk 0.1", "unknown option '--until-risk'; mapcheck verify --help says what there is"],
    ...["", "0/4", "5/4", "1", "1/0", "a/b", "1/2/3", "-1/2", "1.5/2"].map((shard): [string, string] => [
      `fuzz --shard=${shard}`,
      `option '--shard <part>' argument '${shard}' is invalid; ${SHARD}`,
    ]),
    ["fuzz --workers 0", `option '--workers <count>' argument '0' is invalid; ${COUNT}`],
    ["fuzz --max-findings 0", `option '--max-findings <count>' argument '0' is invalid; ${COUNT}`],
    [
      "fuzz --subject memory-set --page 3",
      `--pages 16 --page 0x3 gives no usable space: the page size must be a power of two; ${USUAL} --page 0x1000`,
    ],
    [
      "fuzz --pages 99999999999999",
      "--pages 99999999999999 gives no usable space: " +
        `base + size must be below the end of the address space; ${USUAL}`,
    ],
    [
      "fuzz --format sv39 --base 0x8000000000",
      "--pages 16 --base 0x8000000000 gives no usable space: " +
        `base + size must be below the end of the address space; ${USUAL}`,
    ],
    [
      "replay - --base 0x800",
      `--pages 16 --base 0x800 gives no usable space: the base must be a multiple of the page; ${USUAL}`,
    ],
    [
      "check --subject memory-set --page 3",
      "--pages 4 --page 0x3 gives no usable space: the page size must be a power of two; " +
        "the default is --pages 4 --page 0x1000",
    ],
    [
      "check --base 0x800",
      "--pages 1 --base 0x800 gives no usable space: the base must be a multiple of the page; " +
        "the default is --pages 1",
    ],
    ["fuzz --base -1", `option '--base <address>' argument '-1' is invalid; ${ADDRESS}`],
    [
      "fuzz --base 0x10000000000000",
      `option '--base <address>' argument '0x10000000000000' is invalid; ${ADDRESS}`,
    ],
    [
      "fuzz --frames few",
      "option '--frames <count>' argument 'few' is invalid; write a whole number, such as 64, or 0 for no limit",
    ],
    [
      "fuzz --frames 0 --subject memory-set",
      "--frames can't be used on the memory-set surface, which has no memory; leave it out",
    ],
    [
      "fuzz --page 0x800",
      "--page 0x800 can't be used here: pages of the address-space surface have 0x1000 bytes; " +
        "leave it out, or test memory-set",
    ],
    [
      "fuzz --format sv93",
      "option '--format <name>' argument 'sv93' is invalid; there is no such format (did you mean sv39?); " +
        "formats are x86-64, sv39, sv48, aarch64, ept",
    ],
    [
      "fuzz --subject memory-set --format sv39",
      "--format sv39 can't be used with --subject memory-set: memory-set has no page tables; leave --format out",
    ],
    [
      "fuzz --subject defect:ept-execute-in-bit-10 --format sv39",
      "--format sv39 can't be used with --subject defect:ept-execute-in-bit-10: " +
        "defect:ept-execute-in-bit-10 is about ept alone; leave --format out",
    ],
    [
      "replay - --subject memory-set --format sv39",
      "--format sv39 can't be used with --subject memory-set: memory-set has no page tables; leave --format out",
    ],
    ["fuzz --inject some", "option '--inject <failures>' argument 'some' is invalid; write all"],
    [
      "fuzz --subject memory-set --pages 0x4000000",
      "--pages 67108864 with --max-commands 50 makes runs too long; " +
        "lower one of them, so that their product is at most 4194304",
    ],
    [
      "fuzz --subject memory-set --max-commands 100000 --pages 42",
      "--pages 42 with --max-commands 100000 makes runs too long; " +
        "lower one of them, so that their product is at most 4194304",
    ],
    [
      "fuzz --max-commands 100001",
      "option '--max-commands <count>' argument '100001' is invalid; write at most 100000",
    ],
    [
      "fuzz --subject defect:find-free-inside-are",
      "option '--subject <name>' argument 'defect:find-free-inside-are' is invalid; there is no such subject " +
        "(did you mean defect:find-free-inside-area?), mapcheck subjects lists all",
    ],
    [
      "fuzz --subject defect:touching-overlaps+find-free-inside-are",
      "option '--subject <name>' argument 'defect:touching-overlaps+find-free-inside-are' is invalid; there is no " +
        "such defect as find-free-inside-are (did you mean find-free-inside-area?), mapcheck subjects lists all",
    ],
    [
      "check --subject defect:touching-overlaps+",
      "option '--subject <name>' argument 'defect:touching-overlaps+' is invalid; a + stands between the names of " +
        "two planted defects, as in defect:a+b",
    ],
    [
      "verify --subject defect:touching-overlaps+no-flush-on-unmap",
      "option '--subject <name>' argument 'defect:touching-overlaps+no-flush-on-unmap' is invalid; touching-overlaps " +
        "is planted in the memory set and no-flush-on-unmap in the address space; name defects of one of them",
    ],
    [
      "replay - --subject defect:touching-overlaps+overlap-at-start-only",
      "option '--subject <name>' argument 'defect:touching-overlaps+overlap-at-start-only' is invalid; " +
        "touching-overlaps and overlap-at-start-only can't be combined: both change overlaps of the memory set; " +
        "leave one out",
    ],
    [
      "fuzz --subject defect:ept-execute-in-bit-10+no-flush-on-unmap --format sv39",
      "--format sv39 can't be used with --subject defect:ept-execute-in-bit-10+no-flush-on-unmap: " +
        "defect:ept-execute-in-bit-10+no-flush-on-unmap is about ept alone; leave --format out",
    ],
    [
      "fuzz --subject x",
      "option '--subject <name>' argument 'x' is invalid; there is no such subject, mapcheck subjects lists all",
    ],
    [
      "fuzz --corpus=",
      "option '--corpus <directory>' argument '' is invalid; write a path, such as . for the current directory",
    ],
    ["replay", "missing required argument 'path'; mapcheck replay --help says what there is"],
    [
      "replay --verbos x",
      "unknown option '--verbos' (did you mean --verbose?); mapcheck replay --help says what there is",
    ],
    [
      "subjects x",
      "too many arguments for 'subjects'. Expected 0 arguments but got 1; mapcheck subjects --help says what there is",
    ],
  ])("%s", async (line, complaint) => {
    const { status, stdout, stderr } = await mapcheck(...line.split(" "));
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: "", stderr: `mapcheck: ${complaint}\n` });
  });

  test.each([["\u001b[31m\n"], ["fuzz", "--runs", "\u001b is invalid. \u009b\n"], ["fuzz", "--\u202e"]])(
    "which no argument can break or colour: %j",
    async (...args) => {
      const { status, stderr } = await mapcheck(...args);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^mapcheck: \P{C}+\n$/u);
    },
  );
});

describe("help", () => {
  test("is what the program prints when it isn't told what to do", async () => {
    const { status, stdout, stderr } = await mapcheck();
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe((await mapcheck("--help")).stdout);
  });

  test.each(["", "fuzz", "verify", "replay", "subjects"])(
    "of %s has examples and the exit status, and fits",
    async (name) => {
      const { status, stdout, stderr } = await mapcheck(...name.split(" ").filter(Boolean), "--help");
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(`  npm run -s mapcheck -- ${name || "fuzz"}`);
      expect(stdout).toContain("Exit status: 0 all agree, 1 a finding,");
      expect(stdout.split("\n").filter((line) => line.length > 82)).toEqual([]);
    },
  );

  test("of fuzz names every option", async () => {
    const { stdout } = await mapcheck("fuzz", "--help");
    const named = stdout.match(/^ {2}--[a-z-]+/gm)?.map((option) => option.trim());
    expect(named).toEqual(
      (
        "--subject --format --timeout --seed --runs --time --max-commands --inject --minimize --workers --shard --resume --pages --base --frames --page " +
        "--corpus --no-save --json --junit --markdown --until-risk --keep-going --max-findings"
      ).split(" "),
    );
  });

  test.each(["fuzz", "verify", "replay", "subjects"])(
    "of %s has examples that are understood",
    async (name) => {
      const { stdout } = await mapcheck(name, "--help");
      const examples = [...stdout.matchAll(/^ .* mapcheck -- (.*)$/gm)].map(([, line = ""]) =>
        line.split(" "),
      );
      expect(examples.length).toBeGreaterThan(1);
      for (const args of examples) {
        // Options are read in their order: nothing before this one was wrong.
        const end = args.includes("--") ? args.indexOf("--") : args.length;
        expect((await mapcheck(...args.toSpliced(end, 0, "--nope"))).stderr).toContain(
          "unknown option '--nope'",
        );
      }
    },
  );
});

test("the version is that of the package", async () => {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  expect(await mapcheck("--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});

describe("subjects", () => {
  test("are listed with a line each", async () => {
    const { status, stdout } = await mapcheck("subjects");
    expect(status).toBe(0);
    for (const { name, summary, format, inFormat } of SUBJECTS) {
      const only = format && !inFormat ? ` (${format} only)` : "";
      const text = `${summary}${only}`.replaceAll(/[.*+?^$()|[\]{}]/g, "\\$&");
      expect(stdout).toMatch(new RegExp(`^  ${name} +${text}$`, "m"));
    }
    expect(stdout).toContain(
      "\nSeveral defects at once, of one surface and in any order: defect:NAME+NAME+NAME.\n",
    );
    expect(stdout).toMatch(/\nFormats of page tables, .*\nx86-64, sv39, sv48, aarch64, ept\n$/);
  });

  test("are listed for programs", async () => {
    const listed: unknown = JSON.parse((await mapcheck("subjects", "--json")).stdout);
    const expected = SUBJECTS.map(({ name, surface, summary, killedBy, format, inFormat }) => ({
      name,
      surface,
      summary,
      killedBy,
      formats: format && (inFormat ? FORMAT_NAMES : [format]),
    }));
    expect(listed).toEqual({ subjects: JSON.parse(JSON.stringify(expected)) });
  });
});
