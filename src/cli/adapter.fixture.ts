/** The hostile adapter on the command line, and what every outcome of it has to be. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { PIPE_CHECKS } from "../../properties/invariants.ts";
import type { CorpusEntry } from "../corpus/entry.ts";
import { loadDirectory } from "../corpus/load.ts";
import type { Manner } from "../subjects/adapter/hostile.fixture.ts";
import { type PlainScript, plainScript } from "../subjects/adapter/plain-script.fixture.ts";
import type { Ended } from "./process.fixture.ts";
import type { Ran } from "./program.fixture.ts";

/** Long enough for anything, on any machine. */
const UNTIL = { timeout: 60_000, interval: 20 };

/** The hostile adapter, with a corpus and a memory of its own for each test. None of its processes outlives a test. */
export class Hostile {
  private script: PlainScript | undefined;
  private root = "";

  constructor() {
    vi.setConfig({ testTimeout: 300_000 });
    beforeAll(async () => {
      this.script = await plainScript("hostile");
    });
    afterAll(() => this.script?.remove());
    beforeEach(async () => {
      this.root = await mkdtemp(join(tmpdir(), "mapcheck-wild-"));
      await mkdir(this.corpus);
    });
    afterEach(async () => {
      await this.expectNothingLeft();
      await rm(this.root, { recursive: true });
    });
  }

  get corpus(): string {
    return join(this.root, "corpus");
  }

  get memory(): string {
    return join(this.root, "memory");
  }

  /** The words behind `--`. */
  command(manner: Manner): readonly string[] {
    return [process.execPath, this.script?.path ?? "", manner, this.memory];
  }

  /** A short search. */
  fuzz(manner: Manner, ...options: readonly string[]): readonly string[] {
    const search = ["--seed", "s", "--max-commands", "6", "--corpus", this.corpus];
    return ["fuzz", ...search, ...options, "--", ...this.command(manner)];
  }

  /** What was saved. */
  async saved(): Promise<readonly CorpusEntry[]> {
    return (await loadDirectory(this.corpus)).map((loaded) => {
      if (loaded.status !== "entry") throw new Error(`${loaded.file} is ${loaded.status}`);
      return loaded.entry;
    });
  }

  /** Waits for the adapter to hang, or to have whatever else it remembers. */
  async isUnderWay(): Promise<void> {
    await vi.waitFor(() => expect(readFileSync(this.memory, "utf8")).not.toBe(""), UNTIL);
  }

  /** The processes that have this test's directory in their command line. */
  processes(): readonly number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && commandLineOf(name).includes(this.root))
      .map(Number);
  }

  /** Ends what no harness can know of. */
  endWhatIsLeft(): void {
    for (const pid of this.processes()) process.kill(pid, "SIGKILL");
  }

  async expectNothingLeft(): Promise<void> {
    await vi.waitFor(() => expect(this.processes()).toEqual([]), UNTIL);
  }
}

/** Empty for a process that is gone, or only waits to be looked at by its parent. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** Demands that what was printed obeys the terminal's owner only, and shows nothing of the program's inside. */
export function expectDecent({ stdout, stderr }: Ran | Ended): void {
  for (const text of [stdout, stderr]) {
    expect(text).not.toMatch(/[^\P{C}\n]/u);
    expect(text).not.toMatch(/^\s+at /m);
  }
}

/** Demands one finding of this check, and that what was observed begins so. */
export function expectFinding(ran: Ran | Ended, check: string, observed: string): void {
  expectDecent(ran);
  const { stdout } = ran;
  expect(ran.status).toBe(1);
  // Progress, where it took a while.
  expectAnnounced(ran.stderr.replace(/^.* commands\/s, .*\n/gm, ""), check);
  expect(stdout.match(/^FINDING /gm)).toHaveLength(1);
  expect(stdout).toContain(`\n  check     ${check}: `);
  expect(stdout).toContain(`\n  observed  ${observed}`);
}

/** Demands a line before each shrinking of what a process did besides answering, and nothing else. */
function expectAnnounced(told: string, check: string): void {
  const line = `${check} at request \\d+ of (run \\d+|a trace of the suite): .* \\(saved as .*-unshrunk\\.json, being shrunk, for up to 30 s\\)\\n`;
  expect(told).toMatch(new RegExp(Object.hasOwn(PIPE_CHECKS, check) ? `^(${line})+$` : "^$"));
}

/** Demands that nothing was run, and one line that says so. */
export function expectRefusal(ran: Ran | Ended, line: string): void {
  expectDecent(ran);
  expect(ran).toMatchObject({ status: 2, stdout: "" });
  expect(ran.stderr).toMatch(/^mapcheck: [^\n]*\n$/);
  expect(ran.stderr).toContain(line);
}
