import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { parseAnswer, parseTrace } from "../trace/parse.ts";
import { printRequest } from "../trace/print.ts";
import type { Hello } from "../trace/space.ts";
import { type RecordedReplay, type Replay, type Replayable, recordReplay, replayEntry } from "./replay.ts";

const STACK = memorySetSubject();

function defect(name: string): Subject {
  const found = findSubject(`defect:${name}`);
  if (found === undefined) throw new Error(`there is no defect ${name}`);
  return found.subject;
}

const SMALL = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

/** A case in a space of 16 pages of 4 KiB, with the answers that it demands. */
function caseOf(lines: readonly string[], answerLines?: readonly string[]): Replayable {
  const trace = parseTrace(lines.join("\n"));
  if (!trace.ok) throw new Error(trace.error.message);
  const { requests } = trace.value;
  const answers = answerLines?.map((line, at) => {
    const request = requests[at];
    const answer = request && parseAnswer(line, request);
    if (!answer?.ok) throw new Error(`no answer: ${line}`);
    return answer.value;
  });
  return { surface: "memory-set", space: SMALL, requests, ...(answers && { answers }) };
}

const HOLE = caseOf(["map 0x0 0x3000 rw mock", "unmap 0x1000 0x1000", "areas"]);

function replayOn(entry: Replayable, subject: Subject): Promise<Replay> {
  return replayEntry(entry, new InProcess(subject));
}

function recordOn(entry: Replayable, subject: Subject): Promise<RecordedReplay> {
  return recordReplay(entry, new InProcess(subject));
}

test("a case that agrees", async () => {
  expect(await replayOn(HOLE, STACK)).toEqual({ status: "agree" });
});

test("a finding comes with the state that the model has", async () => {
  expect(await replayOn(HOLE, defect("unmap-loses-right-part"))).toEqual({
    status: "finding",
    from: "model",
    finding: {
      kind: "invariant",
      check: "outside",
      at: 1,
      expected: "0x2000 in 0x2000-0x3000 rw mock",
      observed: "0x2000 in no area",
      answer: "ok",
    },
    model: {
      areas: [
        { start: 0, end: 0x1000, flags: 3, backend: "mock" },
        { start: 0x2000, end: 0x3000, flags: 3, backend: "mock" },
      ],
      pages: [
        { start: 0, end: 0x1000, flags: 3 },
        { start: 0x2000, end: 0x3000, flags: 3 },
      ],
    },
  });
});

describe("the state that the contract wants after the request of the finding", () => {
  test("of a command that was refused, and shouldn't be: its effect", async () => {
    const replay = await replayOn(
      caseOf(["map 0x0 0x1000 r mock", "map 0x1000 0x1000 r mock"]),
      defect("touching-overlaps"),
    );
    expect(replay).toMatchObject({
      finding: { kind: "answer", expected: "ok", observed: "err AlreadyExists" },
      model: { areas: [{ start: 0 }, { start: 0x1000 }] },
    });
  });

  test("of a command that was carried out, and should be refused: nothing", async () => {
    const replay = await replayOn(caseOf(["map 0xffffffffff000 0x1000 r mock"]), defect("map-end-at-limit"));
    expect(replay).toMatchObject({
      finding: { kind: "answer", expected: "err InvalidParam" },
      model: { areas: [], pages: [] },
    });
  });

  test("of a command that panics: its effect", async () => {
    const lines = ["map 0x1000 0x1000 r mock", "map 0x0 0x2000 w mock replace !backend=0"];
    const replay = await replayOn(caseOf(lines), defect("failed-unmap-panics"));
    expect(replay).toMatchObject({
      finding: { kind: "panic" },
      model: { areas: [{ start: 0, end: 0x2000 }] },
    });
  });

  test("of a command in which an injection fired that it doesn't carry: its effect", async () => {
    const firing: Subject = {
      hello: STACK.hello,
      create: (space) => {
        const instance = STACK.create(space);
        return {
          apply: (request) => instance.apply(request),
          observe: (into) => {
            instance.observe(into);
            into.injected = 1;
          },
        };
      },
    };
    expect(await replayOn(HOLE, firing)).toMatchObject({
      finding: { check: "injected", at: 0 },
      model: { areas: [{ start: 0, end: 0x3000 }] },
    });
  });

  test("of a query: what was there", async () => {
    const replay = await replayOn(
      caseOf(["map 0x0 0x1000 r mock", "find 0x1000"]),
      defect("find-includes-end"),
    );
    expect(replay).toMatchObject({ finding: { kind: "answer", at: 1 }, model: { areas: [{ start: 0 }] } });
  });

  test("of a command that was carried out once: its effect, once", async () => {
    const lines = ["map 0x0 0x3000 r mock", "protect 0x0 0x1000 w"];
    const replay = await replayOn(caseOf(lines), defect("protect-right-part-too"));
    expect(replay).toMatchObject({
      finding: { kind: "invariant" },
      model: { areas: [{ flags: 2 }, { flags: 1, start: 0x1000, end: 0x3000 }] },
    });
  });
});

