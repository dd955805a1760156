import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { unmapOfPages } from "./cases.fixture.ts";
import { loadDirectory } from "./load.ts";
import { saveEntry } from "./save.ts";

/** As file systems without links refuse them. */
vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  link: async () => {
    throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" });
  },
}));

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-no-links-"));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

test("a case is saved, and leaves nothing else behind, where files can't have two names", async () => {
  const entry = unmapOfPages(2);
  const file = join(root, `${entry.id}.json`);
  expect(await saveEntry(root, entry)).toEqual({ ok: true, value: { file, existed: false } });
  expect(await saveEntry(root, entry)).toEqual({ ok: true, value: { file, existed: true } });
  expect(await loadDirectory(root)).toEqual([{ file, status: "entry", entry }]);
  expect(await readdir(join(root, "memory-set"))).toHaveLength(1);
});
