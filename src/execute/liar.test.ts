/** Implementations that show what can't be: each is a finding, soon, whatever nonsense it is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trace } from "../generate/trace.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { Observation } from "../trace/observation.ts";
import { MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import { Executor } from "./executor.ts";

/** Changes what the stack would have shown. */
type Lie = (observed: Observation) => void;

/** The stack, but for what it shows after the request with index `at`. */
function liar(lie: Lie, at: number): Subject {
  const stack = memorySetSubject();
  return {
    hello: stack.hello,
    create: (space) => {
      const instance = stack.create(space);
      let step = 0;
      return {
        apply: (request) => instance.apply(request),
        observe: (into) => {
          instance.observe(into);
          if (step++ === at) lie(into);
        },
      };
    },
  };
}

/** Two areas of two pages with a hole between them, and a third behind them; then a command and a query. */
const TRACE = ["map 0x1 0x2 rw mock", "map 0x4 0x2 r mock", "map 0x6 0x1 rx mock", "protect 0x4 0x2 r", "areas"];

/** Small pages, so that the numbers of pages are the largest that there can be; and pages of 4 KiB. */
const SPACES: readonly Space[] = [{ base: virtAddr(0), size: 16, page: 1, frames: 0 }, SIXTEEN_PAGES];

/** What the lie is caught by, told after the request with this index. */
function caught(lie: Lie, at: number, space: Space): string | undefined {
  const scaled = TRACE.map((line) => line.replaceAll(/0x(\d)/g, (_, pages) => `0x${(Number(pages) * space.page).toString(16)}`));
  const finding = new Executor(liar(lie, at), space).run(requestsIn(...scaled));
  expect(finding?.at).toBe(finding && at);
  return finding?.check;
}

const MANY = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 53];

const AREA_LIES: Readonly<Record<string, Lie>> = {
  "starts at no number": (o) => void (o.areaStarts[0] = Number.NaN),
  "ends at no number": (o) => void (o.areaEnds[0] = Number.NaN),
  "starts below 0": (o) => void (o.areaStarts[0] = -o.areaEnds[0]!),
};

describe("nonsense", () => {
  void AREA_LIES;
  void MANY;
  void caught;
  void fc;
  void trace;
  void MEMORY_SET_HELLO;
  void SPACES;
  test("x", () => {});
});
