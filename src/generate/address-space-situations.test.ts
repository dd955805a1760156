/** What is generated for the address-space surface meets every situation that the contract has rules for. */
import { describe, expect, test } from "vitest";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { virtAddr } from "../trace/address.ts";
import { PHYSICAL_LIMIT } from "../trace/address-space-preconditions.ts";
import { answerClass } from "../trace/answer.ts";
import { RWX } from "../trace/flags.ts";
import { MappingHistory } from "../trace/mapping-history.ts";
import type { MapCommand, Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { LARGE, SIXTEEN, TWENTY_FOUR_FRAMES, tracesOf } from "./address-space-spaces.fixture.ts";

const PAGE = 0x1000;
const MIB2 = 2 ** 21;
const MIDDLE = 2 ** 47;
const LIMIT = 2 ** 48;

/** The requests of some verbs. */
type Of<Op extends Request["op"]> = Request extends infer R
  ? R extends { readonly op: infer Its }
    ? Op & Its extends never
      ? never
      : R
    : never
  : never;

function only<Op extends Request["op"]>(requests: readonly Request[], ...ops: readonly Op[]): Of<Op>[] {
  return requests.filter((request): request is Of<Op> => ops.some((op) => op === request.op));
}

function share<T>(all: readonly T[], isMeant: (each: T) => boolean): number {
  return all.filter(isMeant).length / all.length;
}

const small = [...tracesOf(SIXTEEN, 2000)];
const large = [...tracesOf(LARGE, 8000)];
const requests = small.flat();

describe("maps", () => {
  const maps = only(requests, "map");

  test("are of every kind, replacing or not, of guard pages too", () => {
    for (const kind of ["linear", "alloc:eager", "alloc:lazy"]) {
      expect(
        share(maps, ({ backend }) => backend.kind === kind),
        kind,
      ).toBeGreaterThan(0.15);
    }
    expect(share(maps, ({ backend }) => backend.kind === "alloc:lazy")).toBeGreaterThan(0.3);
    expect(share(maps, ({ replace }) => replace)).toBeGreaterThan(0.15);
    const guards = share(maps, ({ flags }) => (flags & RWX) === 0);
    expect(guards).toBeGreaterThan(0.02);
    expect(guards).toBeLessThan(0.2);
  });

  test("use some kinds alone in some runs", () => {
    const kindsOf = (run: readonly Request[]) => new Set(only(run, "map").map(({ backend }) => backend.kind));
    const sets = new Set(small.map((run) => [...kindsOf(run)].sort().join()));
    expect(sets).toContain("linear");
    expect(sets).toContain("alloc:eager");
    expect(sets).toContain("alloc:lazy");
    expect(sets).toContain("alloc:eager,alloc:lazy,linear");
  });

  test("lie at low, high and equal physical addresses, and in RAM", () => {
    const physicals = [...maps, ...only(large.flat(), "map")].flatMap(({ start, size, backend }) =>
      backend.kind === "linear" ? [{ start, size, physical: backend.physical }] : [],
    );
    expect(physicals.some(({ physical, start }) => physical < start)).toBe(true);
    expect(physicals.some(({ physical, start }) => Number(physical) === start)).toBe(true);
    expect(physicals.some(({ physical }) => physical >= 2 ** 31 && physical < 2 ** 31 + 0x10000)).toBe(true);
    expect(physicals.some(({ physical }) => physical > PHYSICAL_LIMIT - 2 ** 33)).toBe(true);
    const unaligned = share(physicals, ({ physical }) => physical % PAGE !== 0);
    expect(unaligned).toBeGreaterThan(0.005);
    expect(unaligned).toBeLessThan(0.15);
  });
});

describe("ranges", () => {
  const ranges = only(requests, "map", "unmap", "protect");
  const ofLarge = only(large.flat(), "map", "unmap", "protect");

  test("are mostly of whole pages inside the space", () => {
    const isSound = ({ start, size }: { start: number; size: number }) =>
      start % PAGE === 0 && size % PAGE === 0 && size > 0 && start + size <= 0x10000;
    expect(share(ranges, isSound)).toBeGreaterThan(0.8);
    expect(share(ofLarge, ({ start, size }) => start % PAGE === 0 && size % PAGE === 0)).toBeGreaterThan(
      0.85,
    );
  });

  test.each<[where: string, isMet: (start: number, end: number) => boolean]>([
    ["begin inside a page", (start, end) => start % PAGE !== 0 && end % PAGE === 0],
    ["end inside a page", (start, end) => start % PAGE === 0 && end % PAGE !== 0],
    ["are moved by less than a page", (start, end) => start % PAGE !== 0 && (end - start) % PAGE === 0],
    ["are empty", (start, end) => start === end],
    ["are empty at the end of the space", (start, end) => start === end && end === 0x10000],
    ["reach across the end of the space", (start, end) => start < 0x10000 && end > 0x10000],
    ["begin behind the space", (start) => start > 0x10000],
    ["end at the middle of the address space", (_start, end) => end === MIDDLE],
    ["begin there", (start) => start === MIDDLE],
    ["end at the end of the address space", (_start, end) => end === LIMIT],
    ["end beyond it", (_start, end) => end > LIMIT],
    ["are the whole space", (start, end) => start === 0 && end === 0x10000],
  ])("%s", (_where, isMet) => {
    const met = ranges.filter(({ start, size }) => isMet(start, start + size));
    expect(met.length).toBeGreaterThan(1);
    expect(met.length).toBeLessThan(ranges.length / 15);
  });

  test("lie before a space that doesn't begin at 0, and across its start", () => {
    const space = { ...SIXTEEN.space, base: virtAddr(0x12345000) };
    const before = only([...tracesOf({ ...SIXTEEN, space }, 500)].flat(), "map", "unmap", "protect");
    expect(before.some(({ start, size }) => start + size <= space.base && size > 0)).toBe(true);
    expect(before.some(({ start, size }) => start < space.base && start + size > space.base)).toBe(true);
  });
});

describe("failures", () => {
  const injected = requests.flatMap((each) =>
    "inject" in each && each.inject ? [{ op: each.op, ...each.inject }] : [],
  );

  test("come early mostly, but not always", () => {
    expect(share(injected, ({ after }) => after <= 4)).toBeGreaterThan(0.85);
    expect([...new Set(injected.map(({ after }) => after))].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 13 }, (_, after) => after),
    );
  });

  test("come in every command, and of the backend only in those that call it", () => {
    const met = new Set(injected.map(({ op, kind }) => `${op} ${kind}`));
    const both = ["map", "unmap", "protect", "clear"].flatMap((op) => [`${op} backend`, `${op} frame`]);
    const frames = ["fault", "access", "load", "store", "write"].map((op) => `${op} frame`);
    expect([...met].sort()).toEqual([...both, ...frames].sort());
  });

  test("come in about half of the runs", () => {
    const runs = share(small, (run) => run.some((each) => "inject" in each && each.inject !== undefined));
    expect(runs).toBeGreaterThan(0.35);
    expect(runs).toBeLessThan(0.55);
  });
});

