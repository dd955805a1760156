/** The command line with an adapter that hangs, which has to be waited for. In a file of its own: others run meanwhile. */
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { openAdapter } from "../execute/open-adapter.ts";
import type { Manner } from "../subjects/adapter/hostile.fixture.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { expectFinding, Hostile } from "./adapter.fixture.ts";
import { ended, start } from "./process.fixture.ts";
import { mapcheck } from "./program.fixture.ts";

const hostile = new Hostile();

/** Time enough to start on a busy machine. */
const HURRY = ["--timeout", "3s", "--runs", "20"];

describe("a finding is an adapter that", () => {
  test.each<[manner: Manner, check: string, observed: string]>([
    ["hangs", "hang", "it did not answer within 3 s after 1 answer of the run"],
    ["hangs at the 10th answer", "hang", "it did not answer within 3 s after 7 answers of the run"],
    ["answers late", "hang", "it did not answer within 3 s after 1 answer of the run"],
    ["answers one too few", "out-of-step", "not one line for each request: "],
    ["prints zeros", "out-of-step", 'not one line for each request: "\\u{0}\\u{0}'],
    [
      "closes its output",
      "hang",
      "it closed its output and did not answer within 3 s after 1 answer of the run",
    ],
    ["closes its input", "hang", "it did not answer within 3 s after 1 answer of the run"],
    ["closes all and goes on", "hang", "it closed its output and did not answer within 3 s"],
    ["ignores quit", "hang", "it did not end after quit"],
  ])("%s", async (manner, check, observed) => {
    expectFinding(await mapcheck(...hostile.fuzz(manner, ...HURRY)), check, observed);
    expect(await hostile.saved()).toMatchObject([{ status: "regression", finding: { kind: check, check } }]);
  });
});

test("an adapter that answers late is a finding only where it is not waited for", async () => {
  const [file = "", ...args] = hostile.command("answers late");
  const opened = await openAdapter({ file, args }, { seconds: 20 });
  if (!opened.ok) throw new Error(opened.error);
  const { driver } = opened.value;
  const runner = driver.runnerIn(SIXTEEN_PAGES);
  const late = requestsIn("unmap 0x0 0x1000");
  expect(await runner.begin(late)()).toBeUndefined();
  driver.beImpatient(true);
  expect(await runner.begin(late)()).toMatchObject({ kind: "hang" });
  driver.beImpatient(false);
  expect(await runner.begin(late)()).toBeUndefined();
  await driver.renew();
});

test("a hang is told in time, and not lost when mapcheck is killed while it shrinks it", async () => {
  const started = performance.now();
  const child = start(hostile.fuzz("hangs", ...HURRY));
  const [told] = await once(child.stderr ?? child, "data");
  expect(`${told}`).toContain("hang at request ");
  // The time limit, and the start of two processes on a busy machine.
  expect(performance.now() - started).toBeLessThan(3_000 + 20_000);
  child.kill("SIGKILL");
  await ended(child);
  expect(await hostile.saved()).toMatchObject([{ status: "unstable", finding: { check: "hang" } }]);
});
