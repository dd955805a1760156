import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fingerprint } from "../trace/fingerprint.ts";
import { NONE, StateStore } from "./state-store.ts";

function fingerprintOf(bytes: Iterable<number>): Fingerprint {
  const fingerprint = new Fingerprint();
  for (const byte of bytes) fingerprint.byte(byte);
  return fingerprint;
}

/** The eight bytes of a number, the low ones first. */
function eightBytes(number: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, number, true);
  return bytes;
}

/** A store with these states, each reached from the one before by the step with its own number. */
function storeOf(states: readonly Iterable<number>[]): StateStore {
  const store = new StateStore();
  states.forEach((bytes, index) => {
    expect(store.add(fingerprintOf(bytes), index === 0 ? NONE : index - 1, index)).toBe(true);
  });
  return store;
}

/** The hash of the store, written down again: what collides in it on purpose is to stay so. */
function hashOf(bytes: Uint8Array): number {
  const hash = bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const SOME_BYTES = fc.uint8Array({ maxLength: 100 });
// Many of these come up twice.
const FEW_BYTES = fc.array(fc.constantFrom(0, 1, 255), { maxLength: 6 });

/** How a state of the naive store was reached. */
interface Reached {
  readonly index: number;
  readonly path: readonly number[];
}

describe("a store of states", () => {
  test.each([
    ["any bytes", SOME_BYTES],
    ["bytes that come up again", FEW_BYTES],
  ])("finds and tells what a map does: %s", (_what, bytes) => {
    const states = fc.array(fc.tuple(bytes, fc.nat(), fc.nat(0xffff_fffe)), {
      minLength: 1,
      maxLength: 3_000,
      size: "max",
    });
    fc.assert(
      fc.property(states, (all) => {
        const store = new StateStore();
        const naive = new Map<string, Reached>();
        const paths: (readonly number[])[] = [];
        for (const [state, from, step] of all) {
          const key = state.join();
          const known = naive.get(key);
          expect(store.find(fingerprintOf(state))).toBe(known?.index ?? NONE);
          if (known) continue;
          const parent = paths.length === 0 ? NONE : from % paths.length;
          const path = parent === NONE ? [] : [...(paths[parent] ?? []), step];
          naive.set(key, { index: paths.length, path });
          paths.push(path);
          expect(store.add(fingerprintOf(state), parent, step)).toBe(true);
        }
        expect(store.count).toBe(naive.size);
        for (const { index, path } of naive.values()) expect(store.pathTo(index)).toEqual(path);
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  test("finds all of a hundred thousand, and nothing else, and takes less than 64 bytes for each", () => {
    const store = new StateStore();
    const fingerprint = new Fingerprint();
    const count = 100_000;
    for (let index = 0; index < count; index++) {
      fingerprint.reset();
      for (const byte of eightBytes(index * 3)) fingerprint.byte(byte);
      store.add(fingerprint, index === 0 ? NONE : index - 1, index);
    }
    expect(store.count).toBe(count);
    expect(store.memory / count).toBeLessThan(64);
    // 8 bytes, an end, a parent, a step and a slot that is not shared: less would be a miscount.
    expect(store.memory / count).toBeGreaterThan(8 + 4 * 4);
    const wrong = Array.from({ length: count * 3 }, (_, number) => {
      const expected = number % 3 === 0 ? number / 3 : NONE;
      return store.find(fingerprintOf(eightBytes(number))) === expected ? [] : [number];
    }).flat();
    expect(wrong).toEqual([]);
  });

  test("tells states apart whose hashes end alike", () => {
    const alike = Array.from({ length: 400_000 }, (_, number) => eightBytes(number)).filter(
      (bytes) => (hashOf(bytes) & 0x3ff) === 7,
    );
    expect(alike.length).toBeGreaterThan(300);
    const [absent = [], ...present] = alike;
    const store = storeOf(present);
    expect(present.map((bytes) => store.find(fingerprintOf(bytes)))).toEqual(
      present.map((_, index) => index),
    );
    expect(store.find(fingerprintOf(absent))).toBe(NONE);
  });

  test("tells a state from what it begins with, and from what goes on", () => {
    const states = [[1, 2, 3], [1, 2], [1, 2, 3, 0], [1], [0], [0, 0], [2, 3]];
    const store = storeOf(states);
    expect(states.map((bytes) => store.find(fingerprintOf(bytes)))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(store.find(fingerprintOf([1, 2, 3, 0, 0]))).toBe(NONE);
    expect(store.find(fingerprintOf([3]))).toBe(NONE);
  });

  test("can have a state without any bytes", () => {
    const store = storeOf([[5]]);
    expect(store.find(new Fingerprint())).toBe(NONE);
    store.add(new Fingerprint(), 0, 9);
    expect(store.find(new Fingerprint())).toBe(1);
    expect(store.find(fingerprintOf([0]))).toBe(NONE);
    expect(store.pathTo(1)).toEqual([9]);
  });

  test("looks at no byte behind the length", () => {
    const store = storeOf([[1, 2]]);
    const reused = fingerprintOf([1, 2, 3, 4]);
    reused.reset();
    reused.byte(1);
    expect(store.find(reused)).toBe(NONE);
    reused.byte(2);
    expect(store.find(reused)).toBe(0);
  });

  test("keeps what it was told when the fingerprint goes on to the next state", () => {
    const store = new StateStore();
    const fingerprint = fingerprintOf([1, 2]);
    store.add(fingerprint, NONE, 0);
    fingerprint.reset();
    fingerprint.byte(7);
    store.add(fingerprint, 0, 3);
    expect([store.find(fingerprintOf([1, 2])), store.find(fingerprintOf([7]))]).toEqual([0, 1]);
  });

  test("knows one large state among small ones", () => {
    const large = new Uint8Array(100_000).fill(1);
    const store = storeOf([[1], large, [2]]);
    expect([[1], large, [2], large.subarray(1)].map((bytes) => store.find(fingerprintOf(bytes)))).toEqual([
      0,
      1,
      2,
      NONE,
    ]);
    expect(store.memory).toBeGreaterThan(100_000);
  });

  test("is empty at first: the first state is reached by nothing", () => {
    expect(new StateStore().find(fingerprintOf([0]))).toBe(NONE);
    const store = storeOf([[0], [1], [2]]);
    expect([store.parentOf(0), store.pathTo(0)]).toEqual([NONE, []]);
    expect([store.parentOf(2), store.stepTo(2), store.pathTo(2)]).toEqual([1, 2, [1, 2]]);
  });
});

describe("a store in which the last bytes are bans", () => {
  /** Machine and bans, in a byte each. */
  const one = (machine: number, bans: number) => fingerprintOf([machine, bans]);

  test("finds a state also for the same one with more bans, and for no other", () => {
    const store = new StateStore(1);
    store.add(one(7, 0b0110), NONE, 0);
    const covered = [0b0110, 0b1110, 0b0111, 0b1111];
    const found = Array.from({ length: 16 }, (_, bans) => bans).filter(
      (bans) => store.find(one(7, bans)) !== NONE,
    );
    expect(new Set(found)).toEqual(new Set(covered));
    expect(store.find(one(6, 0b0110))).toBe(NONE);
    expect(store.find(fingerprintOf([7, 7, 0b0110]))).toBe(NONE);
    // As bytes the same, as states not: what comes before the bans counts whole.
    expect(store.find(fingerprintOf([7, 0b0110, 0]))).toBe(NONE);
  });

  test("has no bans in other columns than its own, also when it is opened by its columns", () => {
    const store = new StateStore(1);
    store.add(one(7, 1), NONE, 0);
    expect(StateStore.of(store.columns).find(one(7, 3))).toBe(0);
    const exact = new StateStore();
    exact.add(one(7, 1), NONE, 0);
    expect(StateStore.of(exact.columns).find(one(7, 3))).toBe(NONE);
  });

  test("looks at each byte of the bans by itself", () => {
    const store = new StateStore(2);
    store.add(fingerprintOf([7, 1, 2]), NONE, 0);
    const asked = [
      [7, 1, 2],
      [7, 3, 6],
      [7, 2, 2],
      [7, 1, 1],
      [7, 3, 0],
    ].map((bytes) => store.find(fingerprintOf(bytes)) === 0);
    expect(asked).toEqual([true, true, false, false, false]);
  });

  test("finds what a list does that is looked through, however many there are", () => {
    const state = fc.tuple(fc.nat(40), fc.nat(255), fc.nat(3));
    fc.assert(
      fc.property(fc.array(state, { maxLength: 3_000, size: "max" }), (all) => {
        const store = new StateStore(2);
        const known: (readonly [number, number, number])[] = [];
        for (const [machine, low, high] of all) {
          const covering = known.some(
            ([other, lower, higher]) => other === machine && (lower & ~low) === 0 && (higher & ~high) === 0,
          );
          const fingerprint = fingerprintOf([machine, low, high]);
          const found = store.find(fingerprint);
          expect(found !== NONE).toBe(covering);
          if (covering) expect(known[found]?.[0]).toBe(machine);
          else {
            known.push([machine, low, high]);
            store.add(fingerprint, NONE, 0);
          }
        }
        expect(store.count).toBe(known.length);
      }),
      { numRuns: 20, seed: 1 },
    );
  });
});
