import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import seedrandom from "seedrandom";
import { afterEach, beforeEach, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import type { CorpusEntry } from "./entry.ts";
import { loadDirectory } from "./load.ts";
import { startSaver } from "./save.fixture.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-kill-"));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const ENTRY: CorpusEntry = {
  id: "memory-set/case",
  surface: "memory-set",
  space: { base: virtAddr(0), size: 0x1000, page: 0x1000, frames: 0 },
  requests: [{ op: "clear" }],
  status: "regression",
};

test("a process killed at any moment while it saves leaves only whole files behind", async () => {
  const random = seedrandom("kill");
  let leftovers = 0;
  for (let round = 0; round < 40; round++) {
    const directory = join(root, `${round}`);
    // Large enough that writing takes a while.
    const saver = startSaver({ directory, entry: ENTRY, cases: 1_000_000, noteBytes: 300_000 });
    await once(saver.stdout, "data");
    await setTimeout(random() * 40);
    saver.kill("SIGKILL");
    await once(saver, "exit");
    const files = await loadDirectory(directory);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter(({ status }) => status !== "entry")).toEqual([]);
    const names = await readdir(join(directory, "memory-set"));
    leftovers += names.length - files.length;
    await rm(directory, { recursive: true });
  }
  // Some were hit in the middle of a write: else nothing was shown.
  expect(leftovers).toBeGreaterThan(0);
});
