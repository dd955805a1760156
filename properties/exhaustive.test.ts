/** The stack on every state of four pages, with every request about them and every failure in it. */
import { expect, test } from "vitest";
import { everyState } from "../models/cells.fixture.ts";
import { Executor } from "../src/execute/executor.ts";
import { Statistics } from "../src/execute/statistics.ts";
import { memorySetSubject } from "../src/subjects/memory-set.ts";
import { virtAddr } from "../src/trace/address.ts";
import { linesOf } from "../src/trace/literal.fixture.ts";
import type { Command, Query, Request } from "../src/trace/request.ts";
import { SOMETIMES } from "./sometimes.ts";

const PAGES = 4;
const R = 1;
const RW = 3;
const RU = 9;
const MOCK = { kind: "mock" } as const;
const SPACE = { base: virtAddr(0), size: PAGES, page: 1, frames: 0 };

const STATES = everyState(PAGES, [R, RW]).map((areas) =>
  areas.map(({ start, end, flags }): Request => {
    return { op: "map", start: virtAddr(start), size: end - start, flags, backend: MOCK, replace: false };
  }),
);

function* everyRange(): Generator<{ start: ReturnType<typeof virtAddr>; size: number }> {
  for (let from = 0; from <= PAGES; from++) {
    for (let to = from; to <= PAGES; to++) yield { start: virtAddr(from), size: to - from };
  }
}

function* everyCommand(): Generator<Command> {
  yield { op: "clear" };
  for (const range of everyRange()) {
    yield { op: "unmap", ...range };
    for (const flags of [R, RU]) {
      yield { op: "protect", ...range, flags };
      for (const replace of [false, true]) yield { op: "map", ...range, flags, backend: MOCK, replace };
    }
  }
}

/** Every command without a failure, and with one at each call that it could make and one further. */
function* everyInjectedCommand(): Generator<Command> {
  for (const command of everyCommand()) {
    yield command;
    for (let after = 0; after <= PAGES + 1; after++) yield { ...command, inject: { kind: "backend", after } };
  }
}

function* everyQuery(): Generator<Query> {
  yield { op: "areas" };
  yield { op: "pages" };
  yield { op: "injected" };
  for (const { start, size } of everyRange()) {
    yield { op: "find", addr: start };
    if (size > 0) yield { op: "overlaps", start, size };
    const limit = { start, end: virtAddr(start + size) };
    for (const align of [1, 2]) {
      for (let hint = 0; hint <= PAGES; hint++) {
        yield { op: "find-free", hint: virtAddr(hint), size: align, limit, align };
      }
    }
  }
}

/** What the stack gets wrong, each trace as a line. */
function findingsOf(requests: Iterable<Request>, statistics: Statistics): string[] {
  const executor = new Executor(memorySetSubject(), SPACE);
  const found: string[] = [];
  for (const request of requests) {
    for (const state of STATES) {
      const trace = [...state, request];
      const finding = executor.run(trace, statistics);
      if (finding) found.push(`${linesOf(trace).join("; ")}: ${finding.expected}, not ${finding.observed}`);
    }
  }
  return found;
}

test("every command agrees", () => {
  const statistics = new Statistics("memory-set");
  expect(findingsOf(everyInjectedCommand(), statistics)).toEqual([]);
  const unmet = statistics.sometimes().filter(({ count }) => count === 0);
  const others = SOMETIMES["memory-set"].filter(
    (name) => name.startsWith("find-free") || name.startsWith("a range that"),
  );
  expect(unmet.map(({ name }) => name)).toEqual(others);
});

test("every query agrees", () => {
  const statistics = new Statistics("memory-set");
  expect(findingsOf(everyQuery(), statistics)).toEqual([]);
  expect(
    statistics
      .answerTable()
      .flatMap(({ op, answers }) => Object.keys(answers).map((name) => `${op} ${name}`)),
  ).toEqual([
    "map ok",
    "areas value",
    "pages value",
    "injected value",
    "find none",
    "find value",
    "overlaps true",
    "overlaps false",
    "find-free none",
    "find-free value",
  ]);
});
