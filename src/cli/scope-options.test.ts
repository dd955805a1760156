import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NO_FLAGS } from "../trace/flags.ts";
import { ADDRESS_SPACE_HELLO } from "../trace/space.ts";
import { mapcheck } from "./program.fixture.ts";

let place = "";

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "mapcheck-scope-"));
});

afterEach(() => rm(place, { recursive: true }));

function check(...args: readonly string[]) {
  return mapcheck("check", "--no-save", ...args);
}

describe("flags that an address space can't be asked for", () => {
  const why = "not every processor can tell these flags apart: w and x come with r, and d not with n";

  test.each<[flags: string, strange: string]>([
    ["r,w", "w"],
    ["w", "w"],
    ["-,wx,r", "wx"],
    ["r,x", "x"],
    ["r,rdn", "rdn"],
  ])("are refused in one line: %s", async (flags, strange) => {
    expect(await check("--flags", flags, "--commands", "map,unmap,protect")).toEqual({
      status: 2,
      stdout: "",
      stderr: `mapcheck: --flags ${strange} can't be used here: ${why}\n`,
    });
  });

  test("aren't left out of a suite either", async () => {
    const { status, stderr } = await check("--flags", "r,w", "--export-suite", join(place, "suite"));
    expect([status, stderr]).toEqual([2, `mapcheck: --flags w can't be used here: ${why}\n`]);
    expect(await readdir(place)).toEqual([]);
  });

  test("can be asked of a memory set", async () => {
    const { status, stdout } = await check("--subject", "memory-set", "--pages", "2", "--flags", "w,wx");
    expect(status).toBe(0);
    expect(stdout).toContain("\n  flags     w wx\n");
  });
});

describe("a scope in which nothing can be tried", () => {
  /** An address space without flags: it can't be asked for an access. */
  async function nothing(...args: readonly string[]) {
    const path = join(place, "mine.mjs");
    const hello = JSON.stringify({ ...ADDRESS_SPACE_HELLO, name: "mine", flags: NO_FLAGS });
    const create = `() => ({ apply: () => { throw new Error("asked"); }, observe: () => {} })`;
    await writeFile(path, `export default { hello: ${hello}, create: ${create} };`);
    return check("--subject", path, "--flags", "-", "--commands", "access", ...args);
  }

  const stderr = "mapcheck: nothing can be tried in this scope; name more commands\n";

  test.each([[[]], [["--paths"]]])("has no other verdict: %j", async (args) => {
    const ran = await nothing(...args);
    expect(ran).toEqual({ status: 2, stdout: expect.stringMatching(/^checking mine in every /), stderr });
    expect(ran.stdout).not.toContain("agrees");
  });

  test("proves nothing, for programs too", async () => {
    const ran = await nothing("--json");
    expect([ran.status, ran.stderr]).toEqual([2, stderr]);
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: "vacuous", transitions: 0 });
  });
});
