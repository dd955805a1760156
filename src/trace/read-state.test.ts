import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { physAddr, virtAddr } from "./address.ts";
import type { Answer, AreaRecord, PageRecord } from "./answer.ts";
import { BACKEND_KINDS, NO_FRAMES, NO_PHYSICAL, Observation } from "./observation.ts";
import { parseAnswer } from "./parse-answer.ts";
import type { ParseError } from "./parse-error.ts";
import { printAnswer } from "./print.ts";
import { StateReader } from "./read-state.ts";
import type { Backend } from "./request.ts";
import { type Result, success } from "./result.ts";

const LIMIT = 2 ** 52;

/** What stands around a line: it must neither be read nor play a part. */
const AROUND = ["ok 0x7000-0x8000 rwx mock;", "000 rw mock;0x1:r 9\n"] as const;

const encoder = new TextEncoder();
const reader = new StateReader();

/** A line among others, and where it lies. */
function among(line: Uint8Array) {
  const [before, after] = AROUND;
  const bytes = Buffer.concat([encoder.encode(before), line, encoder.encode(after)]);
  // The bytes of a batch may be a part of others too.
  return { bytes: new Uint8Array(bytes), from: before.length, to: before.length + line.length };
}

/** The columns that `areas` fills. */
function areasOf(observed: Observation): AreaRecord[] {
  return Array.from({ length: observed.areaCount }, (_, at) => {
    const kind = BACKEND_KINDS[observed.areaBackends[at] ?? 0] ?? "mock";
    const physical = physAddr(observed.areaPhysicals[at] ?? 0);
    if (kind !== "linear") expect(physical).toBe(NO_PHYSICAL);
    return {
      start: virtAddr(observed.areaStarts[at] ?? 0),
      end: virtAddr(observed.areaEnds[at] ?? 0),
      flags: observed.areaFlags[at] ?? 0,
      backend: kind === "linear" ? { kind, physical } : { kind },
    };
  });
}

/** The columns that `pages` fills. */
function pagesOf(observed: Observation): PageRecord[] {
  return Array.from({ length: observed.pageCount }, (_, at) => {
    expect(observed.pageCounts[at]).toBe(1);
    const physical = observed.pagePhysicals[at] ?? 0;
    const page = { addr: virtAddr(observed.pageAddrs[at] ?? 0), flags: observed.pageFlags[at] ?? 0 };
    return physical === NO_PHYSICAL ? page : { ...page, physical: physAddr(physical) };
  });
}

type Listed = "areas" | "pages";

/** What is read of a line, as an answer. */
function read(line: Uint8Array, op: Listed): Result<Answer, ParseError> {
  const { bytes, from, to } = among(line);
  const observed = new Observation();
  const done = reader[op](bytes, from, to, observed);
  if (!done.ok) {
    expect([observed.areaCount, observed.pageCount]).toEqual([0, 0]);
    return done;
  }
  return success(
    op === "areas"
      ? { kind: "areas", areas: areasOf(observed) }
      : { kind: "pages", pages: pagesOf(observed) },
  );
}

function textOf(line: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(line);
}

/** Demands that a line is read as the parser reads it: refused alike, with the same values where it is not. */
function expectAlike(line: Uint8Array, op: Listed): void {
  const parsed = parseAnswer(textOf(line), { op });
  const mine = read(line, op);
  if (parsed.ok && parsed.value.kind === op) expect(mine).toEqual(parsed);
  else if (parsed.ok) expect(mine).toMatchObject({ ok: false, error: { line: 1, column: 1 } });
  else expect(mine).toEqual(parsed);
}

const address = fc
  .oneof(
    fc.integer({ min: 0, max: 64 }).map((page) => page * 0x1000),
    fc.maxSafeNat().map((value) => value % LIMIT),
    // Beside the middle and the ends, and where the digits of a small integer run out.
    fc
      .tuple(fc.constantFrom(0, 28, 31, 32, 48, 51, 52), fc.integer({ min: -2, max: 1 }))
      .map(([bits, by]) => Math.min(Math.max(2 ** bits + by, 0), LIMIT - 1)),
  )
  .map(virtAddr);
const flags = fc.integer({ min: 0, max: 63 });
const backend = fc.oneof(
  fc.constantFrom<Backend>({ kind: "mock" }, { kind: "alloc:eager" }, { kind: "alloc:lazy" }),
  address.map((physical): Backend => ({ kind: "linear", physical: physAddr(physical) })),
);
const area: fc.Arbitrary<AreaRecord> = fc.record({ start: address, end: address, flags, backend });
const page: fc.Arbitrary<PageRecord> = fc
  .tuple(address, flags, fc.option(address))
  .map(([addr, its, physical]) =>
    physical === null ? { addr, flags: its } : { addr, flags: its, physical: physAddr(physical) },
  );

