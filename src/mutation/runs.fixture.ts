/** The stack against the model: saved traces, random ones, every state of a small scope, and every single failure. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Check } from "../check/check.ts";
import { loadDirectory } from "../corpus/load.ts";
import { InProcess } from "../execute/driver.ts";
import { checkGoingBack } from "../execute/going-back.fixture.ts";
import { Ground } from "../explore/ground.ts";
import { injectEverywhere } from "../explore/inject.ts";
import { Pace } from "../explore/pace.ts";
import { replayEntry } from "../explore/replay.ts";
import { RunSeeds } from "../explore/seeds.ts";
import { standardSpaces } from "../explore/spaces.ts";
import type { Scope } from "../generate/scope.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { DEFAULT_FORMAT } from "../subjects/planted.ts";
import { STACK } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { FORMAT_NAMES } from "../trace/hardware.ts";
import { SIXTEEN_PAGES } from "../trace/literal.fixture.ts";

const CORPUS = await loadDirectory(fileURLToPath(new URL("../../corpus", import.meta.url)));
const ENDLESS = { depth: Infinity, states: Infinity, seconds: Infinity };

/** The longest traces, in requests. */
const LONG = 50;
const SHORT = 12;

/** A space that takes more than one word of the mock page table, and one whose frames run out. */
const MANY_PAGES = { ...SIXTEEN_PAGES, size: 0x80_000 };
const FEW_FRAMES = { ...SIXTEEN_PAGES, frames: 12 };

/** How many random traces a subject gets, how many shorter ones get every single failure, and how often it goes back. */
const MANY = { runs: 300, failing: 10, back: 10 };
const SOME = { runs: 40, failing: 4, back: 8 };
// What all formats share is noticed with one of them.
const FEW = { runs: 8, failing: 2, back: 2 };

const SUBJECTS = [
  { name: "a memory set", make: memorySetSubject, ...MANY, spaces: [SIXTEEN_PAGES, MANY_PAGES] },
  ...FORMAT_NAMES.map((format) => ({
    name: `an address space of ${format}`,
    make: () => addressSpaceSubject(format),
    ...(format === DEFAULT_FORMAT ? SOME : FEW),
    spaces: [SIXTEEN_PAGES, FEW_FRAMES],
  })),
];

function* randomTraces(subject: Subject, count: number, maxCommands: number) {
  const driver = new InProcess(subject);
  const grounds = standardSpaces(subject.hello).map((space) => new Ground(driver, space, maxCommands));
  const seeds = new RunSeeds("mutation");
  for (let run = 0; run < count; run++) {
    const ground = grounds[run % grounds.length];
    if (ground === undefined) throw new Error("there is no space");
    yield { ...ground, requests: ground.traces.generate(seeds.random(run), undefined).value };
  }
}

test("the stack agrees with every case of the corpus", async () => {
  for (const loaded of CORPUS) {
    if (loaded.status !== "entry") continue;
    const { entry } = loaded;
    const replay = await replayEntry(entry, new InProcess(STACK[entry.surface].subject));
    expect(replay, entry.id).toEqual({ status: "agree" });
  }
});

describe.each(SUBJECTS)("$name", ({ make, runs }) => {
  test("agrees on random traces", async () => {
    for (const { runner, requests } of randomTraces(make(), runs, LONG)) {
      expect(await runner.begin(requests)()).toBeUndefined();
    }
  });
});

test("three pages of a memory set agree in every state", async () => {
  const subject = memorySetSubject();
  const scope: Scope = {
    space: { base: virtAddr(0), size: 3 * 0x1000, page: 0x1000, frames: 0 },
    flags: [READ, READ | WRITE],
    commands: ["map", "replace", "unmap", "protect", "clear"],
    backends: ["mock"],
    inject: true,
  };
  const target = { name: "stack", driver: new InProcess(subject) };
  const plan = { target, scope, bounds: ENDLESS, paths: false, saveTo: undefined };
  expect(await new Check(plan, new Pace()).run()).toMatchObject({ finding: undefined, cut: undefined });
});

test("one page of an address space agrees in every state", async () => {
  const subject = addressSpaceSubject("x86-64");
  const scope: Scope = {
    space: { base: virtAddr(0), size: 0x1000, page: 0x1000, frames: 0 },
    flags: [NO_FLAGS, READ, READ | WRITE],
    commands: ["map", "replace", "unmap", "protect", "clear", "fault", "access", "store"],
    backends: subject.hello.backends,
    inject: true,
  };
  const target = { name: "stack", driver: new InProcess(subject) };
  const plan = { target, scope, bounds: ENDLESS, paths: false, saveTo: undefined };
  expect(await new Check(plan, new Pace()).run()).toMatchObject({ finding: undefined, cut: undefined });
});

describe.each(SUBJECTS)("$name", ({ make, failing, back, spaces }) => {
  test("agrees on every single failure of random traces", async () => {
    for (const { runner, requests } of randomTraces(make(), failing, SHORT)) {
      const tally = { traces: 0, injected: 0 };
      expect(await injectEverywhere(requests, runner, new Pace(), tally)).toBeUndefined();
    }
  });

  test("goes back to where it was", () => {
    for (const space of spaces) expect(checkGoingBack(make(), space, back)).toMatchObject({ failed: false });
  });
});
