import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ADDRESS_LIMIT, physAddr, virtAddr } from "./address.ts";
import { type Answer, ERROR_NAMES, ERRORS, FALSE, OK, TRUE } from "./answer.ts";
import { ALL_FLAGS, RWX } from "./flags.ts";
import { parseAnswer, parseRequest, parseSpace, parseTrace } from "./parse.ts";
import { printAnswer, printRequest, printSpace } from "./print.ts";
import { type Injection, isCommand, OPS, type Op, type Request } from "./request.ts";

/** Anything from 0 to `largest`, the ends and the middle, where the sign is extended, as often as the rest. */
function upTo(largest: number): fc.Arbitrary<number> {
  const middle = ADDRESS_LIMIT / 2;
  return fc.oneof(
    fc.integer({ min: 0, max: 0x10000 }),
    fc.maxSafeNat().map((n) => n % (largest + 1)),
    fc.integer({ min: middle - 2, max: middle + 2 }).map((n) => Math.min(n, largest)),
    fc.integer({ min: largest - 2, max: largest }),
  );
}

const addr = upTo(ADDRESS_LIMIT - 1).map(virtAddr);
const physical = upTo(ADDRESS_LIMIT - 1).map(physAddr);
const size = upTo(ADDRESS_LIMIT);
const count = upTo(ADDRESS_LIMIT);
const byteCount = fc.integer({ min: 1, max: 8192 });
const flags = fc.integer({ min: 0, max: ALL_FLAGS });
const access = fc.integer({ min: 1, max: RWX });
const bytes = fc.oneof(
  { weight: 19, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 16 }) },
  { weight: 1, arbitrary: byteCount.map((length) => new Uint8Array(length).fill(length)) },
);
// The ends of a limit may be in either order: that is for the preconditions to judge.
const range = fc.record({ start: addr, end: addr });
const backend = fc.oneof(
  fc.constantFrom(
    { kind: "mock" } as const,
    { kind: "alloc:eager" } as const,
    { kind: "alloc:lazy" } as const,
  ),
  fc.record({ kind: fc.constant("linear" as const), physical }),
);
const injection: fc.Arbitrary<Injection> = fc.record({
  kind: fc.constantFrom("frame", "backend"),
  after: count,
});

const inject = fc.option(injection, { nil: undefined });

/** Requests with this verb. A command carries a failure half of the time. */
function requestsOf(op: Op): fc.Arbitrary<Request> {
  return fc
    .tuple(plainRequestsOf(op), inject)
    .map(([request, failure]) =>
      failure !== undefined && isCommand(request) ? { ...request, inject: failure } : request,
    );
}

function plainRequestsOf(op: Op): fc.Arbitrary<Request> {
  switch (op) {
    case "map":
      return fc.record({ op: fc.constant(op), start: addr, size, flags, backend, replace: fc.boolean() });
    case "unmap":
    case "overlaps":
      return fc.record({ op: fc.constant(op), start: addr, size });
    case "protect":
      return fc.record({ op: fc.constant(op), start: addr, size, flags });
    case "clear":
    case "areas":
    case "pages":
    case "frames":
    case "injected":
      return fc.constant({ op });
    case "fault":
    case "access":
      return fc.record({ op: fc.constant(op), addr, access });
    case "write":
    case "store":
      return fc.record({ op: fc.constant(op), addr, bytes });
    case "load":
      return fc.record({ op: fc.constant(op), addr, size: byteCount });
    case "read":
      return fc.record({ op: fc.constant(op), start: addr, size: byteCount });
    case "find":
    case "translate":
      return fc.record({ op: fc.constant(op), addr });
    case "find-free":
      return fc.record({ op: fc.constant(op), hint: addr, size, limit: range, align: size });
    case "can-access":
      return fc.record({ op: fc.constant(op), start: addr, size, access });
  }
}

const area = fc.record({ start: addr, end: addr, flags, backend });
const page = fc.record({ addr, flags, physical }, { requiredKeys: ["addr", "flags"] });
const truths = fc.constantFrom(TRUE, FALSE);
const fault = fc.constant<Answer>({ kind: "fault" });
const data = bytes.map<Answer>((some) => ({ kind: "bytes", bytes: some }));

function addresses(address: fc.Arbitrary<number | null>): fc.Arbitrary<Answer> {
  return address.map((some) => ({ kind: "address", address: some }));
}

