import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { draftOf, found, handWritten, put, putText, unmapOfPages } from "./cases.fixture.ts";
import { type Flaw, findFlaws } from "./check.ts";
import type { CorpusEntry } from "./entry.ts";
import { loadDirectory } from "./load.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-corpus-check-"));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const SMALL = unmapOfPages(2, { id: "memory-set/small" });
const SCENARIO = handWritten("scenario", "map 0x0 0x1000 r mock", "areas");
const MEMORY: CorpusEntry = {
  ...handWritten("", "map 0x0 0x1000 r alloc:lazy", "clear"),
  id: "address-space/memory",
  surface: "address-space",
};

async function flaws(): Promise<readonly Flaw[]> {
  return findFlaws(await loadDirectory(root));
}

/** What is wrong, a line each, with the files named from the corpus on. */
async function told(): Promise<readonly string[]> {
  return (await flaws()).map(({ kind, problem }) => `${kind} ${problem.replaceAll(`${root}/`, "")}`);
}

test("a corpus in order has no flaws, and neither has that of this repository", async () => {
  await put(root, SMALL, SCENARIO, MEMORY, unmapOfPages(3, { implementation: "tested-2" }));
  expect(await flaws()).toEqual([]);
  const own = fileURLToPath(new URL("../../corpus", import.meta.url));
  expect(await findFlaws(await loadDirectory(own))).toEqual([]);
});

describe("broken", () => {
  test("is a file that is none", async () => {
    await putText(join(root, "memory-set/torn.json"), "{");
    expect(await told()).toEqual([
      "broken memory-set/torn.json:1:2: the JSON ends in the middle (a truncated file); " +
        "restore the file from version control, or delete it",
    ]);
  });

  test("is a file that is not called after its id", async () => {
    const [file = ""] = await put(root, SMALL);
    await rename(file, join(root, "memory-set/tiny.json"));
    expect(await told()).toEqual([
      `broken memory-set/tiny.json:3:9: the id "memory-set/small" isn't where the file is; ` +
        "name the file memory-set/small.json below the corpus directory, or correct the id",
    ]);
  });

  test("is a finding beyond the trace", async () => {
    const [file = ""] = await put(root, SMALL);
    await putText(file, (await readFile(file, "utf8")).replace('"at": 1', '"at": 2'));
    expect(await told()).toEqual([
      'broken memory-set/small.json:19:11: "finding.at" must be the index of a line of the trace, below 2, found 2; correct it',
    ]);
  });
});

describe("stale", () => {
  test("is a line that doesn't parse", async () => {
    const [file = ""] = await put(root, SCENARIO);
    await putText(file, (await readFile(file, "utf8")).replace('"areas"', '"arenas"'));
    expect(await told()).toEqual([
      expect.stringMatching(
        /^stale memory-set\/scenario\.json:14:5: trace\[1\], column 1: "arenas" is not a req/,
      ),
    ]);
  });

  test("is a case that is marked so", async () => {
    await put(root, { ...SCENARIO, status: "stale" });
    expect(await told()).toEqual([
      "stale memory-set/scenario.json:16:13: the case is marked as stale; delete it, or change its status",
    ]);
  });

  const remedy = "correct the line, or delete the case";

  test("is a line that breaks a precondition", async () => {
    await put(root, handWritten("lost", "map 0x0 0x1000 r mock", "map 0x800 0x1000 r mock"));
    await put(root, { ...MEMORY, requests: requestsIn("clear", "map 0x0 0x1000 r mock") });
    expect(await told()).toEqual([
      "stale address-space/memory.json:14:5: map 0x0 0x1000 r mock: " +
        `the request belongs to the other surface; ${remedy}`,
      expect.stringMatching(
        /^stale memory-set\/lost\.json:14:5: map 0x800 0x1000 r mock: .+; correct the line/,
      ),
    ]);
  });

  test("is an earlier run that breaks one", async () => {
    const before = [{ space: SIXTEEN_PAGES, requests: requestsIn("fault 0x0 r") }];
    await put(root, { ...SMALL, before });
    expect(await told()).toEqual([
      expect.stringMatching(
        /^stale memory-set\/small\.json: an earlier run doesn't fit: .+; correct the line/,
      ),
    ]);
  });

  test("is a space that its surface doesn't have", async () => {
    await put(root, { ...MEMORY, space: { ...SIXTEEN_PAGES, page: 0x2000 } });
    expect(await told()).toEqual([
      "stale address-space/memory.json: the space is not sound: " +
        "the page size must be 4096 on the address-space surface; correct the space",
    ]);
  });

  test("is not what only the widest implementation can be asked", async () => {
    const high = "map 0x9000000000000 0x1000 rwxu alloc:eager !frame=0";
    await put(root, { ...MEMORY, requests: requestsIn(high) });
    expect(await flaws()).toEqual([]);
  });

  test("is decided by the manners of the implementation", async () => {
    const gigabyte = ["map 0x0 0x40000000 r linear:0x0", "unmap 0x0 0x40001000"];
    const lines = [...gigabyte, "map 0x40000000 0x40000000 r linear:0x0"];
    const entry = {
      ...MEMORY,
      space: { ...SIXTEEN_PAGES, size: 0x100000000 },
      requests: requestsIn(...lines),
    };
    await put(root, entry);
    expect(await flaws()).toEqual([]);
    // Where the unmap is refused, the first gigabyte stays.
    await put(root, { ...entry, dialect: { "unmap-holes": "refuse" } });
    expect(await told()).toEqual([
      expect.stringMatching(/^stale address-space\/memory\.json:17:5: map 0x40000000 /),
    ]);
  });
});

describe("duplicate", () => {
  const PRUNE = "remove it, as mapcheck corpus prune does";

  test("is what prune would remove", async () => {
    const draft = draftOf(
      found(["clear", "map 0x0 0x2000 r mock", "unmap 0x0 0x1000"], { id: "memory-set/met" }),
    );
    await put(root, SMALL, unmapOfPages(4, { id: "memory-set/large" }), draft);
    await put(root, { ...SMALL, id: "memory-set/trace", finding: undefinedFinding() });
    expect(await told()).toEqual([
      `duplicate memory-set/large.json: the same finding as in memory-set/small.json (equal signatures); ${PRUNE}`,
      `duplicate memory-set/met-unshrunk.json: a finding as it was met, which is shrunk in memory-set/small.json; ${PRUNE}`,
      `duplicate memory-set/trace.json: the same trace as in memory-set/small.json; ${PRUNE}`,
    ]);
    expect((await flaws()).map(({ coveredBy }) => coveredBy)).toEqual(
      Array.from({ length: 3 }, () => join(root, "memory-set/small.json")),
    );
  });

  function undefinedFinding() {
    const { finding } = unmapOfPages(2);
    if (finding === undefined) throw new Error("it has a finding");
    return { ...finding, check: "pages" };
  }

  test("is the same trace twice, written by hand", async () => {
    await put(root, SCENARIO, { ...SCENARIO, id: "memory-set/twin" });
    expect(await told()).toEqual([
      "duplicate memory-set/twin.json: the same trace as in memory-set/scenario.json; " +
        "keep one of the two; both were written or marked by hand, so that nothing is removed by itself",
    ]);
  });

  test("can be stale too", async () => {
    await put(root, SMALL, unmapOfPages(4, { id: "memory-set/large", status: "stale" }));
    expect((await flaws()).map(({ kind }) => kind)).toEqual(["stale", "duplicate"]);
  });
});
