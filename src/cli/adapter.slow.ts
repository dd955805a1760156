/**
 * The command line with an adapter that misbehaves in ways that take a while to see; one that hangs is in
 * `adapter-hang.slow.ts`.
 */
import { describe, expect, test, vi } from "vitest";
import type { Manner } from "../subjects/adapter/hostile.fixture.ts";
import { expectDecent, expectFinding, expectRefusal, Hostile } from "./adapter.fixture.ts";
import { ended, start } from "./process.fixture.ts";
import { mapcheck } from "./program.fixture.ts";

const hostile = new Hostile();

/** For what ends by itself. */
const NO_HURRY = ["--timeout", "1m", "--runs", "20"];

describe("a finding is an adapter that", () => {
  test.each<[manner: Manner, check: string, observed: string, seed?: string]>([
    ["exits with 3", "crash", "it ended with status 3 after 1 answer of the run"],
    ["dies by a signal", "crash", "it ended by SIGSEGV after 1 answer of the run"],
    ["exits in the middle of a line", "crash", "it ended with status 3 after 1 answer of the run"],
    ["answers what was not asked", "out-of-step", "not one line for each request: "],
    ["prints lines for ever", "out-of-step", "not one line for each request: "],
    ["prints for ever", "flood", "it printed a line of more than 16 MiB after 1 answer of the run"],
    ["prints a line of 100 MB", "flood", "it printed a line of more than 16 MiB after 1 answer of the run"],
    ["panics and exits", "panic", "it is over"],
    ["ends with 3 after quit", "crash", "it ended with status 3 after quit"],
    ["answers quit", "out-of-step", "it printed more lines than it was asked for"],
    ["leaves a child behind", "crash", "it ended with status 3 after 1 answer of the run"],
    ["floods standard error", "crash", "it ended with status 3 after 1 answer of the run"],
    ["says garbage for a later hello", "garbage", "it answered hello otherwise than at its first start"],
    ["lies in the third run", "answer", "err BadState"],
    // A seed under which an area is listed early.
    ["lies about areas", "areas", "0x0 in 0x0-0x1000 rw mock", "c"],
    // Unless there is a seed: one under which the third run has an unmap.
  ])("%s", async (manner, check, observed, seed = "unmap3") => {
    expectFinding(await mapcheck(...hostile.fuzz(manner, "--seed", seed, ...NO_HURRY)), check, observed);
    expect(await hostile.saved()).toMatchObject([
      { status: "regression", finding: { kind: expect.anything(), check } },
    ]);
  });
});

test("what an adapter printed last is shown, and what it flooded us with is not", async () => {
  const { stdout } = await mapcheck(...hostile.fuzz("floods standard error", ...NO_HURRY));
  expect(stdout).toContain("\\u{1b}[2J the last words\\u{202e}");
  expect(stdout.length).toBeLessThan(20_000);
});

describe("nothing is asked of an adapter that", () => {
  test.each<[manner: Manner, line: string]>([
    [
      "exits after hello",
      'it ended with status 0, before it answered hello and the sync behind it; try: echo "hello 1" | the command',
    ],
    ["leaves a child behind at hello", "it ended with status 3, before it answered hello"],
  ])("%s", async (manner, line) => {
    expectRefusal(await mapcheck(...hostile.fuzz(manner, ...NO_HURRY)), line);
  });
});

describe("a child", () => {
  test("that is left behind at the end is ended, and said", async () => {
    const ran = await mapcheck(...hostile.fuzz("leaves a child behind after quit", ...NO_HURRY));
    expectDecent(ran);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain("observed  it left a process behind when it ended");
  });

  test("that left the group is not waited for", async () => {
    const ran = await mapcheck(...hostile.fuzz("leaves a child in a session of its own", ...NO_HURRY));
    hostile.endWhatIsLeft();
    expectDecent(ran);
    expect(ran).toMatchObject({ status: 0, stderr: "" });
  });
});

test("all findings are kept, whatever the adapter does afterwards", async () => {
  const manner = "lies at unmap and crashes at clear";
  const ran = await mapcheck(...hostile.fuzz(manner, "--keep-going", "--timeout", "1m", "--runs", "40"));
  expectDecent(ran);
  expect(ran.status).toBe(1);
  const saved = await hostile.saved();
  expect(new Set(saved.map(({ finding }) => finding?.check))).toEqual(new Set(["answer", "crash"]));
  // Each crash is that of the run that it came in, and so comes back.
  expect(saved.map(({ status }) => status)).not.toContain("unstable");
});

test("findings made before a hang are kept when it is interrupted", async () => {
  const manner = "lies at unmap and hangs in the 300th run";
  const child = start(hostile.fuzz(manner, "--keep-going", "--timeout", "1h", "--time", "1h"));
  const output = ended(child);
  await hostile.isUnderWay();
  child.kill("SIGTERM");
  const ran = await output;
  expectFinding(ran, "answer", "err BadState");
  expect(ran.stdout).toContain("interrupted, so far 1 finding: ");
  expect(await hostile.saved()).toMatchObject([{ status: "regression", finding: { check: "answer" } }]);
});

describe("check", () => {
  const check = (manner: Manner, ...options: readonly string[]) => {
    const search = ["--pages", "1", "--flags", "r", "--commands", "map,unmap", "--corpus", hostile.corpus];
    return ["check", ...search, ...options, "--", ...hostile.command(manner)];
  };

  test("sees what shows only at the end", async () => {
    const ran = await mapcheck(...check("ends with 3 after quit", "--json"));
    expect([ran.status, ran.stderr]).toEqual([1, ""]);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: "finding",
      findings: [{ finding: { check: "crash" } }],
    });
  });

  test("proves nothing when it is interrupted", async () => {
    const child = start(check("hangs", "--timeout", "1h", "--json"));
    const output = ended(child);
    await hostile.isUnderWay();
    child.kill("SIGTERM");
    const { status, stdout, stderr } = await output;
    expect([status, stderr]).toEqual([3, ""]);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "partial", cut: "interruption", findings: [] });
  });
});

describe("nothing is left of a hanging adapter", () => {
  test("after SIGTERM, which ends with a report", async () => {
    const child = start(hostile.fuzz("hangs", "--timeout", "1h"));
    const output = ended(child);
    await hostile.isUnderWay();
    child.kill("SIGTERM");
    expect(await output).toMatchObject({ status: 3, stderr: "" });
  });

  test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("at hello, after %s", async (signal) => {
    const child = start(hostile.fuzz("hangs at hello", "--timeout", "1h"));
    const output = ended(child);
    await hostile.isUnderWay();
    child.kill(signal);
    expect(await output).toMatchObject({ status: null });
    await vi.waitFor(() => expect(hostile.processes()).toEqual([]), 60_000);
  });
});