/** Everything that a request with this verb may be answered. */
function answersTo(op: Op): fc.Arbitrary<Answer> {
  return fc.oneof(
    { weight: 4, arbitrary: valuesFor(op) },
    fc.constantFrom(...ERROR_NAMES).map((name) => ERRORS[name]),
    // A panic's text is one line; anything else may stand in it.
    fc
      .string({ unit: "binary" })
      .map<Answer>((text) => ({ kind: "panic", text: text.replace(/[\r\n]/g, "") })),
  );
}

function valuesFor(op: Op): fc.Arbitrary<Answer> {
  switch (op) {
    case "map":
    case "unmap":
    case "protect":
    case "clear":
    case "write":
      return fc.constant(OK);
    case "store":
      return fc.oneof(fc.constant(OK), fault);
    case "load":
      return fc.oneof(data, fault);
    case "access":
      return fc.oneof(fc.constant(OK), addresses(physical), fault);
    case "fault":
    case "overlaps":
    case "can-access":
      return truths;
    case "translate":
      return addresses(fc.option(physical));
    case "find-free":
      return addresses(fc.option(addr));
    case "find":
      return fc.option(area).map((some) => ({ kind: "area", area: some }));
    case "areas":
      return fc.record({ kind: fc.constant("areas" as const), areas: fc.array(area) });
    case "pages":
      return fc.record({ kind: fc.constant("pages" as const), pages: fc.array(page) });
    case "read":
      return data;
    case "frames":
      return fc.record({ kind: fc.constant("frames" as const), data: count, table: count });
    case "injected":
      return fc.record({ kind: fc.constant("count" as const), count });
  }
}

const space = fc.record({ base: addr, size, page: size, frames: count });

describe.each([52, 64])("parse(print(x)) is x at %d bits", (addrBits) => {
  test.each(OPS)("the request %s", (op) => {
    fc.assert(
      fc.property(requestsOf(op), (request) => {
        expect(parseRequest(printRequest(request, addrBits))).toEqual({ ok: true, value: request });
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test.each(OPS)("the answer to %s", (op) => {
    fc.assert(
      fc.property(requestsOf(op), answersTo(op), (request, answer) => {
        expect(parseAnswer(printAnswer(answer, addrBits, op), request)).toEqual({ ok: true, value: answer });
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test("a space", () => {
    fc.assert(
      fc.property(space, (some) => {
        expect(parseSpace(printSpace(some, addrBits))).toEqual({ ok: true, value: some });
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test("a whole trace", () => {
    const requests = fc.array(fc.constantFrom(...OPS).chain(requestsOf));
    fc.assert(
      fc.property(space, requests, (some, all) => {
        const text = [printSpace(some, addrBits), ...all.map((one) => printRequest(one, addrBits))].join(
          "\n",
        );
        const lines = all.map((_, index) => index + 2);
        expect(parseTrace(text)).toEqual({ ok: true, value: { space: some, requests: all, lines } });
      }),
      { seed: 4, numRuns: 100 },
    );
  });
});

describe("whatever the text, parsing is an answer and never an exception", () => {
  const op = fc.constantFrom(...OPS);
  // Lines that are nearly right: a printed one with a few characters replaced, left out or added.
  const edit = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(2),
    fc.constantFrom(..." \t;:=-!0x9fru#é"),
  );
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
  const spoil = (line: string, changes: [number, number, string][]) =>
    changes.reduce((text, [place, removed, added]) => {
      const at = Math.floor(place * text.length);
      return text.slice(0, at) + added + text.slice(at + removed);
    }, line);

  test("requests: what parses prints as a line that means the same", () => {
    fc.assert(
      fc.property(op.chain(requestsOf), edits, (request, changes) => {
        const line = spoil(printRequest(request), changes);
        const result = parseRequest(line);
        if (result.ok) expect(parseRequest(printRequest(result.value))).toEqual(result);
        else expect(result.error.column).toBeLessThanOrEqual(line.length + 1);
      }),
      { seed: 5, numRuns: 5000 },
    );
  });

  test("answers: what parses prints as a line that means the same", () => {
    const pair = op.chain((some) => fc.tuple(plainRequestsOf(some), answersTo(some)));
    fc.assert(
      fc.property(pair, edits, ([request, answer], changes) => {
        const line = spoil(printAnswer(answer, 64, request.op), changes);
        const result = parseAnswer(line, request);
        if (result.ok) {
          expect(parseAnswer(printAnswer(result.value, 64, request.op), request)).toEqual(result);
        } else expect(result.error.column).toBeLessThanOrEqual(line.length + 1);
      }),
      { seed: 6, numRuns: 5000 },
    );
  });
});
