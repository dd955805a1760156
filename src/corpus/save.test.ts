import fs from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { virtAddr } from "../trace/address.ts";
import type { CorpusEntry } from "./entry.ts";
import { loadDirectory, loadFile } from "./load.ts";
import { startSaver, unprivileged } from "./save.fixture.ts";
import { checkWritable, discardEntry, saveEntry } from "./save.ts";

let root = "";

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "mapcheck-save-")));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

const ENTRY: CorpusEntry = {
  id: "memory-set/a-1",
  surface: "memory-set",
  space: { base: virtAddr(0), size: 0x1000, page: 0x1000, frames: 0 },
  requests: [{ op: "clear" }, { op: "areas" }],
  answers: [{ kind: "ok" }, { kind: "areas", areas: [] }],
  status: "regression",
};

const FILE = `{
  "mapcheck": 1,
  "id": "memory-set/a-1",
  "surface": "memory-set",
  "space": {
    "base": "0x0",
    "size": "0x1000",
    "page": "0x1000",
    "frames": 0
  },
  "dialect": {},
  "trace": [
    "clear",
    "areas"
  ],
  "answers": [
    "ok",
    "ok none"
  ],
  "status": "regression"
}
`;

const NO_SAVE = "make the directory writable, name another, or run without saving (--no-save)";
const MOVE_AWAY = "move it away, or name another directory";

const DONE = { ok: true, value: undefined };

describe("saving a case", () => {
  test("writes its file, and the directories that are missing, and nothing else", async () => {
    const directory = join(root, "new/corpus");
    const file = join(directory, "memory-set/a-1.json");
    expect(await saveEntry(directory, ENTRY)).toEqual({ ok: true, value: { file, existed: false } });
    expect(await readFile(file, "utf8")).toBe(FILE);
    expect(await readdir(directory, { recursive: true })).toEqual(["memory-set", "memory-set/a-1.json"]);
    expect(await loadFile(file)).toEqual({ file, status: "entry", entry: ENTRY });
  });

  test("leaves a file that is there as it is, whatever it holds", async () => {
    const file = join(root, "memory-set/a-1.json");
    await mkdir(join(root, "memory-set"));
    await writeFile(file, "kept");
    expect(await saveEntry(root, ENTRY)).toEqual({ ok: true, value: { file, existed: true } });
    expect(await readFile(file, "utf8")).toBe("kept");
    expect(await readdir(join(root, "memory-set"))).toEqual(["a-1.json"]);
  });

  test("doesn't write through a link that leads nowhere", async () => {
    await mkdir(join(root, "memory-set"));
    await symlink(join(root, "outside"), join(root, "memory-set/a-1.json"));
    expect(await saveEntry(root, ENTRY)).toMatchObject({ ok: true, value: { existed: true } });
    expect(await readdir(root)).toEqual(["memory-set"]);
  });

  test.each(["memory-set/../../a", "../a", "a", "memory-set/a\u001b"])("refuses the id %j", async (id) => {
    const saved = await saveEntry(join(root, "corpus"), { ...ENTRY, id });
    expect(saved).toEqual({
      ok: false,
      error: expect.stringMatching(/^\P{C}+ is no id of a corpus entry; \P{C}+$/u),
    });
    expect(await readdir(root)).toEqual([]);
  });

  test("says why it can't: a file is in the way", async () => {
    await writeFile(join(root, "memory-set"), "");
    const error = `${join(root, "memory-set")}: a file where a directory is expected; ${MOVE_AWAY}`;
    expect(await saveEntry(root, ENTRY)).toEqual({ ok: false, error });
    expect(await saveEntry(join(root, "memory-set"), ENTRY)).toMatchObject({ ok: false });
  });

  test("says why it can't: no permission", async () => {
    await mkdir(join(root, "memory-set"));
    await chmod(root, 0o555);
    const error = `${join(root, "memory-set")}: can't be written: permission denied (EACCES); ${NO_SAVE}`;
    await chmod(join(root, "memory-set"), 0o555);
    expect(await unprivileged(() => saveEntry(root, ENTRY))).toEqual({ ok: false, error });
  });
});

