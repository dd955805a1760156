/**
 * A command that failed half-way may leave much behind, but not anything: every small state, every failed
 * command, and every state that could show afterwards, against the words of the contract, on both surfaces.
 */
import { describe, expect, test } from "vitest";
import { AddressSpaceJudge } from "../src/execute/address-space-judge.ts";
import { MemorySetJudge } from "../src/execute/memory-set-judge.ts";
import { physAddr, virtAddr } from "../src/trace/address.ts";
import { ADDRESS_SPACE_HELLO } from "../src/trace/address-space.fixture.ts";
import { ERRORS, OK } from "../src/trace/answer.ts";
import type { Finding } from "../src/trace/finding.ts";
import { linesOf } from "../src/trace/literal.fixture.ts";
import { Observation } from "../src/trace/observation.ts";
import type { Backend, Command } from "../src/trace/request.ts";
import { MEMORY_SET_HELLO } from "../src/trace/space.ts";
import { everyState, recordsOf, type SmallArea } from "./cells.fixture.ts";
import { BEGINS, FLAG_BITS } from "./page-records.ts";

const INJECT = { kind: "backend", after: 0 } as const;
const R = 1;
const RW = 3;
const X = 4;
const RWX = 7;

type Failure = "atomic" | "consistent";

/** Where all of it is tried. */
interface Ground {
  /** Bytes in a page. */
  readonly page: number;
  readonly backend: Backend;
  readonly judge: (pages: number, failure: Failure) => MemorySetJudge | AddressSpaceJudge;
}

const SETS: Ground = {
  page: 1,
  backend: { kind: "mock" },
  judge: (pages, failure) => {
    const space = { base: virtAddr(0), size: pages, page: 1, frames: 0 };
    return new MemorySetJudge({ space, hello: { ...MEMORY_SET_HELLO, failure } });
  },
};

const SPACES: Ground = {
  page: 64,
  backend: { kind: "alloc:eager" },
  judge: (pages, failure) => {
    const space = { base: virtAddr(0), size: pages * 64, page: 64, frames: 0 };
    return new AddressSpaceJudge({ space, hello: { ...ADDRESS_SPACE_HELLO, failure } });
  },
};

interface Shown {
  readonly areas: readonly SmallArea[];
  readonly records: readonly number[];
  readonly observed: Observation;
}

function shown(areas: readonly SmallArea[], count: number, injected: number, ground: Ground): Shown {
  const { page: size, backend } = ground;
  const observed = new Observation();
  observed.injected = injected;
  for (const { start, end, flags } of areas) {
    observed.area(virtAddr(start * size), virtAddr(end * size), flags, backend.kind);
    for (let page = start; page < end; page++) {
      const frame = backend.kind === "mock" ? undefined : physAddr(0x8000 + page * size);
      observed.page(virtAddr(page * size), flags, frame);
    }
  }
  return { areas, records: recordsOf(areas, count), observed };
}

/** Has a judge see `command` answered and `after` shown, where the areas of `before` are. */
function judged(
  judge: MemorySetJudge | AddressSpaceJudge,
  before: readonly SmallArea[],
  command: Command,
  after: Shown,
  { page, backend }: Ground,
): Finding | undefined {
  judge.reset();
  for (const { start, end, flags } of before) {
    judge.model.commit({
      op: "map",
      start: virtAddr(start * page),
      size: (end - start) * page,
      flags,
      backend,
      replace: false,
    });
  }
  return judge.step(command, ERRORS.BadState, after.observed);
}

