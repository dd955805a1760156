/**
 * What the plain strategies draw, as somebody would write it with fast-check who knows the commands and the space and
 * nothing of the state: one arbitrary a verb. docs/power.md says the same in words.
 */
import fc from "fast-check";
import { SMALL_SPACE_PAGES } from "../explore/spaces.ts";
import { CHOICES, type Choice, DEFAULT_WEIGHTS, offeredWeights } from "../generate/swarm.ts";
import { physAddr, type VirtAddr, virtAddr } from "../trace/address.ts";
import { areTellable } from "../trace/address-space-preconditions.ts";
import { ALL_FLAGS, type Flags, RWX } from "../trace/flags.ts";
import { MAX_BYTES } from "../trace/numbers.ts";
import type { Backend, Injection } from "../trace/request.ts";
import type { Hello, Terms } from "../trace/space.ts";
import { placesIn, rarely } from "./plain-places.ts";
import type { Sketch } from "./trail.ts";

const LISTS = ["areas", "pages", "frames", "injected"] as const;

/** One linear area in three is in step with its addresses modulo this, one lies among the first pages, one anywhere. */
const STEP = 2 ** 38;
const LOW_PAGES = 64;
const PHYSICAL_PAGES = 2 ** 34;

/** One in so many commands carries a failure: as many as with ours. */
const INJECTED = 12;
const LAST_CALL = 4;

/** Bytes written or read at once, but for few. */
const FEW_BYTES = 8;

/** Each verb as often as it weighs with ours: `fc.commands` takes all that it is given equally often. */
export function plainSketches(terms: Terms): fc.Arbitrary<Sketch>[] {
  const weights = offeredWeights(DEFAULT_WEIGHTS, terms.hello);
  const sketches = sketchesOf(terms);
  return CHOICES.flatMap((choice) =>
    Array.from({ length: Math.ceil(weights[choice] / 2) }, () => sketches[choice]),
  );
}

function sketchesOf(terms: Terms): Readonly<Record<Choice, fc.Arbitrary<Sketch>>> {
  const { hello } = terms;
  return { ...ofAreas(terms), ...ofAccesses(terms), ...ofQueries(terms), list: lists(hello) };
}

function ofAreas(terms: Terms) {
  const { range } = placesIn(terms);
  const inject = injections(terms.hello, ["frame", "backend"]);
  const flags = flagsOf(terms.hello);
  const map = (replace: boolean) =>
    fc.tuple(range, flags, backends(terms), inject).map(([at, to, backend, failing]): Sketch => {
      return (trail) => {
        const { start, size } = at(trail);
        return { op: "map", start, size, flags: to, backend: backend(start), replace, ...failing };
      };
    });
  return {
    map: map(false),
    replace: map(true),
    unmap: fc.tuple(range, inject).map(([at, failing]): Sketch => {
      return (trail) => ({ op: "unmap", ...at(trail), ...failing });
    }),
    protect: fc.tuple(range, flags, inject).map(([at, to, failing]): Sketch => {
      return (trail) => ({ op: "protect", ...at(trail), flags: to, ...failing });
    }),
    clear: inject.map(
      (failing): Sketch =>
        () => ({ op: "clear", ...failing }),
    ),
  };
}

function ofAccesses(terms: Terms) {
  const { addr } = placesIn(terms);
  const inject = injections(terms.hello, ["frame"]);
  const access = (op: "fault" | "access") =>
    fc.tuple(addr, accesses(), inject).map(([at, wanted, failing]): Sketch => {
      return (trail) => ({ op, addr: at(trail), access: wanted, ...failing });
    });
  const write = (op: "store" | "write") =>
    fc.tuple(addr, bytes(), inject).map(([at, written, failing]): Sketch => {
      return (trail) => ({ op, addr: at(trail), bytes: written, ...failing });
    });
  return {
    fault: access("fault"),
    access: access("access"),
    store: write("store"),
    write: write("write"),
    load: fc.tuple(addr, sizes(), inject).map(([at, size, failing]): Sketch => {
      return (trail) => ({ op: "load", addr: at(trail), size, ...failing });
    }),
  };
}

