/** What is generated for the address-space surface fits every space there is. */
import { describe, expect, test } from "vitest";
import { areTellable } from "../trace/address-space-preconditions.ts";
import { ALL_FLAGS, READ, RWX, WRITE } from "../trace/flags.ts";
import { linesOf } from "../trace/literal.fixture.ts";
import { findMisfit, misfitOfSpace } from "../trace/preconditions.ts";
import { OPS, type Request } from "../trace/request.ts";
import { isRequest } from "../trace/request-schema.ts";
import { addressLimit, type Hello } from "../trace/space.ts";
import { LARGE, SIXTEEN, SPACES, tracesOf } from "./address-space-spaces.fixture.ts";

describe("every request can be asked", () => {
  test.each(SPACES)("%s", (_name, terms) => {
    expect(misfitOfSpace(terms.space, addressLimit(terms.hello), "address-space")).toBeUndefined();
    const misfits: string[] = [];
    let run = 0;
    for (const requests of tracesOf(terms, 2000)) {
      const misfit = findMisfit(requests, terms);
      // The schema says what a number may be, and is slow.
      const odd = run++ < 100 ? requests.find((request) => !isRequest(request)) : undefined;
      if (misfit) misfits.push(`${linesOf(requests)[misfit.at]}: ${misfit.reason}`);
      if (odd) misfits.push(linesOf([odd]).join());
    }
    expect(misfits).toEqual([]);
  });
});

describe("every verb comes up", () => {
  test.each([
    ["16 pages", SIXTEEN],
    ["256 GiB", LARGE],
  ] as const)("in %s", (_name, terms) => {
    const requests = [...tracesOf(terms, 1000)].flat();
    const count = (op: string) => requests.filter((request) => request.op === op).length;
    expect(OPS.filter((op) => count(op) === 0)).toEqual([]);
    const per = (op: string) => Math.round((1000 * count(op)) / requests.length);
    for (const op of ["map", "unmap", "protect"]) expect(per(op), op).toBeGreaterThan(90);
    for (const op of ["fault", "access", "load", "store"]) expect(per(op), op).toBeGreaterThan(40);
    expect(per("write")).toBeGreaterThan(25);
    for (const op of ["clear", "read", "translate", "can-access", "find-free"]) {
      expect(per(op), op).toBeGreaterThanOrEqual(5);
      expect(per(op), op).toBeLessThan(50);
    }
  });
});

describe("nothing comes up that the implementation doesn't declare", () => {
  /** What is drawn for an implementation that differs so from one that offers all there is. */
  function requestsFor(change: Partial<Hello>): Request[] {
    return [...tracesOf({ ...SIXTEEN, hello: { ...SIXTEEN.hello, ...change } }, 500)].flat();
  }

  test.each([0, READ, READ | WRITE, RWX, 0b101001, ALL_FLAGS])("flags %d", (flags) => {
    const requests = requestsFor({ flags });
    const used = new Set(requests.flatMap((request) => ("flags" in request ? [request.flags] : [])));
    const all = Array.from({ length: 64 }, (_, each) => each).filter(
      (each) => (each & ~flags) === 0 && areTellable(each),
    );
    expect([...used].sort((a, b) => a - b)).toEqual(all);
    const accesses = requests.reduce((sum, each) => ("access" in each ? sum | each.access : sum), 0);
    expect(accesses).toBe(flags & RWX);
    if ((flags & RWX) === 0) {
      const ops = new Set<string>(requests.map(({ op }) => op));
      expect(["fault", "access", "load", "store", "read", "write"].filter((op) => ops.has(op))).toEqual([]);
    }
  });

  test.each([
    { inject: [], expected: [] },
    { inject: ["frame"], expected: ["frame"] },
    { inject: ["backend"], expected: ["backend"] },
    { inject: ["frame", "backend"], expected: ["backend", "frame"] },
  ] as const)("failures $inject", ({ inject, expected }) => {
    const kinds = requestsFor({ inject }).flatMap((each) =>
      "inject" in each && each.inject ? [each.inject.kind] : [],
    );
    expect([...new Set(kinds)].sort()).toEqual(expected);
  });
});