describe("accesses", () => {
  /** Whether each fault, access, load and store lies where something was mapped before in its run. */
  function hits(traces: readonly (readonly Request[])[], terms: Terms): boolean[] {
    return traces.flatMap((run) => {
      const history = new MappingHistory(terms);
      const mapped: MapCommand[] = [];
      return run.flatMap((request) => {
        if (request.op === "map" && !history.isInvalid(request)) mapped.push(request);
        if (!isAccess(request)) return [];
        return [mapped.some(({ start, size }) => start <= request.addr && request.addr < start + size)];
      });
    });
  }

  test.each([
    ["16 pages", small, SIXTEEN],
    ["256 GiB", large, LARGE],
  ] as const)("lie where something was mapped, most of them, in %s", (_name, traces, terms) => {
    const all = hits(traces, terms);
    expect(share(all, Boolean)).toBeGreaterThan(0.9);
    expect(share(all, Boolean)).toBeLessThan(1);
  });

  test("come again to the same page", () => {
    const again = small.flatMap((run) => {
      const pages = run.filter(isAccess).map(({ addr }) => Math.floor(addr / PAGE));
      return pages.map((page, index) => pages.slice(Math.max(0, index - 6), index).includes(page));
    });
    expect(share(again, Boolean)).toBeGreaterThan(0.4);
  });

  test("are of every kind", () => {
    const kinds = only(requests, "access", "fault", "can-access").map(({ access }) => access);
    for (let kind = 1; kind <= RWX; kind++) {
      expect(
        share(kinds, (each) => each === kind),
        `${kind}`,
      ).toBeGreaterThan(0.02);
    }
  });
});

