import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadDirectory } from "../corpus/load.ts";
import { InProcess } from "../execute/driver.ts";
import { newTally } from "../explore/campaign.ts";
import { Pace } from "../explore/pace.ts";
import { replayEntry } from "../explore/replay.ts";
import { runSession, type Session } from "../explore/session.ts";
import { findSubject } from "../subjects/registry.ts";
import { virtAddr } from "../trace/address.ts";
import { ended, start } from "./process.fixture.ts";
import { mapcheck } from "./program.fixture.ts";
import { stopOnSignal } from "./signals.ts";

let corpus = "";

beforeEach(async () => {
  corpus = await mkdtemp(join(tmpdir(), "mapcheck-stop-"));
});

afterEach(async () => {
  await rm(corpus, { recursive: true });
});

function sessionFor(name: string): Session {
  const target = findSubject(name);
  if (target === undefined) throw new Error(`there is no subject ${name}`);
  return {
    target: { ...target, driver: new InProcess(target.subject) },
    spaces: [{ base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 }],
    seed: "s",
    maxCommands: 50,
    budget: { runs: Number.POSITIVE_INFINITY, seconds: Number.POSITIVE_INFINITY },
    injectAll: false,
    keepGoing: false,
    corpus,
    saveTo: corpus,
  };
}

describe.each(["SIGINT", "SIGTERM"] as const)("%s", (signal) => {
  test("ends the search with its report", async () => {
    const child = start(["fuzz", "--subject", "memory-set", "--time", "1h", "--corpus", corpus]);
    const output = ended(child);
    if (child.stdout) await once(child.stdout, "data");
    child.kill(signal);
    const { status, stdout, stderr } = await output;
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^fuzzing memory-set: .*\n/);
    // The signal may be faster than the first run.
    if (status === 3) expect(stdout).toMatch(/\n\ninterrupted before anything was run\n$/);
    else expect(stdout).toMatch(/\n\ninterrupted, so far all agree: 0 saved cases, then .*\n$/);
    expect([0, 3]).toContain(status);
  });

  test("is obeyed once, so that a second one ends the process", async () => {
    const others = process.listenerCount(signal);
    const running = mapcheck("fuzz", "--time", "1h", "--corpus", corpus, "--json");
    while (process.listenerCount(signal) === others) await setImmediate();
    process.emit(signal);
    expect([process.listenerCount("SIGINT"), process.listenerCount("SIGTERM")]).toEqual([others, others]);
    const { status, stdout, stderr } = await running;
    const report: { runs: number } = JSON.parse(stdout);
    expect(report).toMatchObject({ outcome: "interrupted", interrupted: true, findings: [] });
    expect([status, stderr]).toEqual([report.runs === 0 ? 3 : 0, ""]);
  });
});

test("whoever cleans up after a signal does not find itself alone with it, and is again right after it", async () => {
  const pace = new Pace();
  const others = process.listenerCount("SIGINT");
  stopOnSignal(pace, sessionFor("memory-set").target.driver);
  let heard = 0;
  const cleanUp = () => {
    heard = process.listenerCount("SIGINT");
  };
  process.on("SIGINT", cleanUp);
  process.emit("SIGINT");
  await setImmediate();
  expect([pace.stopped, heard, process.listenerCount("SIGINT")]).toEqual([true, others + 2, others + 1]);
  process.removeListener("SIGINT", cleanUp);
});

test("a gate that is interrupted is not passed", async () => {
  const others = process.listenerCount("SIGINT");
  const running = mapcheck("verify", "--subject", "memory-set", "--time", "1h", "--corpus", corpus, "--json");
  while (process.listenerCount("SIGINT") === others) await setImmediate();
  process.emit("SIGINT");
  const { status, stdout } = await running;
  expect([status, JSON.parse(stdout)]).toMatchObject([3, { outcome: "interrupted", findings: [] }]);
});

test("a check of sequences that is interrupted says nothing of states, of which it has none", async () => {
  const others = process.listenerCount("SIGINT");
  const running = mapcheck("check", "--subject", "memory-set", "--paths", "--depth", "9", "--no-save");
  while (process.listenerCount("SIGINT") === others) await setImmediate();
  process.emit("SIGINT");
  const { status, stdout, stderr } = await running;
  expect([status, stderr]).toEqual([3, ""]);
  expect(stdout).toMatch(/\n\nagrees as far as it was looked: it was interrupted: [\d,]+ sequences? with /);
});

describe("an interruption", () => {
  test("while a finding is shrunk saves it as far as it got", async () => {
    const session = sessionFor("defect:unmap-loses-right-part");
    const tally = newTally("memory-set");
    let isFound = false;
    class StopsAtFinding extends Pace {
      override get stopped(): boolean {
        return isFound;
      }
    }
    const { findings, interrupted } = await runSession(session, new StopsAtFinding(), tally, () => {
      isFound = true;
    });
    expect(interrupted).toBe(true);
    expect(findings).toMatchObject([{ run: tally.runs - 1, executions: 0 }]);
    expect(findings[0]?.trace).toHaveLength(findings[0]?.shrunkFrom ?? 0);
    const [loaded] = await loadDirectory(corpus);
    if (loaded?.status !== "entry") throw new Error("nothing was saved");
    expect(loaded).toMatchObject({ file: findings[0]?.file, entry: { id: findings[0]?.id } });
    expect(await replayEntry(loaded.entry, session.target.driver)).toMatchObject({
      finding: findings[0]?.finding,
    });
  });

  test("while saved cases are replayed leaves out the others", async () => {
    const session = sessionFor("defect:unmap-loses-right-part");
    await runSession(session, new Pace());
    const pace = new Pace();
    pace.stop();
    const { replayed, interrupted, tally } = await runSession(session, pace);
    expect({ replayed, interrupted, runs: tally.runs }).toEqual({ replayed: 0, interrupted: true, runs: 0 });
  });
});
