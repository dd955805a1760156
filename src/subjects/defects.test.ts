import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { CHECKS } from "../../properties/invariants.ts";
import type { CorpusEntry } from "../corpus/entry.ts";
import { loadDirectory } from "../corpus/load.ts";
import { InProcess } from "../execute/driver.ts";
import { replayEntry } from "../explore/replay.ts";
import { TrackingBackend } from "./defects/failing.ts";
import { memorySetSubject } from "./memory-set.ts";
import { STACK, SUBJECTS } from "./registry.ts";
import type { Subject } from "./subject.ts";

const CORPUS = fileURLToPath(new URL("../../corpus", import.meta.url));
const ENTRIES: readonly CorpusEntry[] = (await loadDirectory(CORPUS)).flatMap((loaded) => {
  return loaded.status === "entry" ? [loaded.entry] : [];
});
const PLANTED = SUBJECTS.filter(({ name }) => name.startsWith("defect:"));

/** The ids of the cases that don't agree on the subject that `subjectFor` has for them. */
async function differing(
  entries: readonly CorpusEntry[],
  subjectFor: (entry: CorpusEntry) => Subject,
): Promise<string[]> {
  const ids: string[] = [];
  for (const entry of entries) {
    const { status } = await replayEntry(entry, new InProcess(subjectFor(entry)));
    if (status !== "agree") ids.push(entry.id);
  }
  return ids;
}

/** Whether some case ends on the subject with a finding by that check. */
async function isShown(
  entries: readonly CorpusEntry[],
  subject: Subject,
  check: string | undefined,
): Promise<boolean> {
  for (const entry of entries) {
    const replay = await replayEntry(entry, new InProcess(subject));
    if (replay.status === "finding" && replay.finding.check === check) return true;
  }
  return false;
}

describe.each(PLANTED)("$name", ({ name, surface, subject, killedBy }) => {
  const entries = ENTRIES.filter(({ implementation }) => implementation === name);

  test("has a shrunk counterexample in the corpus, or shares one with another", async () => {
    const found = ENTRIES.filter((entry) => entry.surface === surface && entry.origin?.seed !== undefined);
    const shared = found.filter(({ implementation }) => implementation !== name);
    const isAmong = found.length > shared.length;
    expect(isAmong || (await isShown(shared, subject, killedBy))).toBe(true);
    expect(entries.every(({ origin }) => origin?.seed !== undefined)).toBe(true);
  });

  test.each(entries)("$id fails on it with the check that it names", async (entry) => {
    expect(await replayEntry(entry, new InProcess(subject))).toMatchObject({
      status: "finding",
      finding: { check: killedBy, at: entry.requests.length - 1 },
    });
  });
});

test("the stack agrees with every case of the corpus", async () => {
  expect(ENTRIES.length).toBeGreaterThanOrEqual(PLANTED.length);
  expect(await differing(ENTRIES, ({ surface }) => STACK[surface].subject)).toEqual([]);
});

test("no two subjects have one name", () => {
  expect(new Set(SUBJECTS.map(({ name }) => name)).size).toBe(SUBJECTS.length);
});

test("every check has a planted defect that it must catch", () => {
  const named = new Set(PLANTED.map(({ killedBy }) => killedBy));
  expect(Object.keys(CHECKS).filter((check) => !named.has(check))).toEqual([]);
});

test("a backend with state of its own agrees as long as its clones share nothing", async () => {
  const subject = memorySetSubject({ backend: () => new TrackingBackend() });
  const ofSurface = ENTRIES.filter(({ surface }) => surface === "memory-set");
  expect(await differing(ofSurface, () => subject)).toEqual([]);
});
