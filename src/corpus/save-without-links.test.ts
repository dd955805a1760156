import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { virtAddr } from "../trace/address.ts";
import type { CorpusEntry } from "./entry.ts";
import { saveEntry } from "./save.ts";

/** What `link` fails with; the file systems that have no hard links differ in this. */
let code = "EPERM";

vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  link: () => Promise.reject(Object.assign(new Error("no links here"), { code })),
}));

const ENTRY: CorpusEntry = {
  id: "memory-set/a-1",
  surface: "memory-set",
  space: { base: virtAddr(0), size: 0x1000, page: 0x1000, frames: 0 },
  requests: [{ op: "clear" }],
  status: "regression",
};

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-links-"));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

test.each(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])(
  "a file system whose hard links end in %s gets whole files too",
  async (failure) => {
    code = failure;
    const file = join(root, "memory-set/a-1.json");
    expect(await saveEntry(root, ENTRY)).toEqual({ ok: true, value: { file, existed: false } });
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ id: ENTRY.id });
    await writeFile(file, "kept");
    expect(await saveEntry(root, ENTRY)).toEqual({ ok: true, value: { file, existed: true } });
    expect(await readFile(file, "utf8")).toBe("kept");
    expect(await readdir(join(root, "memory-set"))).toEqual(["a-1.json"]);
  },
);

test("any other failure to give the file its name is said, and leaves nothing behind", async () => {
  code = "ENOSPC";
  const error = expect.stringMatching(/memory-set: can't be written: no space left on device \(ENOSPC\); /);
  expect(await saveEntry(root, ENTRY)).toEqual({ ok: false, error });
  expect(await readdir(join(root, "memory-set"))).toEqual([]);
});
