/**
 * Planted defects are found through the command line, under every one of the seeds, by a process of its own: some of
 * them. `src/subjects/planted.fixture.ts` finds all without processes.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { SEEDS } from "../subjects/seeds.fixture.ts";
import { ended, start } from "./process.fixture.ts";
import { mapcheck } from "./program.fixture.ts";

const REPORT = z.object({
  outcome: z.literal("finding"),
  findings: z.array(z.looseObject({ file: z.string() })).length(1),
});

const SUBJECTS = z.object({
  subjects: z.array(z.object({ name: z.string(), surface: z.string(), killedBy: z.string().optional() })),
});

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-defects-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/** The command line that searches with an empty corpus, one for each seed. */
function search(subject: string, seed: string): string[] {
  return [
    "fuzz",
    "--subject",
    subject,
    "--time",
    "20s",
    "--seed",
    seed,
    "--corpus",
    join(root, seed),
    "--json",
  ];
}

const { subjects: listed } = SUBJECTS.parse(JSON.parse((await mapcheck("subjects", "--json")).stdout));
const planted = listed.filter(({ killedBy }) => killedBy !== undefined);
const defects = planted.filter((_, index) => index % 16 === 0);

test("there are enough of them", () => {
  expect(planted.filter(({ surface }) => surface === "memory-set").length).toBeGreaterThanOrEqual(16);
  expect(planted.filter(({ surface }) => surface === "address-space").length).toBeGreaterThanOrEqual(30);
});

describe.each(defects)("$name", ({ name }) => {
  test("is found under every seed, saved, replayed, and found again just so", async () => {
    const queue = [...SEEDS];
    /** Two processes at a time. */
    const lane = async () => {
      for (let seed = queue.pop(); seed !== undefined; seed = queue.pop()) {
        await mkdir(join(root, seed));
        reports.set(seed, await ended(start(search(name, seed))));
      }
    };
    const reports = new Map<string, Awaited<ReturnType<typeof ended>>>();
    await Promise.all([lane(), lane()]);
    for (const seed of SEEDS) {
      const { status, stdout, stderr: told = "" } = reports.get(seed) ?? {};
      // A search of over five seconds, on a busy machine, tells how far it is.
      const stderr = told.replace(/^.* commands\/s, .*\n/gm, "");
      expect({ seed, status, stderr }).toEqual({ seed, status: 1, stderr: "" });
      const [found] = REPORT.parse(JSON.parse(stdout ?? "")).findings;
      const file = found?.file ?? "";
      expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ implementation: name });
      expect(await mapcheck("replay", file, "--subject", name)).toMatchObject({ status: 1 });
      expect(await mapcheck("replay", file)).toMatchObject({ status: 0 });
      // The corpus holds it by now.
      const again = await mapcheck(...search(name, seed));
      expect(REPORT.parse(JSON.parse(again.stdout)).findings).toEqual([found]);
    }
  });
});

test("the line that is printed replays what was found", async () => {
  const args = ["fuzz", "--subject", "defect:unmap-loses-right-part", "--seed", "1", "--corpus", root];
  const { stdout } = await mapcheck(...args);
  const line = stdout.trimEnd().split("\n").at(-1)?.replace(/^.*: /, "") ?? "";
  const replayed = promisify(execFile)("sh", ["-c", line]);
  await expect(replayed).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining(">> FINDING") });
});