function ofQueries(terms: Terms) {
  const { addr, page, range } = placesIn(terms);
  const lookup = (op: "find" | "translate") =>
    addr.map(
      (at): Sketch =>
        (trail) => ({ op, addr: at(trail) }),
    );
  return {
    find: lookup("find"),
    translate: lookup("translate"),
    overlaps: range.map(
      (at): Sketch =>
        (trail) => ({ op: "overlaps", ...at(trail) }),
    ),
    read: fc.tuple(addr, sizes()).map(([at, size]): Sketch => {
      return (trail) => ({ op: "read", start: at(trail), size });
    }),
    "can-access": fc.tuple(range, accesses()).map(([at, access]): Sketch => {
      return (trail) => ({ op: "can-access", ...at(trail), access });
    }),
    "find-free": findFree(terms, page, range),
  };
}

function findFree({ space }: Terms, page: Places["page"], range: Places["range"]): fc.Arbitrary<Sketch> {
  const count = fc.integer({ min: 1, max: SMALL_SPACE_PAGES });
  const align = fc.constantFrom(1, 2, 4);
  const whole = { start: space.base, end: virtAddr(space.base + space.size) };
  return fc.tuple(page, count, align, range, fc.boolean()).map(([hint, pages, aligned, at, isWhole]) => {
    return (trail) => {
      const { start, size } = at(trail);
      const limit = isWhole ? whole : { start, end: virtAddr(start + size) };
      const op = "find-free";
      return { op, hint: hint(trail), size: pages * space.page, limit, align: aligned * space.page };
    };
  });
}

type Places = ReturnType<typeof placesIn>;

function lists({ queries }: Hello): fc.Arbitrary<Sketch> {
  const offered = LISTS.filter((list) => queries.includes(list));
  return fc.constantFrom(...offered).map(
    (op): Sketch =>
      () => ({ op }),
  );
}

function flagsOf({ surface }: Hello): fc.Arbitrary<Flags> {
  const all = Array.from({ length: ALL_FLAGS + 1 }, (_, flags) => flags);
  return fc.constantFrom(...(surface === "memory-set" ? all : all.filter(areTellable)));
}

function accesses(): fc.Arbitrary<Flags> {
  return fc.integer({ min: 1, max: RWX });
}

/** What fills an area that begins at an address. */
type Filling = (start: VirtAddr) => Backend;

/** Each kind that there is as often. */
function backends({ hello, space }: Terms): fc.Arbitrary<Filling> {
  return fc.oneof(...hello.backends.map((kind) => (kind === "linear" ? linear(space.page) : simple(kind))));
}

function simple(kind: Exclude<Backend["kind"], "linear">): fc.Arbitrary<Filling> {
  return fc.constant(() => ({ kind }));
}

function linear(page: number): fc.Arbitrary<Filling> {
  const at = (first: number) => () => first * page;
  const physical = fc.oneof(
    fc.constant((start: VirtAddr) => start % STEP),
    fc.nat(LOW_PAGES - 1).map(at),
    fc.nat(PHYSICAL_PAGES - 1).map(at),
  );
  const slip = rarely(fc.integer({ min: 1, max: page - 1 }), 0);
  return fc.tuple(physical, slip).map(([from, inside]): Filling => {
    return (start) => ({ kind: "linear", physical: physAddr(from(start) + inside) });
  });
}

/** Most commands carry none. */
function injections(
  { inject }: Hello,
  kinds: readonly Injection["kind"][],
): fc.Arbitrary<{ readonly inject?: Injection }> {
  const offered = kinds.filter((kind) => inject.includes(kind));
  const none = fc.constant({});
  if (offered.length === 0) return none;
  const some = fc.record({ kind: fc.constantFrom(...offered), after: fc.nat(LAST_CALL) });
  return fc.oneof(
    { weight: INJECTED - 1, arbitrary: none },
    { weight: 1, arbitrary: some.map((failure) => ({ inject: failure })) },
  );
}

/** Of what is read. */
function sizes(): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 15, arbitrary: fc.integer({ min: 1, max: FEW_BYTES }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX_BYTES }) },
  );
}

/** What is written: any few bytes, or many that are all the same. */
function bytes(): fc.Arbitrary<Uint8Array> {
  const byte = fc.nat(0xff);
  const many = fc.tuple(fc.integer({ min: 1, max: MAX_BYTES }), byte);
  return fc.oneof(
    { weight: 15, arbitrary: fc.uint8Array({ minLength: 1, maxLength: FEW_BYTES }) },
    { weight: 1, arbitrary: many.map(([size, value]) => new Uint8Array(size).fill(value)) },
  );
}
