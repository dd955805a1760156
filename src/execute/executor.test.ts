import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trace } from "../generate/trace.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { SUBJECTS } from "../subjects/registry.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { OK } from "../trace/answer.ts";
import { parseTrace } from "../trace/parse.ts";
import { printAnswer, printRequest } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import { MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import { Executor } from "./executor.ts";
import { Statistics } from "./statistics.ts";

const SPACE: Space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

function requests(text: string): Request[] {
  const parsed = parseTrace(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value.requests;
}

/** A set that is always empty, and does something else besides. */
function emptySet(instance: Partial<Instance>): Subject {
  return { hello: MEMORY_SET_HELLO, create: () => ({ apply: () => OK, observe: () => {}, ...instance }) };
}

test("an executor serves one run after another, each on a fresh instance", () => {
  const executor = new Executor(memorySetSubject(), SPACE);
  const statistics = new Statistics("memory-set");
  expect(executor.run(requests("map 0x0 0x1000 r mock\nareas"), statistics)).toBeUndefined();
  expect(executor.run(requests("map 0x0 0x1000 r mock"), statistics)).toBeUndefined();
  expect(statistics.requests).toBe(3);
});

test("whoever watches sees each request with its answer and the state after it", () => {
  const seen: string[] = [];
  new Executor(memorySetSubject(), SPACE).run(
    requests("map 0x0 0x1000 r mock\nunmap 0x0 0x1000"),
    undefined,
    (request, answer, observed) => {
      seen.push(
        `${printRequest(request)} => ${printAnswer(answer)}, ${observed.areaCount} areas, ${observed.pageCount} pages`,
      );
    },
  );
  expect(seen).toEqual([
    "map 0x0 0x1000 r mock => ok, 1 areas, 1 pages",
    "unmap 0x0 0x1000 => ok, 0 areas, 0 pages",
  ]);
});

test("a finding ends the run, and is watched too", () => {
  let watched = 0;
  const finding = new Executor(emptySet({}), SPACE).run(
    requests("clear\nmap 0x0 0x1000 r mock\nclear"),
    undefined,
    () => {
      watched++;
    },
  );
  expect(finding).toMatchObject({ check: "areas", at: 1, observed: "0x0 in no area" });
  expect(watched).toBe(2);
});

describe("an exception is a panic", () => {
  test.each<[where: string, subject: Subject, observed: string]>([
    [
      "when the instance is made",
      {
        hello: MEMORY_SET_HELLO,
        create: () => {
          throw new Error("not today");
        },
      },
      "Error: not today",
    ],
    [
      "while a request is carried out",
      emptySet({
        apply: () => {
          throw new RangeError("on\n two  lines\n");
        },
      }),
      "RangeError: on two lines",
    ],
    [
      "while the state is shown",
      emptySet({
        observe: () => {
          throw "no error at all";
        },
      }),
      "no error at all",
    ],
  ])("%s", (_where, subject, observed) => {
    const expected = {
      kind: "panic",
      check: "panic",
      at: 0,
      expected: "no panic",
      observed,
      answer: "panic",
    };
    expect(new Executor(subject, SPACE).run(requests("clear"))).toEqual(expected);
  });
});

describe("an instance that can be given up", () => {
  test("is, behind the last request, and what is left is judged", () => {
    const calls: string[] = [];
    const leaky = emptySet({
      apply: ({ op }) => {
        calls.push(op);
        return OK;
      },
      drop: (into) => {
        calls.push(`drop of ${into.areaCount} areas`);
        into.tableFrames = 2;
      },
    });
    expect(new Executor(leaky, SPACE).run(requests("clear\nunmap 0x0 0x1000"))).toMatchObject({
      check: "drop",
      at: 1,
      observed: "frames data=0 table=2",
    });
    expect(calls).toEqual(["clear", "unmap", "drop of 0 areas"]);
  });

  test("is not after a finding", () => {
    let dropped = false;
    const subject = emptySet({
      drop: () => {
        dropped = true;
      },
    });
    expect(new Executor(subject, SPACE).run(requests("map 0x0 0x1000 r mock"))?.check).toBe("areas");
    expect(dropped).toBe(false);
  });

  test("can panic", () => {
    const subject = emptySet({
      drop: () => {
        throw new Error("freed twice");
      },
    });
    expect(new Executor(subject, SPACE).run(requests("clear"))).toMatchObject({
      check: "panic",
      at: 0,
      observed: "Error: freed twice",
    });
    // Without a request there is none that it could be the finding of.
    expect(new Executor(subject, SPACE).run([])).toBeUndefined();
  });
});

test("a subject of which no instance can be made is watched too, and asked nothing", () => {
  const subject: Subject = {
    hello: MEMORY_SET_HELLO,
    create: () => {
      throw new Error("not today");
    },
  };
  const answers: string[] = [];
  const executor = new Executor(subject, SPACE);
  executor.run(requests("clear\nclear"), undefined, (_request, answer) => {
    answers.push(printAnswer(answer));
  });
  expect(answers).toEqual(["panic Error: not today"]);
  expect(executor.run([])).toBeUndefined();
});

test("an instance may have any other properties", () => {
  class Named implements Instance {
    readonly kind = "panic";
    readonly text = "none at all";
    apply = () => OK;
    observe = () => {};
  }
  const subject: Subject = { hello: MEMORY_SET_HELLO, create: () => new Named() };
  expect(new Executor(subject, SPACE).run(requests("clear"))).toBeUndefined();
});

describe("a run shows the same whatever ran before it", () => {
  test.each(SUBJECTS.map(({ name, subject }) => [name, subject] as const))("on %s", (_name, subject) => {
    const traces = fc.sample(trace(SPACE, { maxCommands: 20 }), { seed: 1, numRuns: 100 });
    const used = new Executor(subject, SPACE);
    const fresh = traces.map((generated) => new Executor(subject, SPACE).run(generated));
    expect(traces.map((generated) => used.run(generated))).toEqual(fresh);
    expect(traces.toReversed().map((generated) => used.run(generated))).toEqual(fresh.toReversed());
  });
});

test("who counts and who watches makes no difference", () => {
  const traces = fc.sample(trace(SPACE), { seed: 2, numRuns: 50 });
  const statistics = new Statistics("memory-set");
  let watched = 0;
  const executor = new Executor(memorySetSubject(), SPACE);
  const watch = () => {
    watched++;
  };
  for (const generated of traces) expect(executor.run(generated, statistics, watch)).toBeUndefined();
  const total = traces.reduce((sum, { length }) => sum + length, 0);
  expect([statistics.requests, watched]).toEqual([total, total]);
});
