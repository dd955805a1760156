/**
 * A command that failed half-way may leave much behind, but not anything: every small state, every failed
 * command, and every state that could show afterwards, against the words of the contract. A page is a byte.
 */
import { describe, expect, test } from "vitest";
import { Judge } from "../src/execute/judge.ts";
import { virtAddr } from "../src/trace/address.ts";
import { ERRORS, OK } from "../src/trace/answer.ts";
import type { Finding } from "../src/trace/finding.ts";
import { linesOf } from "../src/trace/literal.fixture.ts";
import { Observation } from "../src/trace/observation.ts";
import type { Command } from "../src/trace/request.ts";
import { MEMORY_SET_HELLO } from "../src/trace/space.ts";
import { cellsOf, everyState, recordsOf, type SmallArea } from "./cells.fixture.ts";
import { BEGINS, FLAG_BITS } from "./page-records.ts";

const MOCK = { kind: "mock" } as const;
const INJECT = { kind: "backend", after: 0 } as const;
const R = 1;
const RW = 3;
const X = 4;
const RWX = 7;

interface Shown {
  readonly areas: readonly SmallArea[];
  readonly records: readonly number[];
  readonly observed: Observation;
}

function shown(areas: readonly SmallArea[], count: number, injected: number): Shown {
  const observed = new Observation();
  observed.injected = injected;
  for (const { start, end, flags } of areas) {
    observed.area(virtAddr(start), virtAddr(end), flags, "mock");
    for (let page = start; page < end; page++) observed.page(virtAddr(page), flags);
  }
  return { areas, records: recordsOf(areas, count), observed };
}

/** Has a judge see `command` answered and `after` shown, where the areas of `before` are. */
function judged(
  judge: Judge,
  before: readonly SmallArea[],
  command: Command,
  after: Shown,
): Finding | undefined {
  judge.reset();
  for (const { start, end, flags } of before) {
    judge.model.commit({
      op: "map",
      start: virtAddr(start),
      size: end - start,
      flags,
      backend: MOCK,
      replace: false,
    });
  }
  return judge.step(command, ERRORS.BadState, after.observed);
}

function judgeOf(pages: number, failure: "atomic" | "consistent"): Judge {
  const space = { base: virtAddr(0), size: pages, page: 1, frames: 0 };
  return new Judge({ space, hello: { ...MEMORY_SET_HELLO, failure } });
}

/** Every command about [from, to) that can fail half-way; for `clear` that range is all there is. */
function commandsFor(from: number, to: number, pages: number): readonly Command[] {
  const start = virtAddr(from);
  const size = to - from;
  const clear: Command[] = from === 0 && to === pages ? [{ op: "clear", inject: INJECT }] : [];
  return [
    { op: "unmap", start, size, inject: INJECT },
    { op: "map", start, size, flags: X, backend: MOCK, replace: true, inject: INJECT },
    { op: "protect", start, size, flags: R, inject: INJECT },
    { op: "protect", start, size, flags: X, inject: INJECT },
    ...clear,
  ];
}

/** A page that shows what it may not, or only begins an area, or doesn't, where it may not. */
interface Wrong {
  readonly page: number;
  readonly boundary: boolean;
}

/** What `after` shows that a failed command on [from, to) can't have left of `before`. */
function wrongIn(
  before: readonly number[],
  after: readonly number[],
  command: Command,
  from: number,
  to: number,
): Wrong[] {
  const changed = (page: number) => ((before[page] ?? 0) & ~BEGINS) !== ((after[page] ?? 0) & ~BEGINS);
  const done = (page: number) => {
    const [old, now] = [before[page] ?? 0, after[page] ?? 0];
    if (page < from || page >= to) return false;
    if (command.op !== "protect") return now === 0;
    return old !== 0 && now !== 0 && (now & FLAG_BITS) === ((old & FLAG_BITS & ~RWX) | command.flags);
  };
  return after.flatMap((record, page): Wrong[] => {
    if (changed(page) && !done(page)) return [{ page, boundary: false }];
    const neighbours = page > 0 && record !== 0 && after[page - 1] !== 0;
    const asBefore = !changed(page) && !changed(page - 1);
    const moved = ((record ^ (before[page] ?? 0)) & BEGINS) !== 0;
    return neighbours && asBefore && moved ? [{ page, boundary: true }] : [];
  });
}

