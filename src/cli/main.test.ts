import { mkdtemp, open, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { ended, start } from "./process.fixture.ts";

let fuzz: readonly string[] = [];
let corpus = "";

beforeAll(async () => {
  corpus = await mkdtemp(join(tmpdir(), "mapcheck-process-"));
  fuzz = ["fuzz", "--subject", "memory-set", "--seed", "s", "--corpus", corpus];
});

afterAll(() => rmdir(corpus));

describe("the process", () => {
  test.each([["text"], ["JSON", "--json"]])("bears it that nobody reads its %s", async (_, ...options) => {
    const child = start([...fuzz, "--runs", "500", ...options]);
    child.stdout?.destroy();
    expect(await ended(child)).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("bears it that nobody reads what it has to complain about", async () => {
    const child = start(["fuzz", "--runs", "x"]);
    child.stderr?.destroy();
    expect(await ended(child)).toMatchObject({ status: 2, stdout: "" });
  });

  test("says that its output can't be written", async () => {
    const file = await open("package.json", "r");
    const child = start([...fuzz, "--runs", "500", "--json"], {}, file.fd);
    const { status, stderr } = await ended(child);
    await file.close();
    expect(status).toBe(3);
    expect(stderr).toMatch(/^mapcheck: the output can't be written: bad file descriptor \(EBADF\)\n$/);
  });

  test("has no result when the code that is tested ends it", async () => {
    const module = join(corpus, "ends.mjs");
    const hello = JSON.stringify({ ...MEMORY_SET_HELLO, name: "ends" });
    await writeFile(module, `export default { hello: ${hello}, create: () => process.exit(0) };`);
    const { status, stderr } = await ended(
      start(["fuzz", "--subject", module, "--corpus", corpus, "--runs", "1"]),
    );
    await rm(module);
    expect(status).toBe(3);
    expect(stderr).toBe(
      "mapcheck: the process was ended from inside before it had a result; see to process.exit\n",
    );
  });

  test("says that it is at fault when nothing foresaw the failure", async () => {
    // Fails once the search has begun, which is when signals are waited for.
    const fault = `process.on("newListener",(name)=>name==="SIGINT"&&setImmediate(()=>{throw new Error("oh")}))`;
    const child = start([...fuzz, "--time", "1h", "--json"], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}`,
    });
    const { status, stdout, stderr } = await ended(child);
    expect([status, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/^mapcheck: a bug of mapcheck's own, please report it: Error: oh\n {4}at /);
  });
});
