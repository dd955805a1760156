/** Several planted defects at once, through the command line: wherever a subject is named. */
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { mapcheck } from "./program.fixture.ts";

const NAMED = "defect:unmap-loses-right-part+touching-overlaps+protect-adds-only";
/** In the order of the alphabet. */
const NAME = "defect:protect-adds-only+touching-overlaps+unmap-loses-right-part";

const REPORT = z.object({
  findings: z.array(z.object({ id: z.string(), file: z.string(), trace: z.array(z.string()) })),
});

let corpus = "";

beforeEach(async () => {
  corpus = await realpath(await mkdtemp(join(tmpdir(), "mapcheck-several-")));
});

afterEach(async () => {
  await rm(corpus, { recursive: true });
});

async function findingsOf(...args: readonly string[]) {
  const { status, stdout, stderr } = await mapcheck(...args, "--corpus", corpus, "--json");
  expect([status, stderr.replaceAll(/^FINDING.*\n/gm, "")]).toEqual([1, expect.any(String)]);
  return REPORT.parse(JSON.parse(stdout)).findings;
}

test("fuzz finds them all, saves them under one name, and finds nothing new the next time", async () => {
  const search = ["fuzz", "--keep-going", "--runs", "150", "--seed", "1", "--subject"];
  const findings = await findingsOf(...search, NAMED);
  const last = findings.map(({ trace }) => trace.at(-1)?.split(" ")[0]);
  expect(last.toSorted()).toEqual(["map", "protect", "unmap"]);
  for (const { file } of findings) {
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ implementation: NAME });
    expect(await mapcheck("replay", file, "--subject", NAME)).toMatchObject({ status: 1 });
    expect(await mapcheck("replay", file)).toMatchObject({ status: 0 });
  }
  const again = await findingsOf(...search, NAME);
  expect(again.map(({ id }) => id).toSorted()).toEqual(findings.map(({ id }) => id).toSorted());
});

test("the saved cases of each alone hide nothing: they are findings, and what only shows the same is no more", async () => {
  const single = ["touching-overlaps", "unmap-loses-right-part", "protect-adds-only"];
  for (const name of single) {
    await findingsOf("fuzz", "--subject", `defect:${name}`, "--runs", "100", "--seed", "1");
  }
  const findings = await findingsOf(
    ...["fuzz", "--keep-going", "--runs", "150", "--seed", "2", "--subject"],
    NAME,
  );
  const last = findings.map(({ trace }) => trace.at(-1)?.split(" ")[0]);
  expect(last.toSorted()).toEqual(["map", "protect", "unmap"]);
});

test("check, in several threads, and verify take the name too", async () => {
  const [first] = await findingsOf("check", "--subject", NAMED, "--pages", "3", "--workers", "2");
  expect(first?.trace).toHaveLength(2);
  const found = await findingsOf("verify", "--subject", NAMED, "--runs", "50", "--seed", "1");
  expect(found.length).toBeGreaterThanOrEqual(3);
});
