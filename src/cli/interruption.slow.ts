/** Searches that are interrupted at any moment. That a kill leaves only whole files: `src/corpus/save.slow.ts`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import seedrandom from "seedrandom";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirectory } from "../corpus/load.ts";
import { type Ended, ended, start } from "./process.fixture.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mapcheck-end-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/**
 * Sends `signal` to searches that find and save something, each at another moment, until so many of them have ended
 * by themselves. One that dies of the signal got it too early to obey, so the moments spread until some don't,
 * however slow the machine.
 */
async function interrupt(signal: NodeJS.Signals, wanted: number): Promise<readonly Ended[]> {
  const random = seedrandom(signal);
  const results: Ended[] = [];
  let latest = 1000;
  for (let round = 0; results.length < wanted; round++) {
    const subject = "defect:clear-spares-upper-half";
    const child = start(["fuzz", "--subject", subject, "--seed", `${round}`, "--corpus", root, "--json"]);
    const result = ended(child);
    await setTimeout(random() * latest);
    child.kill(signal);
    const { status } = await result;
    if (status === null) latest *= 1.1;
    else results.push(await result);
  }
  return results;
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s at any moment leaves a whole report, or none yet",
  async (signal) => {
    for (const { status, stdout, stderr } of await interrupt(signal, 10)) {
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toMatchObject({
        outcome: status === 1 ? "finding" : "interrupted",
        problems: [],
      });
    }
    for (const { status } of await loadDirectory(root)) expect(status).toBe("entry");
  },
);