/** Whether a finding that names `check` is one about these pages. Where a range ends is its own affair. */
function isRightCheck(check: string, wrong: readonly Wrong[], from: number, to: number): boolean {
  const inside = ({ page, boundary }: Wrong) => from <= page && (page < to || (page === to && boundary));
  return check === "failure" ? wrong.some(inside) : check === "outside" && !wrong.every(inside);
}

interface Tried {
  accepted: number;
  refused: number;
  /** Where judge and contract part. */
  readonly mistakes: string[];
}

/** Tries every command on the ranges with every state before and after. */
function tryAll(pages: number, ranges: readonly (readonly [number, number])[]): Tried {
  const judge = judgeOf(pages, "consistent");
  const afterwards = everyState(pages, [R, RW, X]).map((areas) => shown(areas, pages, 1));
  const tried: Tried = { accepted: 0, refused: 0, mistakes: [] };
  for (const before of everyState(pages, [R, RW])) {
    const records = recordsOf(before, pages);
    for (const [from, to] of ranges) {
      for (const command of commandsFor(from, to, pages)) {
        for (const after of afterwards) {
          const finding = judged(judge, before, command, after);
          const wrong = wrongIn(records, after.records, command, from, to);
          const known = after.records.every((record, page) => judge.model.pages.get(page) === record);
          const right = finding ? isRightCheck(finding.check, wrong, from, to) : wrong.length === 0 && known;
          if (finding) tried.refused++;
          else tried.accepted++;
          if (!right)
            tried.mistakes.push(
              `${linesOf([command])}: ${describeCase(before, after, pages)}: ${finding?.check}`,
            );
        }
      }
    }
  }
  return tried;
}

function describeCase(before: readonly SmallArea[], after: Shown, pages: number): string {
  const judge = judgeOf(pages, "consistent");
  const cells = [before, after.areas].map((areas) => {
    judged(judge, areas, { op: "clear" }, shown([], pages, 0));
    return cellsOf(judge.model.pages, pages);
  });
  return cells.join(" -> ");
}

describe("a failed command", () => {
  test("on any range of three pages", () => {
    const ranges = [0, 1, 2].flatMap((from) =>
      [1, 2, 3].flatMap((to) => (from < to ? [[from, to] as const] : [])),
    );
    expect(tryAll(3, ranges)).toEqual({ accepted: 3_006, refused: 90_269, mistakes: [] });
  });

  test("in the middle of four pages", () => {
    expect(tryAll(4, [[1, 3]])).toEqual({ accepted: 2_006, refused: 264_826, mistakes: [] });
  });

  test("that only adds has changed nothing", () => {
    const judge = judgeOf(3, "consistent");
    const map: Command = {
      op: "map",
      start: virtAddr(1),
      size: 1,
      flags: X,
      backend: MOCK,
      replace: false,
      inject: INJECT,
    };
    for (const before of everyState(3, [R, RW])) {
      const records = recordsOf(before, 3);
      if (records[1] !== 0) continue;
      const accepted = everyState(3, [R, RW, X]).filter(
        (areas) => !judged(judge, before, map, shown(areas, 3, 1)),
      );
      expect(accepted).toEqual([before]);
    }
  });

  test("of an atomic implementation has changed nothing", () => {
    const judge = judgeOf(3, "atomic");
    const afterwards = everyState(3, [R, RW, X]).map((areas) => shown(areas, 3, 1));
    for (const before of everyState(3, [R, RW])) {
      for (const command of commandsFor(0, 3, 3)) {
        const accepted = afterwards.filter((after) => judged(judge, before, command, after) === undefined);
        expect(accepted.map(({ areas }) => areas)).toEqual([before]);
      }
    }
  });

  test("is judged by where the model is after it, not before", () => {
    const judge = judgeOf(4, "consistent");
    const before = [{ start: 0, end: 4, flags: RW }];
    const left = [
      { start: 0, end: 1, flags: RW },
      { start: 3, end: 4, flags: RW },
    ];
    const unmap: Command = { op: "unmap", start: virtAddr(1), size: 2, inject: INJECT };
    expect(judged(judge, before, unmap, shown(left, 4, 1))).toBeUndefined();
    const protect: Command = { op: "protect", start: virtAddr(0), size: 4, flags: R };
    expect(
      judge.step(
        protect,
        OK,
        shown(
          left.map((area) => ({ ...area, flags: R })),
          4,
          0,
        ).observed,
      ),
    ).toBeUndefined();
  });
});