describe("bytes", () => {
  const stores = only(requests, "store");
  const loads = only(requests, "load");
  const writes = only(requests, "write");
  const reads = only(requests, "read");

  test("stored are few, at few places, of few values", () => {
    expect(share(stores, ({ bytes }) => bytes.length <= 8)).toBeGreaterThan(0.95);
    expect(new Set(stores.flatMap(({ bytes }) => [...bytes]))).toEqual(new Set([0, 1, 0xa5, 0xff]));
    expect(new Set(stores.map(({ bytes }) => bytes.length))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, PAGE]));
    expect(share(stores, ({ addr }) => addr % PAGE === 0)).toBeGreaterThan(0.5);
    expect(share(stores, ({ addr, bytes }) => (addr + bytes.length) % PAGE === 0)).toBeGreaterThan(0.1);
    expect(share(stores, ({ addr }) => [8, 0x800].includes(addr % PAGE))).toBeGreaterThan(0.1);
  });

  test("loaded are often some that were stored or written before", () => {
    const loaded = small.flatMap((run) =>
      run.flatMap((request, index) => {
        if (request.op !== "load") return [];
        const earlier = only(run.slice(0, index), "store", "write");
        return [
          earlier.some(
            ({ addr, bytes }) => addr < request.addr + request.size && request.addr < addr + bytes.length,
          ),
        ];
      }),
    );
    expect(share(loaded, Boolean)).toBeGreaterThan(0.15);
    expect(share(loads, ({ size }) => size <= 8)).toBeGreaterThan(0.95);
  });

  test("that the kernel reads or writes cross a page sometimes, and are rarely many", () => {
    const extents = [
      ...writes.map(({ addr, bytes }) => ({ start: addr, size: bytes.length })),
      ...reads.map(({ start, size }) => ({ start, size })),
    ];
    const crossing = share(extents, ({ start, size }) => (start % PAGE) + size > PAGE);
    expect(crossing).toBeGreaterThan(0.15);
    expect(crossing).toBeLessThan(0.35);
    const long = share(extents, ({ size }) => size > 16);
    expect(long).toBeGreaterThan(0.01);
    expect(long).toBeLessThan(0.06);
    expect(Math.max(...extents.map(({ size }) => size))).toBeGreaterThan(7500);
  });
});