describe("discarding a case", () => {
  test("removes its file, if it is still there", async () => {
    const saved = await saveEntry(root, ENTRY);
    if (!saved.ok) throw new Error(saved.error);
    const discard = () => discardEntry(saved.value);
    expect([await discard(), await loadDirectory(root), await discard()]).toEqual([DONE, [], DONE]);
  });

  test("leaves one that was there before", async () => {
    await saveEntry(root, ENTRY);
    const saved = await saveEntry(root, ENTRY);
    if (!saved.ok) throw new Error(saved.error);
    expect(await discardEntry(saved.value)).toEqual(DONE);
    expect(await loadDirectory(root)).toHaveLength(1);
  });

  test("says why it can't", async () => {
    const saved = await saveEntry(root, ENTRY);
    if (!saved.ok) throw new Error(saved.error);
    const { file } = saved.value;
    const error = `${file}: can't be written: permission denied (EACCES); ${NO_SAVE}`;
    expect(await unprivileged(() => discardEntry(saved.value))).toEqual({ ok: false, error });
  });
});

describe("a directory is tried for writing", () => {
  test("and left as it was", async () => {
    await mkdir(join(root, "memory-set"));
    expect(await checkWritable(root)).toEqual({ ok: true, value: undefined });
    expect(await readdir(root, { recursive: true })).toEqual(["memory-set"]);
  });

  test("where it isn't there, the nearest one above it", async () => {
    await writeFile(join(root, "memory-set"), "no part of a corpus");
    expect(await checkWritable(join(root, "new/corpus"))).toEqual({ ok: true, value: undefined });
    expect(await readdir(root)).toEqual(["memory-set"]);
    const error = `${join(root, "memory-set")}: a file where a directory is expected; ${MOVE_AWAY}`;
    expect(await checkWritable(join(root, "memory-set/new/corpus"))).toEqual({ ok: false, error });
  });

  test("when it is a file", async () => {
    const directory = join(root, "file");
    await writeFile(directory, "");
    const error = `${directory}: a file where a directory is expected; ${MOVE_AWAY}`;
    expect(await checkWritable(directory)).toEqual({ ok: false, error });
  });

  test("when a file is where a surface's cases go", async () => {
    const directory = join(root, "address-space");
    await writeFile(directory, "");
    const error = `${directory}: a file where a directory is expected; ${MOVE_AWAY}`;
    expect(await checkWritable(root)).toEqual({ ok: false, error });
  });

  test("when it may not be written, or a surface's directory may not", async () => {
    const directory = join(root, "memory-set");
    await mkdir(directory, { mode: 0o555 });
    await chmod(root, 0o777);
    const problem = `can't be written: permission denied (EACCES); ${NO_SAVE}`;
    expect(await unprivileged(() => checkWritable(root))).toEqual({
      ok: false,
      error: `${directory}: ${problem}`,
    });
    await chmod(root, 0o555);
    expect(await unprivileged(() => checkWritable(root))).toEqual({
      ok: false,
      error: `${root}: ${problem}`,
    });
  });
});

test("several processes that save the same cases at once leave each one whole", async () => {
  const cases = 50;
  const savers = Array.from({ length: 3 }, () =>
    startSaver({ directory: root, entry: ENTRY, cases, noteBytes: 1 }),
  );
  const said = (await Promise.all(savers.map(({ stdout }) => text(stdout)))).join("").trimEnd().split("\n");
  expect(said.filter((line) => line === "false" || line === "true")).toHaveLength(3 * cases);
  expect(said.filter((line) => line === "false")).toHaveLength(cases);
  expect(await readdir(join(root, "memory-set"))).toHaveLength(cases);
  const files = await loadDirectory(root);
  expect(files.filter(({ status }) => status === "entry")).toHaveLength(cases);
});

test("a disk that takes a part of the text at a time gets all of it, or none", async () => {
  vi.spyOn(fs, "write").mockImplementation((...request: unknown[]) => {
    const [fd, data, done] = [request[0], request[1], request.at(-1)];
    const written = fs.writeSync(Number(fd), String(data).slice(0, 10));
    if (typeof done === "function") done(null, written);
  });
  expect(await saveEntry(root, ENTRY)).toMatchObject({ ok: true });
  expect(await readFile(join(root, "memory-set/a-1.json"), "utf8")).toBe(FILE);
});