/** Up to more than the columns have room for at first. */
const some = { maxLength: 130, size: "max" } as const;
const few = { maxLength: 3 } as const;

function areasIn(constraints: fc.ArrayConstraints): fc.Arbitrary<Answer> {
  return fc.array(area, constraints).map((areas) => ({ kind: "areas", areas }));
}

function pagesIn(constraints: fc.ArrayConstraints): fc.Arbitrary<Answer> {
  return fc.array(page, constraints).map((pages) => ({ kind: "pages", pages }));
}

const width = fc.constantFrom(48, 52, 53, 64);

/** Bytes that mean something where numbers, flags and lists are read, and some that mean nothing anywhere. */
const telling = fc.oneof(
  fc.constantFrom(...encoder.encode(" -:;=x0189afAFXrwudnomklieyg,\t\r\0")),
  fc.integer({ min: 0, max: 255 }),
);
const mutation = fc.tuple(fc.constantFrom("changed", "inserted", "dropped"), fc.nat(), telling);

function mutated(line: Uint8Array, changes: readonly (readonly [string, number, number])[]): Uint8Array {
  const bytes = [...line];
  for (const [how, where, byte] of changes) {
    const at = where % (bytes.length + 1);
    bytes.splice(at, how === "inserted" ? 0 : 1, ...(how === "dropped" ? [] : [byte]));
  }
  return Uint8Array.from(bytes);
}

