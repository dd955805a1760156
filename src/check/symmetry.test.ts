import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { type Judge, judgeFor } from "../execute/judge.ts";
import { Pace } from "../explore/pace.ts";
import { commandsOf, SCOPE_COMMANDS, type Scope } from "../generate/scope.ts";
import { findSubject, STACK } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import { EXECUTE, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { aloneOn, Check, type CheckPlan, type CheckResult } from "./check.ts";
import type { Crew } from "./crew.ts";
import { Symmetric } from "./symmetry.ts";
import {
  BASE,
  type Cells,
  countByBurnside,
  everyState,
  everyTurn,
  PAGE,
  scopeOf,
  turned,
} from "./turns.fixture.ts";

const TWO = [READ, READ | WRITE];
const THREE = [READ, READ | WRITE, READ | EXECUTE];

const ENDLESS = Number.POSITIVE_INFINITY;
const BOUNDS = { depth: ENDLESS, states: ENDLESS, seconds: ENDLESS };

function check(
  scope: Scope,
  symmetry: boolean,
  subject: Subject = STACK["memory-set"].subject,
  parts: Partial<CheckPlan> = {},
): Promise<CheckResult> {
  const target = { name: "mine", driver: new InProcess(subject) };
  const plan = { target, scope, bounds: BOUNDS, paths: false, symmetry, saveTo: undefined, ...parts };
  return new Check(plan, new Pace()).run();
}

/** What is to be found of a result, whoever works on it. */
function outcomeOf({ states, transitions, depth, frontier, cut, finding, never }: CheckResult) {
  return { states, transitions, depth, frontier, cut, never, trace: finding?.trace, found: finding?.finding };
}

describe("the states of a scope, and how many there are up to symmetry", () => {
  test.each<[pages: number, flags: readonly number[], states: number, classes: number]>([
    [3, TWO, 41, 14],
    [4, TWO, 153, 46],
    [5, TWO, 571, 156],
    [3, THREE, 91, 15],
    [4, THREE, 436, 54],
    [5, THREE, 2_089, 215],
  ])("%i pages, flags %j: %i and %i", async (pages, flags, states, classes) => {
    expect(everyState(pages, flags.length).length).toBe(states);
    expect(countByBurnside(pages, flags.length)).toBe(classes);
    const scope = scopeOf(pages, flags);
    expect(await check(scope, true)).toMatchObject({
      finding: undefined,
      cut: undefined,
      states: classes,
      transitions: classes * commandsOf(scope).length,
      frontier: 0,
      never: [],
    });
  });

  test("the farthest is as far away as without", async () => {
    const scope = scopeOf(4, TWO);
    const [all, merged] = [await check(scope, false), await check(scope, true)];
    expect([all.states, all.depth]).toEqual([153, merged.depth]);
  });

  test("flags are alike whatever they allow, one of them nothing", async () => {
    const { states, transitions } = await check(scopeOf(3, [NO_FLAGS, READ | WRITE, READ | EXECUTE]), true);
    expect([states, transitions]).toEqual([15, 15 * 60]);
  });
});

/** A judge whose model is in this state, and nothing that is told of another. */
function inState(scope: Scope, cells: Cells): Judge {
  const judge = judgeFor({ space: scope.space, hello: MEMORY_SET_HELLO });
  judge.reset();
  cells.forEach((cell, page) => {
    if ((cell & 1) === 0) return;
    const length = cells.slice(page + 1).findIndex((other) => other !== cell - 1);
    const pages = length === -1 ? cells.length - page : length + 1;
    judge.foresee({
      op: "map",
      start: virtAddr(BASE + page * PAGE),
      size: pages * PAGE,
      flags: scope.flags[(cell >> 1) - 1] ?? 0,
      backend: { kind: "mock" },
      replace: false,
    });
  });
  return judge;
}

/** What is stored of the state that a judge is in. The implementation tells these bytes besides. */
function stored(judge: Judge, { space }: Scope, own: readonly number[] = []): string {
  const fingerprint = new Fingerprint();
  const expander = {
    transitions: 0,
    tellsAll: true,
    lost: undefined,
    interrupted: false,
    faultOfModel: undefined,
    first: (into: Fingerprint) => {
      judge.fingerprint(into);
      for (const byte of own) into.byte(byte);
    },
    expand: () => undefined,
  };
  new Symmetric(expander, judge, space).first(fingerprint);
  return fingerprint.bytes.subarray(0, fingerprint.length).join();
}

describe("what is stored", () => {
  test.each([
    [4, TWO],
    [3, THREE],
  ])(
    "is the same of two states exactly if a turn leads from one to the other: %i pages, flags %j",
    (pages, flags) => {
      const scope = scopeOf(pages, flags);
      const turns = everyTurn(flags.length);
      const classes = new Map<string, Set<string>>();
      for (const state of everyState(pages, flags.length)) {
        const key = stored(inState(scope, state), scope);
        const least = turns.map((turn) => `${turned(state, turn)}`).sort()[0] ?? "";
        classes.set(key, (classes.get(key) ?? new Set()).add(least));
      }
      expect(classes.size).toBe(countByBurnside(pages, flags.length));
      expect([...classes.values()].filter(({ size }) => size !== 1)).toEqual([]);
    },
  );

  test("of what the implementation tells besides is all of it: then nothing is merged", () => {
    const scope = scopeOf(3, TWO);
    const [left, right] = [inState(scope, [3, 0, 0]), inState(scope, [0, 0, 5])];
    expect(stored(left, scope)).toBe(stored(right, scope));
    expect(stored(left, scope, [1])).not.toBe(stored(right, scope, [1]));
    expect(stored(left, scope, [1])).not.toBe(stored(left, scope, [2]));
    expect(stored(left, scope, [1])).not.toBe(stored(left, scope));
  });

  test("of what the implementation tells is never what stands for others, whatever it tells", () => {
    const scope = scopeOf(3, TWO);
    const bare = stored(inState(scope, [3, 0, 0]), scope);
    const judge = inState(scope, [0, 0, 0]);
    judge.fingerprint = () => {};
    const imitated = bare.split(",").map(Number).slice(1);
    expect(stored(judge, scope, imitated)).toBe(bare.replace("0,", "1,"));
  });
});

function planted(name: string): Subject {
  const found = findSubject(name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found.subject;
}

describe("an implementation", () => {
  const stack = STACK["memory-set"].subject;

  test("that tells more than it shows has its states merged only where they are the same", async () => {
    const counting: Subject = {
      hello: stack.hello,
      create: (space) => {
        const instance = stack.create(space);
        return {
          apply: (request) => instance.apply(request),
          observe: (into) => instance.observe(into),
          fingerprint: (into) => into.byte(7),
        };
      },
    };
    const scope = scopeOf(3, TWO);
    expect(await check(scope, true, counting)).toMatchObject({
      states: 41,
      transitions: 1_722,
      tellsAll: true,
    });
  });

  test("that doesn't tell has them merged, and the assumption is larger", async () => {
    const silent: Subject = {
      hello: stack.hello,
      create: (space) => {
        const instance = stack.create(space);
        return { apply: (request) => instance.apply(request), observe: (into) => instance.observe(into) };
      },
    };
    expect(await check(scopeOf(3, TWO), true, silent)).toMatchObject({ states: 14, tellsAll: false });
  });

  test.each<[name: string, pages: number, why: string]>([
    ["defect:protect-adds-only", 1, "takes w from rw wrongly, and rw is merged with r"],
    [
      "defect:protect-stops-at-hole",
      2,
      "goes wrong at a hole below an area, which is merged with one above it",
    ],
    [
      "defect:overlap-at-start-only",
      2,
      "overlooks an area at the upper end, which is merged with one at the lower",
    ],
  ])(
    "that doesn't treat turned states alike can be missed: %s within %i pages, for it %s",
    async (name, pages) => {
      const found = { cut: undefined, finding: { trace: { length: 2 } } };
      const all = { commands: SCOPE_COMMANDS.filter((command) => stack.hello.commands.includes(command)) };
      expect(await check(scopeOf(pages, TWO, all), false, planted(name))).toMatchObject(found);
      expect(await check(scopeOf(pages, TWO, all), true, planted(name))).toMatchObject({
        cut: undefined,
        finding: undefined,
      });
      // With one page more there is a state whose turned ones all show it.
      expect(await check(scopeOf(pages + 1, TWO, all), true, planted(name))).toMatchObject(found);
    },
  );
});

/** Each slice has an implementation of its own, and of the slices under way the last ones end first. */
function crewOf(scope: Scope, subject: Subject, slice: number): (alone: Crew) => Crew {
  return (alone) => {
    let patience = 60;
    return {
      hands: 3,
      ahead: 6,
      slice,
      banBytes: alone.banBytes,
      tellsAll: alone.tellsAll,
      first: (into) => alone.first(into),
      begin: () => {},
      expand: async (store, range, mayGoOn) => {
        const hand = aloneOn(new InProcess(subject), scope, true);
        const expanded = await hand.expand(store, range, mayGoOn);
        for (let turn = patience--; turn > 0; turn--) await undefined;
        return expanded;
      },
      dismiss: async () => {},
    };
  };
}

describe("it doesn't depend on how many work on it, nor in which slices:", () => {
  test.each<[name: string, slice: number]>([
    ["memory-set", 1],
    ["memory-set", 7],
    ["defect:unmap-stops-at-hole", 1],
    ["defect:unmap-four-areas-at-most", 3],
  ])("%s, in slices of up to %i states", async (name, slice) => {
    const scope = scopeOf(5, TWO);
    const subject = planted(name);
    const together = await check(scope, true, subject, { crewOf: crewOf(scope, subject, slice) });
    expect(outcomeOf(together)).toEqual(outcomeOf(await check(scope, true, subject)));
  });
});
