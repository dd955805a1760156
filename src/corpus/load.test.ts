import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadDirectory, loadFile } from "./load.ts";

let root = "";

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "mapcheck-load-")));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Writes a file below the temporary directory. */
async function put(path: string, content: string): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

function caseText(id: string, line = "clear"): string {
  const space = { base: "0x0", size: "0x1000", page: "0x1000", frames: 0 };
  const surface = id.split("/")[0];
  return JSON.stringify({
    mapcheck: 1,
    id,
    surface,
    space,
    dialect: {},
    trace: [line],
    status: "regression",
  });
}

/** What loading came to: of each path below the temporary directory its status and the problem with it. */
async function loaded(directory = "."): Promise<readonly string[]> {
  const files = await loadDirectory(join(root, directory));
  return files.map((item) => {
    const said =
      item.status === "entry" ? item.entry.id : item.status === "stale" ? item.reason : item.problem;
    return `${item.file} ${item.status} ${said}`.replaceAll(`${root}/`, "");
  });
}

/** Runs `body` as a user whom permissions concern. They don't concern the superuser. */
async function unprivileged<T>(body: () => Promise<T>): Promise<T> {
  await chmod(root, 0o755);
  if (process.geteuid?.() !== 0) return body();
  process.seteuid?.(65534);
  try {
    return await body();
  } finally {
    process.seteuid?.(0);
  }
}

