import { mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { put, unmapOfPages } from "./cases.fixture.ts";
import { loadDirectory } from "./load.ts";

/** Files that are removed right after they have been listed. */
const doomed: string[] = [];

vi.mock("./directory.ts", async (original) => {
  const directory = await original<typeof import("./directory.ts")>();
  const listCorpusFiles: typeof directory.listCorpusFiles = async (path) => {
    const listed = await directory.listCorpusFiles(path);
    for (const file of doomed) await rm(file);
    return listed;
  };
  return { ...directory, listCorpusFiles };
});

let root = "";

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "mapcheck-vanished-")));
});

afterEach(async () => {
  doomed.length = 0;
  await rm(root, { recursive: true, force: true });
});

test("a file that another process removes while it is loaded is passed over, and nothing else is", async () => {
  const [gone = "", left = ""] = await put(root, unmapOfPages(2), unmapOfPages(3));
  const nowhere = join(root, "memory-set/link.json");
  await symlink(join(root, "nothing"), nowhere);
  doomed.push(gone);
  const loaded = await loadDirectory(root);
  expect(loaded.map(({ file, status }) => [file, status])).toEqual([
    [nowhere, "broken"],
    [left, "entry"],
  ]);
});
