import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { draftOf, found, handWritten, idsIn, put, putText, unmapOfPages } from "./cases.fixture.ts";
import { partCases } from "./covering.ts";
import { pruneCorpus, removeCovered } from "./prune.ts";
import { unprivileged } from "./save.fixture.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-prune-"));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const SMALL = unmapOfPages(2, { id: "memory-set/small" });
const LARGE = unmapOfPages(4, { id: "memory-set/large" });
const DRAFT = draftOf(found(["clear", "map 0x0 0x2000 r mock", "unmap 0x0 0x1000"]));
const SCENARIO = handWritten("scenario", "map 0x0 0x2000 r mock", "unmap 0x0 0x1000");

async function pruned(isTrial = false) {
  const result = await pruneCorpus(root, isTrial);
  if (!result.ok) throw new Error(result.error);
  const { removed, kept, problems } = result.value;
  return { removed: removed.map(({ saved, by, why }) => [saved.entry.id, by.entry.id, why]), kept, problems };
}

test("what adds nothing is removed, and the case that covers it is named", async () => {
  await put(root, SMALL, LARGE, DRAFT, SCENARIO);
  const removed = [
    ["memory-set/large", "memory-set/small", "signature"],
    [DRAFT.id, "memory-set/small", "draft"],
  ];
  expect(await pruned(true)).toEqual({ removed, kept: 2, problems: [] });
  expect(await idsIn(root)).toHaveLength(4);
  expect(await pruned()).toEqual({ removed, kept: 2, problems: [] });
  expect(await idsIn(root)).toEqual(["memory-set/scenario", "memory-set/small"]);
  expect(await pruned()).toEqual({ removed: [], kept: 2, problems: [] });
});

test("what was written or marked by hand stays", async () => {
  const known = { ...LARGE, status: "known", note: "line 7" } as const;
  const noted = { ...unmapOfPages(5, { id: "memory-set/noted" }), note: "what the customer saw" };
  await put(root, known, noted, SCENARIO, handWritten("twin", "map 0x0 0x2000 r mock", "unmap 0x0 0x1000"));
  expect(await pruned()).toEqual({ removed: [], kept: 4, problems: [] });
});

test("a file that holds no case stays, and is named", async () => {
  const torn = await putText(join(root, "memory-set/torn.json"), "{");
  await put(root, SMALL, LARGE);
  const { removed, problems } = await pruned();
  expect(removed).toHaveLength(1);
  expect(problems).toEqual([expect.stringContaining(`${torn}:1:2: the JSON ends in the middle`)]);
  expect(await idsIn(root)).toEqual(["memory-set/small", "memory-set/torn"]);
});

test("what may not be removed stays, and is named", async () => {
  const [, large] = await put(root, SMALL, LARGE);
  await chmod(root, 0o755);
  await chmod(join(root, "memory-set"), 0o555);
  const remedy = "make its directory writable";
  expect(await unprivileged(() => pruned())).toEqual({
    removed: [],
    kept: 2,
    problems: [`${large}: can't be removed: permission denied (EACCES); ${remedy}`],
  });
});

test("nothing is removed whose cover has gone meanwhile", async () => {
  const [small = "", large = ""] = await put(root, SMALL, LARGE);
  const { covered } = partCases([
    { file: small, entry: SMALL },
    { file: large, entry: LARGE },
  ]);
  expect(covered).toHaveLength(1);
  await rm(small);
  expect(await removeCovered(covered)).toEqual({ removed: [], problems: [] });
  expect(await idsIn(root)).toEqual(["memory-set/large"]);
});

test("several that prune at once leave one of each", async () => {
  await put(root, SMALL, LARGE, DRAFT, ...[3, 5, 6, 7].map((pages) => unmapOfPages(pages)));
  const done = await Promise.all(Array.from({ length: 8 }, () => pruneCorpus(root, false)));
  expect(done.filter(({ ok }) => !ok)).toEqual([]);
  expect(await idsIn(root)).toEqual(["memory-set/small"]);
});

test("a directory that isn't there is an error", async () => {
  const error = expect.stringContaining("there is no such directory");
  expect(await pruneCorpus(join(root, "nowhere"), false)).toEqual({ ok: false, error });
});
