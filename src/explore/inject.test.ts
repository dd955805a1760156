import { describe, expect, test } from "vitest";
import { Executor } from "../execute/executor.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { injectEverywhere } from "./inject.ts";
import { Pace } from "./pace.ts";

async function inject(subject: Subject, lines: readonly string[], pace = new Pace()) {
  const tally = { traces: 0, injected: 0 };
  const executor = new Executor(subject, SIXTEEN_PAGES);
  const found = await injectEverywhere(requestsIn(...lines), executor, pace, tally);
  return { found, tally };
}

const SV39 = addressSpaceSubject("sv39");

describe("counts every failure that fires", () => {
  test.each<[lines: string[], injected: number, why: string]>([
    [["map 0x0 0x2000 rw alloc:eager"], 5, "two frames for data, two for tables, one call of the backend"],
    [["map 0x0 0x2000 rw alloc:lazy"], 1, "one call of the backend"],
    [["map 0x0 0x2000 rw alloc:lazy", "fault 0x0 r"], 4, "a frame and two tables more"],
    [["map 0x0 0x2000 rw alloc:lazy", "fault 0x0 r", "fault 0x1000 w"], 5, "and a frame more"],
    [["map 0x0 0x2000 rw alloc:lazy", "areas", "clear"], 2, "one call of the backend each"],
    [["areas", "unmap 0x0 0x1000"], 0, "nothing to do"],
  ])("%j: %i, %s", async (lines, injected) => {
    expect(await inject(SV39, lines)).toEqual({ found: undefined, tally: { traces: 1, injected } });
  });

  test("on the memory-set surface too", async () => {
    const lines = ["map 0x0 0x2000 rw mock", "protect 0x1000 0x1000 r", "map 0x0 0x3000 r mock replace"];
    const { tally } = await inject(memorySetSubject(), lines);
    expect(tally).toEqual({ traces: 1, injected: 1 + 1 + 3 });
  });
});

test("leaves out the failures that the trace carries", async () => {
  const { tally } = await inject(SV39, ["map 0x0 0x2000 rw alloc:eager !frame=1", "clear !backend=0"]);
  expect(tally).toEqual({ traces: 1, injected: 5 + 1 });
});

test("finds what shows when a command fails, with the same command again behind it", async () => {
  const defect = findSubject("defect:failed-unmap-panics")?.subject;
  if (defect === undefined) throw new Error("there is no such defect");
  const { found, tally } = await inject(defect, ["map 0x1000 0x1000 r mock", "unmap 0x0 0x3000"]);
  expect(found?.finding).toMatchObject({ at: 1 });
  expect(linesOf(found?.requests ?? [])).toEqual([
    "map 0x1000 0x1000 r mock",
    "unmap 0x0 0x3000 !backend=0",
    "unmap 0x0 0x3000",
  ]);
  expect(tally.traces).toBe(0);
});

test("stops when it is asked to", async () => {
  const pace = new Pace();
  pace.stop();
  const { found, tally } = await inject(SV39, ["map 0x0 0x2000 rw alloc:eager"], pace);
  expect([found, tally]).toEqual([undefined, { traces: 0, injected: 0 }]);
});