describe("large pages", () => {
  const mapped = large.map((run) => only(run, "map"));
  const isLarge = ({ size }: MapCommand) => size >= 2 * MIB2 - 0x4000 || Math.abs(size - MIB2) <= 0x4000;
  const runs = large.filter((_run, index) => mapped[index]?.some(isLarge));

  test("are worked with in one run in four", () => {
    expect(runs.length / large.length).toBeGreaterThan(0.2);
    expect(runs.length / large.length).toBeLessThan(0.3);
  });

  test("are mapped at their multiples, to physical addresses that are theirs too, and to others", () => {
    const linear = mapped
      .flat()
      .flatMap(({ start, size, backend }) =>
        backend.kind === "linear" && start % MIB2 === 0 && size >= MIB2 ? [{ start, size, backend }] : [],
      );
    const congruent = share(linear, ({ backend }) => backend.physical % MIB2 === 0);
    expect(linear.length).toBeGreaterThan(1000);
    expect(congruent).toBeGreaterThan(0.55);
    expect(congruent).toBeLessThan(0.95);
    expect(share(linear, ({ size }) => size % MIB2 === 0)).toBeGreaterThan(0.5);
    expect(share(linear, ({ size }) => size % MIB2 !== 0)).toBeGreaterThan(0.05);
  });

  test("are cut by unmaps and protects, and accessed there", () => {
    const count = { cut: 0, single: 0, accessed: 0 };
    for (const run of runs) {
      let areas: { readonly start: number; readonly end: number }[] = [];
      for (const request of run) {
        if (request.op === "map" && isLarge(request) && request.backend.kind === "linear") {
          areas = [...areas, { start: request.start, end: request.start + request.size }];
        } else if (request.op === "unmap" || request.op === "protect") {
          const end = request.start + request.size;
          const inside = areas.some(
            (area) => area.start < request.start && end < area.end && request.size > 0,
          );
          if (inside) count.cut++;
          if (inside && request.size === PAGE) count.single++;
        } else if (
          isAccess(request) &&
          areas.some(({ start, end }) => start <= request.addr && request.addr < end)
        ) {
          count.accessed++;
        }
      }
    }
    expect(count.cut).toBeGreaterThan(runs.length / 4);
    expect(count.single).toBeGreaterThan(runs.length / 20);
    expect(count.accessed).toBeGreaterThan(runs.length);
  });

  test("of a GiB come up in few runs, which alone have more than 4,096 pages mapped", () => {
    const history = new MappingHistory(LARGE);
    const most = large.map((run) => {
      history.reset();
      return run.reduce((pages, request) => {
        history.note(request);
        return Math.max(pages, history.mappedPages);
      }, 0);
    });
    const many = most.filter((pages) => pages > 4096);
    expect(many.length).toBeGreaterThan(0);
    expect(many.length).toBeLessThan(large.length / 80);
    expect(Math.max(...many)).toBe(2 ** 18);
    const giant = mapped.flat().filter(({ size }) => size > 2 ** 28);
    expect(giant.some(({ backend }) => backend.kind !== "linear")).toBe(true);
    expect(giant.some(({ backend }) => backend.kind === "alloc:eager")).toBe(false);
  });
});

/** Every answer that the stack may give to these, by the contract, where frames can run out and calls fail. */
const ANSWERS = {
  map: ["AlreadyExists", "BadState", "InvalidParam", "NoMemory", "ok"],
  unmap: ["BadState", "InvalidParam", "ok"],
  protect: ["BadState", "InvalidParam", "ok"],
  clear: ["BadState", "ok"],
  fault: ["false", "true"],
  access: ["fault", "value"],
  load: ["fault", "value"],
  store: ["fault", "ok"],
  write: ["InvalidParam", "NotMapped", "ok"],
  read: ["InvalidParam", "NotMapped", "value"],
  translate: ["none", "value"],
  "can-access": ["false", "true"],
  overlaps: ["false", "true"],
  find: ["none", "value"],
  "find-free": ["none", "value"],
};

describe("in 16 pages with 24 frames", () => {
  const subject = addressSpaceSubject("x86-64");
  const answers = new Map<string, Set<string>>();
  let starved = 0;
  for (const run of tracesOf(TWENTY_FOUR_FRAMES, 2000)) {
    const instance = subject.create(TWENTY_FOUR_FRAMES.space);
    for (const request of run) {
      const answer = answerClass(instance.apply(request));
      const met = answers.get(request.op) ?? new Set();
      answers.set(request.op, met.add(answer));
      if (answer === "NoMemory" && !("inject" in request)) starved++;
    }
  }

  test.each(Object.entries(ANSWERS))("%s gets every answer that it can", (op, expected) => {
    expect([...(answers.get(op) ?? [])].sort()).toEqual(expected);
  });

  test("frames run out without an injected failure too", () => {
    expect(starved).toBeGreaterThan(20);
  });
});

function isAccess(request: Request): request is Of<"fault" | "access" | "load" | "store"> {
  return ["fault", "access", "load", "store"].includes(request.op);
}