describe("answers that the case demands", () => {
  const lines = ["map 0x0 0x1000 r mock", "find 0x0", "find 0x1000"];
  const right = ["ok", "ok 0x0-0x1000 r mock", "ok none"];

  test("hold", async () => {
    expect(await replayOn(caseOf(lines, right), STACK)).toEqual({ status: "agree" });
  });

  test("are a finding where they don't, though model and implementation agree", async () => {
    const entry = caseOf(lines, ["ok", "ok none", "ok none"]);
    expect(await replayOn(entry, STACK)).toMatchObject({
      status: "finding",
      from: "answers",
      finding: {
        kind: "answer",
        check: "answer",
        at: 1,
        expected: "ok none",
        observed: "ok 0x0-0x1000 r mock",
        answer: "value",
      },
      model: { areas: [{ start: 0, end: 0x1000 }] },
    });
  });

  test("end the replay at the first that doesn't, before later findings and with the model of that moment", async () => {
    const entry = caseOf(
      ["map 0x0 0x3000 r mock", "find 0x0", "unmap 0x1000 0x1000"],
      ["ok", "ok none", "ok"],
    );
    const { replay, steps } = await recordOn(entry, defect("unmap-loses-right-part"));
    expect(replay).toMatchObject({
      from: "answers",
      finding: { at: 1 },
      model: { areas: [{ start: 0, end: 0x3000 }] },
    });
    expect(steps.length).toBe(2);
  });

  test("come after what the contract says of the same request", async () => {
    const entry = caseOf(lines, [...right.slice(0, 2), "ok 0x1000-0x2000 r mock"]);
    expect(await replayOn(entry, defect("find-includes-end"))).toMatchObject({
      from: "model",
      finding: { at: 2 },
    });
  });
});

describe("a stale case is not run", () => {
  const never: Subject = {
    hello: STACK.hello,
    create: () => {
      throw new Error("was run");
    },
  };

  test("a request that breaks a precondition", async () => {
    const entry = caseOf(["map 0x0 0x1000 r mock", "unmap 0x80 0x1000"]);
    expect(await replayOn(entry, never)).toMatchObject({
      status: "stale",
      at: 1,
      reason: expect.stringContaining("multiple of the page"),
      remedy: "correct the line, or delete the case",
    });
  });

  test("a space that is not sound", async () => {
    const entry = { ...HOLE, space: { ...HOLE.space, page: 0x1800 } };
    expect(await replayOn(entry, never)).toMatchObject({
      status: "stale",
      reason: "the space is not sound: the page size must be a power of two",
    });
  });

  test("a case of the other surface, which is sound all the same", async () => {
    expect(await replayOn({ ...HOLE, surface: "address-space" }, never)).toEqual({
      status: "unsuited",
      reason: "the case is about the address-space surface and memory-set offers memory-set",
    });
  });

  test("a case with wider addresses than the implementation has", async () => {
    const space = { ...SMALL, base: virtAddr(2 ** 40) };
    const entry = {
      ...caseOf(["map 0x10000000000 0x1000 r alloc:lazy"]),
      surface: "address-space",
      space,
    } as const;
    const { hello } = addressSpaceSubject("sv39");
    expect(await replayOn(entry, { ...never, hello })).toMatchObject({
      status: "unsuited",
      reason: expect.stringContaining("address-space/sv39 can't be asked this"),
    });
    expect(await replayOn(entry, addressSpaceSubject("sv48"))).toEqual({ status: "agree" });
  });

  test("a case with a limit of frames, for an implementation that doesn't count them", async () => {
    const space = { ...SMALL, frames: 16 };
    const entry = { ...caseOf(["map 0x0 0x1000 r alloc:lazy"]), surface: "address-space", space } as const;
    const { hello } = addressSpaceSubject("x86-64");
    const uncounted = { ...hello, queries: hello.queries.filter((query) => query !== "frames") };
    expect(await replayOn(entry, { ...never, hello: uncounted })).toMatchObject({
      status: "unsuited",
      reason: expect.stringContaining("they aren't counted"),
    });
    expect(await replayOn(entry, addressSpaceSubject("x86-64"))).toEqual({ status: "agree" });
  });

  test("a case that was given up, but not one that waits to be mended", async () => {
    expect(await replayOn({ ...HOLE, status: "stale" }, never)).toMatchObject({ status: "stale" });
    expect(await replayOn({ ...HOLE, status: "known" }, STACK)).toEqual({ status: "agree" });
  });

  test("nothing is recorded of it", async () => {
    expect((await recordOn({ ...HOLE, status: "stale" }, never)).steps).toEqual([]);
  });
});

