/** Every planted defect of the memory-set surface, looked for by a bounded check. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadDirectory } from "../corpus/load.ts";
import { InProcess } from "../execute/driver.ts";
import { Executor } from "../execute/executor.ts";
import { Pace } from "../explore/pace.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { SCOPE_COMMANDS, type Scope } from "../generate/scope.ts";
import type { MappingResult } from "../memory/error.ts";
import type { MockPageTable } from "../memory/mock.ts";
import { StackSet } from "../subjects/defects/defect.ts";
import { TrackingBackend } from "../subjects/defects/failing.ts";
import { type MockArea, memorySetSubject } from "../subjects/memory-set.ts";
import { STACK, SUBJECTS } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { EXECUTE, READ, WRITE } from "../trace/flags.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { Check, type CheckResult } from "./check.ts";

const ENDLESS = Number.POSITIVE_INFINITY;
const BOUNDS = { depth: ENDLESS, states: ENDLESS, seconds: ENDLESS };

/** How many pages there are, until a defect is found. */
const SIZES = [3, 4, 5];

/** The planted defects that no scope of so few pages finds, each with what it takes. The suites of the planted find them. */
const BEYOND: { readonly [name: string]: string } = {
  "defect:map-end-at-limit": "an area that ends where the address space does",
  "defect:clear-spares-upper-half": "an area in the upper half of the address space",
  "defect:unmap-overflow-cut-short": "a range that runs out of the address space",
  "defect:page-table-top-page-read-only": "the top of the address space",
  "defect:protect-drops-other-flags": "flags besides r, w and x",
  "defect:protect-zero-size-splits": "a size of 0",
  "defect:find-includes-end": "a query: find",
  "defect:stale-find-cache": "a query, find, and a state that doesn't show",
  "defect:find-free-ignores-limit": "a query: find-free",
  "defect:find-free-below-hint": "a query: find-free",
  "defect:find-free-inside-area": "a query: find-free",
  "defect:find-free-unaligned": "a query: find-free",
  "defect:injection-never-disarmed":
    "a state that doesn't show: no failure leads to a new state, and so none is in a path",
};

/** The planted defects that take a failure: with symmetry there are none. */
const FAILING = [
  "defect:protect-splits-before-call",
  "defect:failed-unmap-forgets-area",
  "defect:failed-clear-keeps-areas",
  "defect:failed-unmap-panics",
  "defect:failed-unmap-says-ok",
  "defect:failed-protect-half-done",
];

/** A check of all that a memory set of so many pages can be asked to do. */
function check(
  subject: Subject,
  pages: number,
  changes: Partial<Scope> = {},
  symmetry = false,
): Promise<CheckResult> {
  const { hello } = subject;
  const scope: Scope = {
    space: { base: virtAddr(0), size: pages * 0x1000, page: 0x1000, frames: 0 },
    flags: [READ, READ | WRITE],
    commands: SCOPE_COMMANDS.filter((name) => hello.commands.includes(name)),
    backends: hello.backends,
    inject: true,
    ...changes,
  };
  const target = { name: hello.name, driver: new InProcess(subject) };
  const plan = { target, scope, bounds: BOUNDS, paths: false, symmetry, saveTo: undefined };
  return new Check(plan, new Pace()).run();
}

/** The finding of the smallest scope that has one. */
async function findIn(subject: Subject): Promise<SessionFinding | undefined> {
  for (const pages of SIZES) {
    const { finding, cut } = await check(subject, pages);
    if (finding) return finding;
    expect(cut).toBeUndefined();
  }
  return undefined;
}

const SAVED = await loadDirectory(fileURLToPath(new URL("../../corpus", import.meta.url)));

/** How many requests the shortest trace has that was found at random and saved. */
function shortestSaved(name: string): number {
  const lengths = SAVED.flatMap((loaded) => {
    const saved = loaded.status === "entry" && loaded.entry.implementation === name;
    return saved && loaded.entry.finding ? [loaded.entry.requests.length] : [];
  });
  return Math.min(...lengths);
}

