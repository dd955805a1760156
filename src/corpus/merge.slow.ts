import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { found, idsIn, put } from "./cases.fixture.ts";
import { findFlaws } from "./check.ts";
import type { CorpusEntry } from "./entry.ts";
import { loadDirectory } from "./load.ts";
import { startWorker } from "./merge.fixture.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-at-once-"));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const PROCESSES = Array.from({ length: 8 }, (_, process) => process);
const ROUNDS = Array.from({ length: 20 }, (_, round) => round);

/** A finding after so many commands, in so many pages. Those of the same length have the same signature. */
function findingOf(length: number, pages: number): CorpusEntry {
  const unmaps = Array.from({ length }, () => "unmap 0x0 0x1000");
  return found([`map 0x0 0x${pages.toString(16)}000 r mock`, ...unmaps]);
}

/** The finding that every process saves or merges in this round. */
const sharedIn = (round: number) => found([...Array.from({ length: round }, () => "areas"), "clear"]);

/** What no other process finds. */
const ownOf = (process: number) => found([...Array.from({ length: process }, () => "pages"), "clear"]);

test.each([
  ["save and merge", false],
  ["save, merge and prune", true],
])("eight processes that %s at once leave each finding once, and every file valid", async (_what, prunes) => {
  const into = join(root, "into");
  const workers = [];
  for (const process of PROCESSES) {
    const merges = ROUNDS.map((round) => join(root, `${process}-${round}`));
    for (const [round, from] of merges.entries()) {
      // Each has the simplest one in some rounds.
      await put(from, sharedIn(round + 1), findingOf(round + 1, 2 + ((process + round) % 8)));
    }
    const saves = [sharedIn(0), ownOf(process + 1)];
    workers.push(startWorker({ into, saves, merges, prunes: prunes && process % 2 === 0 }));
  }
  for (const { stdin } of workers) stdin.end();
  expect((await Promise.all(workers.map(({ stdout }) => text(stdout)))).join("")).toBe("");
  const left = [
    ...PROCESSES.map((process) => ownOf(process + 1)),
    ...[0, ...ROUNDS.map((round) => round + 1)].map(sharedIn),
    ...ROUNDS.map((round) => findingOf(round + 1, 2)),
  ];
  expect(await idsIn(into)).toEqual(left.map(({ id }) => id).sort());
  expect(await findFlaws(await loadDirectory(into))).toEqual([]);
});
