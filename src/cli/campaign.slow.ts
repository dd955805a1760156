/** Campaigns by several processes: killed and taken up again, in shards, with threads. */
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import seedrandom from "seedrandom";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { RunRanges } from "../explore/run-ranges.ts";
import { parseCampaign } from "../explore/saved-campaign.ts";
import { ended, start } from "./process.fixture.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-campaign-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/** What a report says of the runs and of the findings. */
const REPORT = z.object({
  runs: z.int(),
  commands: z.int(),
  findings: z.array(z.object({ id: z.string(), run: z.int().nullable(), trace: z.array(z.string()) })),
  statistics: z.object({
    answers: z.record(z.string(), z.record(z.string(), z.int())),
    sometimes: z.record(z.string(), z.int()),
    risk: z.object({ behaviours: z.int(), once: z.int() }),
  }),
});

async function reportOf(args: readonly string[]) {
  const { stdout, stderr, status } = await ended(start(["fuzz", "--json", ...args]));
  expect([0, 1]).toContain(status);
  expect(stderr.replaceAll(/^[\d,]+ runs?, .*\n/gm, "")).toBe("");
  return REPORT.parse(JSON.parse(stdout));
}

/** The names and texts of all files below a directory. */
async function filesIn(directory: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(directory, { recursive: true });
  const files = names.filter((name) => name.endsWith(".json")).sort();
  const read = async (name: string) => [name, await readFile(join(directory, name), "utf8")] as const;
  return new Map(await Promise.all(files.map(read)));
}

/** How many runs a campaign in a file has done; 0 where there is none yet. */
async function runsKeptIn(file: string): Promise<number> {
  const kept = parseCampaign(await readFile(file, "utf8").catch(() => ""));
  return kept.ok ? new RunRanges(kept.value.state.done).count : 0;
}

describe("a campaign that is killed again and again, and taken up", () => {
  const NAMES = "defect:stale-find-cache+protect-zero-size-splits";
  const CAMPAIGN = ["--subject", NAMES, "--seed", "killed", "--keep-going", "--runs", "40000"];
  const KILLS = 10;

  test("ends with the same findings, files and counts as one that nobody disturbed", async () => {
    const [whole, killed] = [join(root, "whole"), join(root, "killed")];
    await mkdir(whole);
    await mkdir(killed);
    const undisturbed = await reportOf([...CAMPAIGN, "--corpus", whole]);
    expect(undisturbed.findings.length).toBeGreaterThan(1);

    const random = seedrandom("kill");
    const file = join(root, "campaign.json");
    const words = [...CAMPAIGN, "--corpus", killed, "--resume", file, "--workers", "2"];
    const runsByThen = [0];
    let latest = 1500;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = start(["fuzz", ...words]);
      // It may be at its end before it is killed.
      const end = ended(child);
      // What it says first comes when it is ready to begin.
      if (child.stdout) await once(child.stdout, "data");
      await Promise.race([end, setTimeout(random() * latest)]);
      child.kill("SIGKILL");
      await end;
      runsByThen.push(await runsKeptIn(file));
      // However slow the machine, some get further.
      const [before = 0, now = 0] = runsByThen.slice(-2);
      if (now === before && now < undisturbed.runs) latest *= 1.5;
    }
    // Several were killed on the way.
    const onTheWay = runsByThen.filter((runs) => runs < undisturbed.runs);
    expect(new Set(onTheWay).size).toBeGreaterThanOrEqual(3);
    const resumed = await reportOf(words);
    expect(resumed).toEqual(undisturbed);
    expect(await filesIn(killed)).toEqual(await filesIn(whole));
  });
});

describe.each([
  ["memory-set", "4000"],
  ["address-space", "1200"],
])("four shards of %s", (subject, runs) => {
  test("do together what one process does", async () => {
    const words = ["--subject", subject, "--seed", "shards", "--runs", runs, "--no-save"];
    const whole = await reportOf(words);
    const sums = { runs: 0, commands: 0, answers: new Map<string, number>() };
    for (let shard = 1; shard <= 4; shard++) {
      const part = await reportOf([...words, "--shard", `${shard}/4`]);
      expect(part.runs).toBeGreaterThan(0);
      sums.runs += part.runs;
      sums.commands += part.commands;
      for (const [key, count] of cellsOf(part)) sums.answers.set(key, (sums.answers.get(key) ?? 0) + count);
    }
    const { runs: all, commands } = whole;
    expect({ runs: sums.runs, commands: sums.commands }).toEqual({ runs: all, commands });
    expect(sums.answers).toEqual(new Map(cellsOf(whole)));
  });
});

/** How often each verb got each answer. */
function cellsOf({ statistics }: z.infer<typeof REPORT>): readonly (readonly [string, number])[] {
  return Object.entries(statistics.answers).flatMap(([op, answers]) =>
    Object.entries(answers).map(([answer, count]) => [`${op} ${answer}`, count] as const),
  );
}
