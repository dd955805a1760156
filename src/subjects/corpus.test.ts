/** What is saved is sound, named after what it holds, and as small as it can be. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type CorpusEntry, entryId } from "../corpus/entry.ts";
import { loadDirectory } from "../corpus/load.ts";
import { InProcess } from "../execute/driver.ts";
import { Executor } from "../execute/executor.ts";
import { replayEntry } from "../explore/replay.ts";
import { compareTraces } from "../shrink/order.ts";
import { sameFinding } from "../shrink/same-finding.ts";
import { simplerTraces } from "../shrink/simpler.fixture.ts";
import { linesOf } from "../trace/literal.fixture.ts";
import { findMisfit } from "../trace/preconditions.ts";
import { memorySetSubject } from "./memory-set.ts";
import { findSubject } from "./registry.ts";
import type { Subject } from "./subject.ts";

const LOADED = await loadDirectory(fileURLToPath(new URL("../../corpus", import.meta.url)));
const SAVED = LOADED.flatMap((loaded) => (loaded.status === "entry" ? [loaded.entry] : []));
/** Known bugs are those of published systems, which are not here: `npm run test:adapters` replays them. */
const ENTRIES = SAVED.filter(({ status }) => status !== "known");

/** The traces with one thing simpler that show the same on `subject`. */
function simplerOnes({ requests, finding, space }: CorpusEntry, subject: Subject): string[] {
  const executor = new Executor(subject, space);
  if (finding === undefined) return [];
  const simpler = [...simplerTraces(requests, space.page)].filter((each) => {
    const fits = each.length > 0 && findMisfit(each, executor.terms) === undefined;
    const shown = fits && compareTraces(each, requests, space.page) < 0 ? executor.run(each) : undefined;
    return shown !== undefined && sameFinding({ requests, finding }, { requests: each, finding: shown });
  });
  return simpler.map((each) => linesOf(each).join("; "));
}

describe("the corpus", () => {
  test("has nothing but sound cases", () => {
    expect(LOADED.filter(({ status }) => status !== "entry")).toEqual([]);
  });

  test("is about subjects that there are", () => {
    const strangers = ENTRIES.filter(
      ({ implementation }) => implementation !== undefined && !findSubject(implementation),
    );
    expect(strangers.map(({ id }) => id)).toEqual([]);
  });

  test("says of known bugs whose they are, and what is wrong", () => {
    const known = SAVED.filter(({ status }) => status === "known");
    const unsaid = known.filter(
      ({ implementation, note }) => implementation === undefined || note === undefined,
    );
    expect(unsaid.map(({ id }) => id)).toEqual([]);
  });

  test("names its cases after what they hold", () => {
    for (const { id, surface, space, requests, finding } of SAVED) {
      if (finding) expect(id).toBe(entryId(surface, space, requests, finding));
    }
  });
});

function mapsGigabytes({ requests }: CorpusEntry): boolean {
  return requests.some((request) => request.op === "map" && request.size >= 2 ** 30);
}

describe("what was found can't be simpler", () => {
  // Trying thousands of traces with pages of 1 GiB takes minutes: the slow suite of these defects does.
  const found = ENTRIES.filter((entry) => entry.finding !== undefined && !mapsGigabytes(entry));

  test.each(found)("$id", async (entry) => {
    const subject = findSubject(entry.implementation ?? "")?.subject ?? memorySetSubject();
    const replay = await replayEntry(entry, new InProcess(subject));
    expect(replay).toMatchObject({ status: "finding", finding: entry.finding });
    expect(simplerOnes(entry, subject)).toEqual([]);
  });
});