/** Every command about [from, to) that can fail half-way; for `clear` that range is all there is. */
function commandsFor(from: number, to: number, pages: number, { page, backend }: Ground): readonly Command[] {
  const start = virtAddr(from * page);
  const size = (to - from) * page;
  const clear: Command[] = from === 0 && to === pages ? [{ op: "clear", inject: INJECT }] : [];
  return [
    { op: "unmap", start, size, inject: INJECT },
    { op: "map", start, size, flags: X, backend, replace: true, inject: INJECT },
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
function tryAll(pages: number, ranges: readonly (readonly [number, number])[], ground: Ground): Tried {
  const judge = ground.judge(pages, "consistent");
  const afterwards = everyState(pages, [R, RW, X]).map((areas) => shown(areas, pages, 1, ground));
  const tried: Tried = { accepted: 0, refused: 0, mistakes: [] };
  for (const before of everyState(pages, [R, RW])) {
    const records = recordsOf(before, pages);
    for (const [from, to] of ranges) {
      for (const command of commandsFor(from, to, pages, ground)) {
        for (const after of afterwards) {
          const finding = judged(judge, before, command, after, ground);
          const wrong = wrongIn(records, after.records, command, from, to);
          const right = finding
            ? isRightCheck(finding.check, wrong, from, to)
            : wrong.length === 0 && isKnown(judge, after, ground);
          if (finding) tried.refused++;
          else tried.accepted++;
          if (!right && tried.mistakes.length < 9)
            tried.mistakes.push(
              `${linesOf([command])}: ${areasText(before)} -> ${areasText(after.areas)}: ${finding?.check}`,
            );
        }
      }
    }
  }
  return tried;
}

/** Whether the model of the judge has the areas that were shown. */
function isKnown(judge: MemorySetJudge | AddressSpaceJudge, after: Shown, { page }: Ground): boolean {
  const known = judge.model.areas();
  return (
    known.length === after.areas.length &&
    after.areas.every(({ start, end, flags }, index) => {
      const area = known[index];
      return area?.start === start * page && area.end === end * page && area.flags === flags;
    })
  );
}

function areasText(areas: readonly SmallArea[]): string {
  return areas.map(({ start, end, flags }) => `${start}-${end}:${flags}`).join(" ") || "none";
}

describe.each([
  ["memory-set", SETS],
  ["address-space", SPACES],
])("a failed command on the %s surface", (_surface, ground) => {
  test("on any range of three pages", () => {
    const ranges = [0, 1, 2].flatMap((from) =>
      [1, 2, 3].flatMap((to) => (from < to ? [[from, to] as const] : [])),
    );
    expect(tryAll(3, ranges, ground)).toEqual({ accepted: 3_006, refused: 90_269, mistakes: [] });
  }, 60_000);

  test("in the middle of four pages", () => {
    expect(tryAll(4, [[1, 3]], ground)).toEqual({ accepted: 2_006, refused: 264_826, mistakes: [] });
  }, 60_000);

  test("that only adds has changed nothing", () => {
    const judge = ground.judge(3, "consistent");
    const map: Command = {
      op: "map",
      start: virtAddr(ground.page),
      size: ground.page,
      flags: X,
      backend: ground.backend,
      replace: false,
      inject: INJECT,
    };
    for (const before of everyState(3, [R, RW])) {
      const records = recordsOf(before, 3);
      if (records[1] !== 0) continue;
      const accepted = everyState(3, [R, RW, X]).filter(
        (areas) => !judged(judge, before, map, shown(areas, 3, 1, ground), ground),
      );
      expect(accepted).toEqual([before]);
    }
  });

  test("of an atomic implementation has changed nothing", () => {
    const judge = ground.judge(3, "atomic");
    const afterwards = everyState(3, [R, RW, X]).map((areas) => shown(areas, 3, 1, ground));
    for (const before of everyState(3, [R, RW])) {
      for (const command of commandsFor(0, 3, 3, ground)) {
        const accepted = afterwards.filter(
          (after) => judged(judge, before, command, after, ground) === undefined,
        );
        expect(accepted.map(({ areas }) => areas)).toEqual([before]);
      }
    }
  });

  test("is judged by where the model is after it, not before", () => {
    const judge = ground.judge(4, "consistent");
    const before = [{ start: 0, end: 4, flags: RW }];
    const left = [
      { start: 0, end: 1, flags: RW },
      { start: 3, end: 4, flags: RW },
    ];
    const { page } = ground;
    const unmap: Command = { op: "unmap", start: virtAddr(page), size: 2 * page, inject: INJECT };
    expect(judged(judge, before, unmap, shown(left, 4, 1, ground), ground)).toBeUndefined();
    const protect: Command = { op: "protect", start: virtAddr(0), size: 4 * page, flags: R };
    const readable = left.map((area) => ({ ...area, flags: R }));
    expect(judge.step(protect, OK, shown(readable, 4, 0, ground).observed)).toBeUndefined();
  });
});
