import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { conformanceSuite, smallScope } from "../check/conformance.ts";
import { exportSuite } from "../check/export-suite.ts";
import { newSuiteTally } from "../check/suite-tally.ts";
import { Pace } from "../explore/pace.ts";
import { PLAIN_DIALECT } from "../trace/dialect.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { mapcheck } from "./program.fixture.ts";

let place = "";

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "mapcheck-suite-"));
});

afterEach(() => rm(place, { recursive: true }));

const SMALL = ["--subject", "memory-set", "--pages", "2", "--commands", "map,replace,unmap,protect"];

function exportTo(name: string, ...args: readonly string[]) {
  return mapcheck("check", ...SMALL, "--export-suite", join(place, name), ...args);
}

/** Stops when it was asked so many times whether it is stopped. */
class Stopping extends Pace {
  private left: number;

  constructor(left: number) {
    super();
    this.left = left;
  }

  override get stopped(): boolean {
    return this.left-- <= 0;
  }
}

test.each<[args: readonly string[], line: string]>([
  [["--paths"], "leave --paths out"],
  [["--depth", "2"], "leave --depth out"],
  [["--max-states", "2"], "leave --max-states out"],
  [["--time", "1s"], "leave --time out"],
  [["--require", "split"], "leave --require out"],
  [["--workers", "1"], "leave --workers out"],
  [["--symmetry"], "leave --symmetry out"],
  [["--commands", "map,failures"], "leave failures out of --commands"],
])("what a suite has nothing of is refused in one line: %j", async (args, line) => {
  const { status, stdout, stderr } = await exportTo("suite", ...args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^mapcheck: --export-suite [^\n]*\n$/);
  expect(stderr).toContain(line);
  expect(await readdir(place)).toEqual([]);
});

describe("a directory", () => {
  test("that has the suite already is left as it is", async () => {
    const first = await exportTo("suite");
    const files = await readdir(join(place, "suite"), { recursive: true });
    expect([first.status, files.length > 3]).toEqual([0, true]);
    expect(await exportTo("suite")).toEqual(first);
    expect(await readdir(join(place, "suite"), { recursive: true })).toEqual(files);
  });

  test("that has another suite is refused, and nothing is written", async () => {
    await exportTo("suite", "--flags", "r");
    const files = await readdir(join(place, "suite"), { recursive: true });
    const { status, stdout, stderr } = await exportTo("suite");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^mapcheck: \S+suite: there is another suite, with memory-set\/suite-1-[0-9a-f]{8}\.json; remove that one, or name another directory\n$/,
    );
    expect(await readdir(join(place, "suite"), { recursive: true })).toEqual(files);
  });

  test("that has the same traces in another dialect has another suite", async () => {
    const other = { ...MEMORY_SET_HELLO, dialect: { ...PLAIN_DIALECT, "protect-keeps": "none" } } as const;
    for (const [hello, ok] of [
      [MEMORY_SET_HELLO, true],
      [other, false],
    ] as const) {
      const suite = {
        space: smallScope(hello).space,
        traces: [[{ op: "clear" }]],
        states: 1,
        transitions: 1,
      } as const;
      expect(await exportSuite(place, suite, hello, new Pace(), newSuiteTally())).toMatchObject({ ok });
    }
  });

  test("that has other cases keeps them", async () => {
    await mkdir(join(place, "memory-set"));
    await writeFile(join(place, "memory-set", "mine-0123abcd.json"), "{}");
    expect((await exportTo(".")).status).toBe(0);
    expect(await readdir(join(place, "memory-set"))).toContain("mine-0123abcd.json");
  });
});

describe("an interruption", () => {
  test("while the suite is worked out ends it in one line", async () => {
    const others = process.listenerCount("SIGINT");
    const running = exportTo("suite", "--pages", "6", "--flags", "r,rw,rx");
    while (process.listenerCount("SIGINT") === others) await setImmediate();
    process.emit("SIGINT");
    const stderr = "mapcheck: interrupted before anything was written\n";
    expect(await running).toEqual({ status: 3, stdout: "", stderr });
    expect(await readdir(place)).toEqual([]);
    expect(process.listenerCount("SIGINT")).toBe(others);
  });

  test("is obeyed at any time before the suite is there, and changes nothing about it", async () => {
    const scope = smallScope(MEMORY_SET_HELLO);
    const whole = await conformanceSuite(scope, MEMORY_SET_HELLO, new Pace());
    let asked = 0;
    for (; asked < 1000; asked += 7) {
      const suite = await conformanceSuite(scope, MEMORY_SET_HELLO, new Stopping(asked));
      if (suite === undefined) continue;
      expect(suite).toEqual(whole);
      break;
    }
    expect(asked).toBeGreaterThan(2 * (whole?.states ?? 0));
    expect(asked).toBeLessThan(1000);
  });

  test("while files are written says how many there are, and the others can be written later", async () => {
    const suite = await conformanceSuite(smallScope(MEMORY_SET_HELLO), MEMORY_SET_HELLO, new Pace());
    if (suite === undefined) throw new Error("nobody stopped it");
    for (const [pace, saved] of [
      [new Stopping(3), 3],
      [new Pace(), suite.traces.length],
    ] as const) {
      const tally = newSuiteTally();
      expect(await exportSuite(place, suite, MEMORY_SET_HELLO, pace, tally)).toMatchObject({ ok: true });
      expect(tally.saved).toBe(saved);
      expect(await readdir(join(place, "memory-set"))).toHaveLength(saved);
    }
  });
});

test("who looks on sees how many states there are so far, and at the end how many traces", async () => {
  const tally = newSuiteTally();
  const seen = new Set<number>();
  class Watched extends Pace {
    override get turnIsOver(): boolean {
      seen.add(tally.states);
      return false;
    }
  }
  const suite = await conformanceSuite(smallScope(MEMORY_SET_HELLO), MEMORY_SET_HELLO, new Watched(), tally);
  const { states = 0, traces = [] } = suite ?? {};
  expect([...seen]).toEqual(Array.from({ length: states + 1 }, (_, index) => index));
  expect(tally).toEqual({ states, traces: traces.length, saved: 0 });
});