describe("a file", () => {
  test("is loaded whatever its name", async () => {
    await put("found.txt", caseText("memory-set/a"));
    const file = join(root, "found.txt");
    expect(await loadFile(file)).toMatchObject({ file, status: "entry", entry: { id: "memory-set/a" } });
  });

  test("that isn't there", async () => {
    const file = join(root, "none.json");
    const problem = `${file}: there is no such file; correct the path`;
    expect(await loadFile(file)).toEqual({ file, status: "broken", problem });
  });

  test("that is a directory", async () => {
    const problem = `${root}: a directory where a file is expected; name a file in it`;
    expect(await loadFile(root)).toEqual({ file: root, status: "broken", problem });
  });

  test("that may not be read", async () => {
    await put("a.json", caseText("memory-set/a"));
    const file = join(root, "a.json");
    await chmod(file, 0);
    const problem = `${file}: can't be read: permission denied (EACCES); make it readable, or remove it`;
    expect(await unprivileged(() => loadFile(file))).toEqual({ file, status: "broken", problem });
  });

  test("that links to itself", async () => {
    const file = join(root, "a.json");
    await symlink("a.json", file);
    const problem = `${file}: can't be read: too many symbolic links encountered (ELOOP); make it readable, or remove it`;
    expect(await loadFile(file)).toEqual({ file, status: "broken", problem });
  });

  test("with a name that no system allows", async () => {
    const loadedFile = await loadFile("a\0b");
    expect(loadedFile).toMatchObject({
      status: "broken",
      problem: expect.stringMatching(/^a\\u\{0\}b: can't be read: /),
    });
  });
});

describe("a directory", () => {
  test("that is empty holds nothing", async () => {
    expect(await loaded()).toEqual([]);
  });

  test("holds the *.json files at any depth, in code point order, and no others", async () => {
    await put("memory-set/b.json", caseText("memory-set/b"));
    await put("memory-set/a.json", caseText("memory-set/a"));
    await put("memory-set/a-b.json", caseText("memory-set/a-b"));
    await put("memory-set/a/memory-set/z.json", caseText("memory-set/z"));
    await put("address-space/c.json", caseText("address-space/c"));
    await put("README.md", "# not a case");
    await put("memory-set/d.json.1234-5678.tmp", "{");
    await put("memory-set/e.json~", "{");
    expect(await loaded()).toEqual([
      "address-space/c.json entry address-space/c",
      "memory-set/a-b.json entry memory-set/a-b",
      "memory-set/a.json entry memory-set/a",
      "memory-set/a/memory-set/z.json entry memory-set/z",
      "memory-set/b.json entry memory-set/b",
    ]);
  });

  test("is ordered by code points and not by UTF-16 units", async () => {
    await put("\u{1f600}.json", "");
    await put("\uff5e.json", "");
    await put("z.json", "");
    const files = await loadDirectory(root);
    expect(files.map(({ file }) => file)).toEqual([
      join(root, "z.json"),
      join(root, "\uff5e.json"),
      join(root, "\u{1f600}.json"),
    ]);
  });

  test("with stale and broken files still gives the others", async () => {
    await put("memory-set/a.json", caseText("memory-set/a"));
    await put("memory-set/b.json", caseText("memory-set/b", "explode"));
    await put("memory-set/c.json", "");
    await put("memory-set/d.json", caseText("memory-set/elsewhere"));
    await put("memory-set/e.json", caseText("memory-set/e"));
    expect(await loaded()).toEqual([
      "memory-set/a.json entry memory-set/a",
      expect.stringMatching(
        /^memory-set\/b\.json stale memory-set\/b\.json:1:\d+: trace\[0\], column 1: "explode"/,
      ),
      expect.stringMatching(/^memory-set\/c\.json broken memory-set\/c\.json:1:1: the file is empty; /),
      expect.stringMatching(
        /^memory-set\/d\.json broken memory-set\/d\.json:1:20: the id "memory-set\/elsewhere" /,
      ),
      "memory-set/e.json entry memory-set/e",
    ]);
  });

  test("may be a part of a corpus, or be reached by a link or a relative path", async () => {
    await put("corpus/memory-set/a.json", caseText("memory-set/a"));
    await symlink("corpus/memory-set", join(root, "linked"));
    expect(await loaded("corpus/memory-set")).toEqual(["corpus/memory-set/a.json entry memory-set/a"]);
    expect(await loaded("linked")).toEqual(["linked/a.json entry memory-set/a"]);
    const here = relative(process.cwd(), join(root, "corpus"));
    expect(await loadDirectory(here)).toMatchObject([
      { file: join(here, "memory-set/a.json"), status: "entry" },
    ]);
  });

  test("that isn't there", async () => {
    expect(await loaded("none")).toEqual([
      "none broken none: there is no such directory; correct the path, or create it with mkdir -p",
    ]);
  });

  test("that is a file", async () => {
    await put("a.json", caseText("memory-set/a"));
    expect(await loaded("a.json")).toEqual([
      "a.json broken a.json: a file where a directory is expected; name the directory that it is in",
    ]);
  });

  test("below it that may not be listed takes nothing from the others", async () => {
    await put("memory-set/a.json", caseText("memory-set/a"));
    await mkdir(join(root, "closed"), { mode: 0 });
    expect(await unprivileged(() => loaded())).toEqual([
      "closed broken closed: can't be listed: permission denied (EACCES); make it readable",
      "memory-set/a.json entry memory-set/a",
    ]);
  });

  test("follows links to files, says which links to directories it doesn't follow, and comes to an end", async () => {
    await put("memory-set/a.json", caseText("memory-set/a"));
    await put("kept", caseText("memory-set/b"));
    await symlink("../kept", join(root, "memory-set/b.json"));
    await symlink("nowhere", join(root, "memory-set/c.json"));
    await symlink("nowhere", join(root, "memory-set/passed-over"));
    await symlink("..", join(root, "memory-set/up"));
    await symlink("memory-set", join(root, "again.json"));
    const unfollowed =
      "a symbolic link to a directory, which is not followed; " +
      "name that directory itself on the command line, or copy its files here";
    expect(await loaded()).toEqual([
      `again.json broken again.json: ${unfollowed}`,
      "memory-set/a.json entry memory-set/a",
      "memory-set/b.json entry memory-set/b",
      "memory-set/c.json broken memory-set/c.json: there is no such file; correct the path",
      `memory-set/up broken memory-set/up: ${unfollowed}`,
    ]);
  });

  test("isn't held up by what looks like a file and is none", async () => {
    expect(spawnSync("mkfifo", [join(root, "a.json")]).status).toBe(0);
    await symlink("a.json", join(root, "b.json"));
    expect(await loaded()).toEqual([
      "a.json broken a.json: not a regular file; remove it from the corpus",
      "b.json broken b.json: not a regular file; remove it from the corpus",
    ]);
  });
});