const PLANTED = SUBJECTS.filter(
  ({ name, surface }) => name.startsWith("defect:") && surface === "memory-set",
);

describe.each(PLANTED.filter(({ name }) => !Object.hasOwn(BEYOND, name)))("$name", (defect) => {
  const { name, subject, killedBy } = defect;

  test("is found by the check that it names, with no longer a trace than by chance, again and again", async () => {
    const found = await findIn(subject);
    if (found === undefined) throw new Error("nothing was found");
    expect(found).toMatchObject({ finding: { check: killedBy, at: found.trace.length - 1 }, stable: true });
    expect(found.trace.length).toBeLessThanOrEqual(shortestSaved(name));
    const requests = requestsIn(...found.trace);
    expect(new Executor(subject, found.space).run(requests)).toEqual(found.finding);
    expect(new Executor(STACK["memory-set"].subject, found.space).run(requests)).toBeUndefined();
  });
});

describe("with symmetry", () => {
  const found = PLANTED.filter(({ name }) => !Object.hasOwn(BEYOND, name) && !FAILING.includes(name));
  const without = { inject: false };

  test.each(found)("$name is found in no larger scope, with no longer a trace", async ({ subject }) => {
    for (const pages of SIZES) {
      const [all, merged] = [
        await check(subject, pages, without),
        await check(subject, pages, without, true),
      ];
      expect(merged.finding?.finding.check).toBe(all.finding?.finding.check);
      expect(merged.finding?.trace.length).toBe(all.finding?.trace.length);
      if (all.finding) return;
    }
    throw new Error("nothing was found");
  });

  test.each(PLANTED.filter(({ name }) => FAILING.includes(name)))(
    "$name is not found, as nothing fails",
    async ({ subject }) => {
      expect(await check(subject, 4, without, true)).toMatchObject({ finding: undefined, cut: undefined });
    },
  );

  test("is about defects that there are", () => {
    expect(FAILING.filter((each) => !PLANTED.some(({ name }) => name === each))).toEqual([]);
    expect(found.length).toBeGreaterThan(FAILING.length);
  });
});

describe("what takes more than a few pages", () => {
  test("is about defects that there are", () => {
    const names = new Set(PLANTED.map(({ name }) => name));
    expect(Object.keys(BEYOND).filter((name) => !names.has(name))).toEqual([]);
  });

  test.each(PLANTED.filter(({ name }) => Object.hasOwn(BEYOND, name)))(
    "is $name, which is not found",
    async ({ subject }) => {
      expect(await findIn(subject)).toBeUndefined();
    },
  );
});

/** Loses its first area when there are five. */
class FourAreasAtMost extends StackSet {
  override map(area: MockArea, pageTable: MockPageTable, unmapOverlap: boolean): MappingResult {
    const mapped = super.map(area, pageTable, unmapOverlap);
    const [first] = this;
    if (this.size === 5 && first) this.areas.delete(first.start);
    return mapped;
  }
}

test.each<[pages: number, commands: number]>([
  [3, 0],
  [4, 0],
  [5, 3],
])("a defect that takes five areas, within %i pages: a trace of %i commands", async (pages, commands) => {
  const subject = memorySetSubject({ set: () => new FourAreasAtMost() });
  const { finding, cut } = await check(subject, pages);
  expect([finding?.trace.length ?? 0, cut]).toEqual([commands, undefined]);
});

test("a backend with state of its own agrees as long as its clones share nothing", async () => {
  const subject = memorySetSubject({ backend: () => new TrackingBackend() });
  expect(await check(subject, 3)).toMatchObject({ finding: undefined, cut: undefined });
});

test("three kinds of flags within five pages: 2,089 states and 313,350 transitions", async () => {
  const { subject } = STACK["memory-set"];
  const commands = ["map", "replace", "unmap", "protect"] as const;
  const flags = [READ, READ | WRITE, READ | EXECUTE];
  expect(await check(subject, 5, { commands, flags, inject: false })).toMatchObject({
    finding: undefined,
    cut: undefined,
    states: 2_089,
    transitions: 313_350,
  });
});
