/** Planted defects, looked for by bounded checks: what the suites of both surfaces share. */
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { type ScopeOptions, scopeOf } from "../cli/scope-options.ts";
import { loadDirectory } from "../corpus/load.ts";
import { InProcess } from "../execute/driver.ts";
import { Executor } from "../execute/executor.ts";
import { Pace } from "../explore/pace.ts";
import { replayEntry } from "../explore/replay.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { soundOne } from "../subjects/planted.fixture.ts";
import { type NamedSubject, SUBJECTS } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import type { Surface } from "../trace/space.ts";
import { Check, type CheckResult } from "./check.ts";

const ENDLESS = Number.POSITIVE_INFINITY;

/** How many commands a sequence has where each is run by itself. */
const LENGTH = 3;

/** Where to look, in the options of the command line; what is left out is as it is there. */
export interface Place extends ScopeOptions {
  /** Whether every sequence of up to three commands is run by itself, and no two are taken for one state. */
  readonly paths?: boolean;
  /** Whether states are taken for one that differ by flags or by the end that is lower. */
  readonly symmetry?: boolean;
}

/** The planted defects of a surface. */
export function plantedOn(surface: Surface): readonly NamedSubject[] {
  return SUBJECTS.filter((each) => each.surface === surface && each.name.startsWith("defect:"));
}

/** Checks all that there is in a place. Throws where the options choose none. */
export function check(
  subject: Subject,
  { paths = false, symmetry = false, ...options }: Place,
): Promise<CheckResult> {
  const { hello } = subject;
  const scope = scopeOf(options, hello);
  if (!scope.ok) throw new Error(scope.error);
  const plan = {
    target: { name: hello.name, driver: new InProcess(subject) },
    scope: { ...scope.value, inject: scope.value.inject && !paths },
    bounds: { depth: paths ? LENGTH : ENDLESS, states: ENDLESS, seconds: ENDLESS },
    paths,
    symmetry,
    saveTo: undefined,
  };
  return new Check(plan, new Pace()).run();
}

/** The finding of the first place that has one. */
export async function findIn(
  subject: Subject,
  places: readonly Place[],
): Promise<SessionFinding | undefined> {
  for (const place of places) {
    const { finding, cut } = await check(subject, place);
    if (finding) return finding;
    expect(cut).toBeUndefined();
  }
  return undefined;
}

const SAVED = await loadDirectory(fileURLToPath(new URL("../../corpus", import.meta.url)));

/**
 * How many requests the shortest trace has that was found at random, shrunk and saved: one of its own, or else one that
 * it shares with another. Throws where there is none.
 */
async function shortestSaved({ name, surface, subject, killedBy }: NamedSubject): Promise<number> {
  const saved = SAVED.flatMap((loaded) => {
    return loaded.status === "entry" && loaded.entry.surface === surface ? [loaded.entry] : [];
  });
  const own = saved.filter(({ implementation, finding }) => implementation === name && finding !== undefined);
  const lengths = own.map(({ requests }) => requests.length);
  for (const entry of own.length > 0 ? [] : saved) {
    const replay = await replayEntry(entry, new InProcess(subject));
    if (replay.status === "finding" && replay.finding.check === killedBy) lengths.push(entry.requests.length);
  }
  if (lengths.length === 0) throw new Error(`no trace of ${name} is saved`);
  return Math.min(...lengths);
}

/**
 * Expects the first place that shows a defect to show it by the check that it names, in no more commands than the
 * shortest trace that is saved, to do so again, and the implementation without the defect to agree with that trace.
 */
export async function expectFound(defect: NamedSubject, places: readonly Place[]): Promise<void> {
  const { subject, killedBy } = defect;
  const found = await findIn(subject, places);
  if (found === undefined) throw new Error("nothing was found");
  const { finding, trace, space, shrunkFrom } = found;
  expect(found).toMatchObject({ finding: { check: killedBy, at: trace.length - 1 }, stable: true });
  const shortest = await shortestSaved(defect);
  expect(trace.length).toBeLessThanOrEqual(shortest);
  // Nor does it take shrinking to be that short.
  expect(shrunkFrom).toBeLessThanOrEqual(shortest);
  const requests = requestsIn(...trace);
  expect(new Executor(subject, space).run(requests)).toEqual(finding);
  expect(new Executor(soundOne(defect), space).run(requests)).toBeUndefined();
  expect(await findIn(subject, places)).toEqual(found);
}