describe.each([
  ["areas", areasIn],
  ["pages", pagesIn],
] as const)("%s", (op, answers) => {
  test("as they are printed are what was printed, whatever the width", () => {
    fc.assert(
      fc.property(answers(some), width, (answer, bits) => {
        const line = encoder.encode(printAnswer(answer, bits));
        expect(read(line, op)).toEqual(success(answer));
        expectAlike(line, op);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test("in a line that somebody changed are what the parser reads, or refused as it refuses them", () => {
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(answers(few), fc.array(mutation, { minLength: 1, maxLength: 2 }), (answer, changes) => {
        const line = mutated(encoder.encode(printAnswer(answer)), changes);
        expectAlike(line, op);
        if (read(line, op).ok) taken++;
        else refused++;
      }),
      { numRuns: 4000, seed: 1 },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(400);
  });

  test("read again leave nothing behind", () => {
    const two = encoder.encode(op === "areas" ? "ok 0x0-0x1 r mock;0x2-0x3 w mock" : "ok 0x0=0x1:r;0x1:w");
    expect(read(two, op)).toEqual(parseAnswer(textOf(two), { op }));
    for (const line of ["ok none", "ok  none", "err BadState", "panic", `${textOf(two)};`, "ok none "]) {
      expectAlike(encoder.encode(line), op);
    }
  });
});

test.each<[line: string, op: Listed]>([
  ["ok 0xfff8000000000000-0xfff8000000001000 r mock", "areas"],
  ["ok 0x7fffffffff000-0x8000000000000 r mock", "areas"],
  ["ok 0xffffffffffffe000-0xfffffffffffff000 - linear:0xfffffffff000", "areas"],
  ["ok 4096-8192 rw mock", "areas"],
  ["ok 0X1000-0x2000 r mock", "areas"],
  ["ok 0xABC-0xDEF r mock", "areas"],
  ["ok 0x00000000000000001000-0x2000 r mock", "areas"],
  ["ok  0x1000-0x2000  rw  mock ; 0x3000-0x4000 - mock ", "areas"],
  ["ok 0x1000-0x2000 rw mock;none", "areas"],
  ["ok none;0x1000-0x2000 rw mock", "areas"],
  ["ok nonen", "areas"],
  ["ok 0x1000-0x2000 wr mock", "areas"],
  ["ok 0x1000-0x2000 rr mock", "areas"],
  ["ok 0x1000-0x2000 r- mock", "areas"],
  ["ok 0x1000-0x2000 -r mock", "areas"],
  ["ok 0x1000-0x2000  mock", "areas"],
  ["ok 0x1000-0x2000 r linear:", "areas"],
  ["ok 0x1000-0x2000 r linear:0x10000000000000", "areas"],
  ["ok 0x1000-0x2000 r linear:0xfff8000000000000", "areas"],
  ["ok 0x1000-0x2000 r mockery", "areas"],
  ["ok 0x10000000000000-0x10000000001000 r mock", "areas"],
  ["ok 0x-0x1 r mock", "areas"],
  ["ok 0x1000-0x2000 r mock\ufeff", "areas"],
  ["\ufeffok none", "areas"],
  ["ok 0xfffffffffffff000=0xfffffffff000:rwx", "pages"],
  ["ok 0x8000000000000:r;0xfff8000000001000:r", "pages"],
  ["ok 0x1000=:r", "pages"],
  ["ok 0x1000:r=0x1", "pages"],
  ["ok 0x1000=0x1=0x2:r", "pages"],
  ["ok 0x1000=0x10000000000000:r", "pages"],
  ["ok 0x1000:", "pages"],
  ["ok 0x1000", "pages"],
  ["ok", "pages"],
  ["ok ", "pages"],
  ["", "pages"],
])("%j is read as the parser reads it", (line, op) => {
  expectAlike(encoder.encode(line), op);
});

test("addresses of the upper half lose the bits that extend their sign", () => {
  const areas = "ok 0xfff8000000001000-0xfff8000000003000 r mock";
  expect(read(encoder.encode(areas), "areas")).toMatchObject({
    value: { areas: [{ start: 2 ** 51 + 0x1000, end: 2 ** 51 + 0x3000 }] },
  });
  const pages = "ok 0x7ffffffffffff000:r".replace("0x7ff", "0xfff");
  expect(read(encoder.encode(pages), "pages")).toMatchObject({
    value: { pages: [{ addr: 2 ** 52 - 0x1000 }] },
  });
});

test("an answer to something else is refused in a short line that no terminal obeys", () => {
  const long = read(encoder.encode(`panic \u001b[2J${"x".repeat(10_000)}`), "areas");
  expect(long).toMatchObject({ ok: false, error: { line: 1, column: 1 } });
  if (long.ok) throw new Error("it is taken");
  expect(long.error.message).toMatch(/^"panic \\u\{1b\}\[2Jx+…" is no answer to a query/);
  expect(long.error.message.length).toBeLessThan(120);
});

/** What the parser makes of a line, in the columns; `undefined` where it refuses it. */
function counted(line: Uint8Array, op: "frames" | "injected"): readonly number[] | undefined {
  const parsed = parseAnswer(textOf(line), { op });
  if (!parsed.ok) return undefined;
  const { value } = parsed;
  if (value.kind === "frames") return [value.data, value.table];
  return value.kind === "count" ? [value.count] : undefined;
}

function readCounted(line: Uint8Array, op: "frames" | "injected"): readonly number[] | undefined {
  const { bytes, from, to } = among(line);
  const observed = new Observation();
  if (op === "injected") {
    const count = reader.count(bytes, from, to);
    return count < 0 ? undefined : [count];
  }
  const isRead = reader.frames(bytes, from, to, observed);
  const { dataFrames, tableFrames } = observed;
  if (!isRead) expect([dataFrames, tableFrames]).toEqual([NO_FRAMES, NO_FRAMES]);
  return isRead ? [dataFrames, tableFrames] : undefined;
}

describe.each(["frames", "injected"] as const)("the counts of %s", (op) => {
  const count = fc.integer({ min: 0, max: 999_999_999 });
  const answer = fc
    .tuple(count, count)
    .map(
      ([data, table]): Answer =>
        op === "frames" ? { kind: "frames", data, table } : { kind: "count", count: data },
    );

  test("as they are printed are what was printed", () => {
    fc.assert(
      fc.property(answer, (printed) => {
        const line = encoder.encode(printAnswer(printed));
        expect(readCounted(line, op)).toEqual(counted(line, op));
        expect(readCounted(line, op)).toBeDefined();
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test("in a line that somebody changed are what the parser reads, or left to it", () => {
    let quick = 0;
    fc.assert(
      fc.property(answer, fc.array(mutation, { minLength: 1, maxLength: 2 }), (printed, changes) => {
        const line = mutated(encoder.encode(printAnswer(printed)), changes);
        const mine = readCounted(line, op);
        if (mine === undefined) return;
        expect(mine).toEqual(counted(line, op));
        quick++;
      }),
      { numRuns: 4000, seed: 1 },
    );
    expect(quick).toBeGreaterThan(100);
  });

  test.each(["ok 1234567890", "ok 0x3", "ok", "ok ", "ok data=1", "ok data=1 table=", "ok data= table=1"])(
    "are left to the parser in %j",
    (line) => {
      expect(readCounted(encoder.encode(line), op)).toBeUndefined();
    },
  );
});