describe("a record", () => {
  test("holds every step with the state before and after it", async () => {
    const { replay, steps } = await recordOn(HOLE, STACK);
    expect(replay.status).toBe("agree");
    expect(steps.map(({ request }) => printRequest(request))).toEqual([
      "map 0x0 0x3000 rw mock",
      "unmap 0x1000 0x1000",
      "areas",
    ]);
    expect(steps.map(({ before }) => before.areas.length)).toEqual([0, 1, 2]);
    expect(steps.map(({ after }) => after?.areas.length)).toEqual([1, 2, 2]);
    expect(steps[1]?.answer).toEqual({ kind: "ok" });
  });

  test("says how many injected failures fired", async () => {
    const entry = caseOf(["map 0x0 0x1000 r mock !backend=0", "map 0x0 0x1000 r mock"]);
    expect((await recordOn(entry, STACK)).steps.map(({ injected }) => injected)).toEqual([1, 0]);
  });

  test("ends with the finding; a panic leaves nothing to observe", async () => {
    const never: Subject = {
      hello: STACK.hello,
      create: () => {
        throw new Error("no memory");
      },
    };
    const { replay, steps } = await recordOn(HOLE, never);
    expect(replay).toMatchObject({ finding: { kind: "panic", observed: "Error: no memory" } });
    expect(steps.length).toBe(1);
    expect(steps[0]).not.toHaveProperty("after");
  });
});

describe("a case that an implementation can't be asked, as it hasn't declared what that takes, is unsuited:", () => {
  function declaring(changes: Partial<Hello>): Subject {
    const create = (): never => {
      throw new Error("it was run");
    };
    return { hello: { ...STACK.hello, name: "few", ...changes }, create };
  }

  test.each<[what: string, line: string, changes: Partial<Hello>, reason: string]>([
    ["a command", "unmap 0x0 0x1000", { commands: ["map"] }, "the implementation doesn't offer this"],
    [
      "replace",
      "map 0x0 0x1000 r mock replace",
      { commands: ["map"] },
      "the implementation doesn't offer this",
    ],
    ["a query", "find 0x0", { queries: ["areas"] }, "the implementation doesn't offer this"],
    [
      "a flag",
      "map 0x0 0x1000 rwu mock",
      { flags: 7 },
      "a flag is not among those that the implementation knows",
    ],
    ["a failure", "clear !backend=0", { inject: [] }, "the implementation can't inject this kind of failure"],
    [
      "an address",
      "find 0x1000000000000",
      { addrBits: 48 },
      "an address lies beyond the width of the implementation's addresses",
    ],
  ])("%s", async (_what, line, changes, reason) => {
    const entry = caseOf(["map 0x0 0x1000 r mock", line]);
    expect(await replayOn(entry, STACK)).toEqual({ status: "agree" });
    expect(await replayOn(entry, declaring(changes))).toEqual({
      status: "unsuited",
      reason: `few can't be asked this: ${reason}`,
    });
  });

  test("what no implementation can be asked is stale all the same", async () => {
    const few = declaring({ commands: ["map"] });
    expect(await replayOn(caseOf(["clear", "unmap 0x1 0x1"]), few)).toMatchObject({ status: "stale" });
  });
});
