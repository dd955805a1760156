import { describe, expect, test } from "vitest";
import type { Finding } from "../trace/finding.ts";
import { linesOf, requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Request } from "../trace/request.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { compareTraces } from "./order.ts";
import { type Interruption, reduce } from "./reduce.ts";

const TERMS = { space: SIXTEEN_PAGES, hello: MEMORY_SET_HELLO };

const UNHURRIED: Interruption = { turnIsOver: false, stopped: false, breathe: async () => {} };

function findingAt(at: number, other: Partial<Finding> = {}): Finding {
  return {
    kind: "answer",
    check: "answer",
    at,
    expected: "ok",
    observed: "err BadState",
    answer: "BadState",
    ...other,
  };
}

/** A finding at the first request that `shows` one. */
function showing(shows: (request: Request, before: readonly Request[]) => boolean) {
  return (requests: readonly Request[]): Finding | undefined => {
    const at = requests.findIndex((request, index) => shows(request, requests.slice(0, index)));
    return at < 0 ? undefined : findingAt(at);
  };
}

async function reduced(lines: readonly string[], run: (requests: readonly Request[]) => Finding | undefined) {
  const requests = requestsIn(...lines);
  const finding = run(requests);
  if (finding === undefined) throw new Error("shows nothing to begin with");
  const { requests: left, ...rest } = await reduce({ requests, finding }, TERMS, run, UNHURRIED);
  return { lines: linesOf(left), ...rest };
}

describe("a counterexample", () => {
  test("ends with the request of the finding", async () => {
    const { lines, finding } = await reduced(
      ["areas", "clear", "find 0x0"],
      showing(({ op }) => op === "areas"),
    );
    expect([lines, finding.at]).toEqual([["areas"], 0]);
  });

  test("keeps what it needs, with the plainest arguments", async () => {
    const run = showing((request, before) => {
      const map = before.find(({ op }) => op === "map");
      return request.op === "protect" && map?.op === "map" && request.start > map.start && map.size >= 0x3000;
    });
    const { lines } = await reduced(
      [
        "clear",
        "map 0x2000 0x8000 rwu mock replace !backend=2",
        "areas",
        "protect 0x5000 0x4000 xd !backend=1",
        "clear",
      ],
      run,
    );
    expect(lines).toEqual(["map 0x0 0x3000 - mock", "protect 0x1000 0x0 -"]);
  });

  test("that is minimal already is left alone", async () => {
    let runs = 0;
    const { lines, executions } = await reduced(["clear !backend=0"], (requests) => {
      runs++;
      return showing((request) => request.op === "clear" && request.inject !== undefined)(requests);
    });
    expect(lines).toEqual(["clear !backend=0"]);
    expect(executions).toBe(runs - 1);
  });

  test("comes with the finding of the trace that is left", async () => {
    const run = (requests: readonly Request[]) => {
      const at = requests.findIndex(({ op }) => op === "find");
      return at < 0 ? undefined : findingAt(at, { observed: `after ${at}` });
    };
    const { lines, finding } = await reduced(["clear", "clear", "find 0x3000"], run);
    expect([lines, finding.observed]).toEqual([["find 0x0"], "after 0"]);
  });
});

describe("never slips to another finding", () => {
  test("while it shrinks", async () => {
    // A shorter trace fails as well, in another way.
    const run = (requests: readonly Request[]) => {
      const other =
        requests.length < 3 || requests.some((request) => request.op === "find" && request.addr === 0);
      return findingAt(requests.length - 1, { check: other ? "areas" : "answer" });
    };
    const { lines, finding } = await reduced(["clear", "unmap 0x1000 0x2000", "find 0x3000"], run);
    expect([lines, finding.check]).toEqual([
      ["map 0x0 0x0 - mock", "map 0x0 0x0 - mock", "find 0x1000"],
      "answer",
    ]);
  });
});

test("every trace that is taken is simpler than the one before", async () => {
  const taken: (readonly Request[])[] = [];
  const run = (requests: readonly Request[]) => {
    const finding = showing((request, before) => request.op === "clear" && before.length > 1)(requests);
    if (finding) taken.push(requests);
    return finding;
  };
  await reduced(
    ["map 0x2000 0x3000 rw mock", "find 0x2345", "protect 0x3000 0x1000 r", "clear !backend=3"],
    run,
  );
  expect(taken.length).toBeGreaterThan(3);
  for (const [index, requests] of taken.entries()) {
    const before = taken[index - 1];
    if (before) expect(compareTraces(requests, before, 0x1000)).toBeLessThan(0);
  }
});

describe("a search that is interrupted", () => {
  const LINES = ["clear", "clear", "map 0x2000 0x3000 rw mock", "find 0x2000"];
  const run = showing(({ op }) => op === "find");

  test("breathes when its turn is over, and ends with the simplest so far", async () => {
    let breaths = 0;
    const pace: Interruption = {
      get turnIsOver() {
        return true;
      },
      get stopped() {
        return breaths > 2;
      },
      breathe: async () => {
        breaths++;
      },
    };
    const requests = requestsIn(...LINES);
    const whole = await reduce({ requests, finding: findingAt(3) }, TERMS, run, UNHURRIED);
    const part = await reduce({ requests, finding: findingAt(3) }, TERMS, run, pace);
    expect(linesOf(whole.requests)).toEqual(["find 0x0"]);
    expect([breaths, part.executions]).toEqual([3, 2]);
    expect(run(part.requests)).toEqual(part.finding);
    expect(compareTraces(part.requests, requests, 0x1000)).toBeLessThan(0);
  });

  test("before it begins, ends with what was found", async () => {
    const requests = requestsIn(...LINES, "areas");
    const stopped = { ...UNHURRIED, stopped: true };
    const { requests: left, executions } = await reduce(
      { requests, finding: findingAt(3) },
      TERMS,
      run,
      stopped,
    );
    expect([linesOf(left), executions]).toEqual([LINES, 0]);
  });
});
