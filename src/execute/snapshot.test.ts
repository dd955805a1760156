/** Going back to a marked place: what comes then is what came the first time, and on an instance that went there afresh. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { snapshotOfObservation } from "../explore/snapshot.ts";
import { trace } from "../generate/trace.ts";
import { MemorySet } from "../memory/memory-set.ts";
import { type MockBackend, MockPageTable } from "../memory/mock.ts";
import { FrameAllocator } from "../paging/frame-allocator.ts";
import { Tlb } from "../paging/tlb.ts";
import { addressSpaceSubject, FallibleSpace } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { SUBJECTS } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import type { Flags } from "../trace/flags.ts";
import { FORMAT_NAMES, type Hardware } from "../trace/hardware.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { Preconditions } from "../trace/preconditions.ts";
import { printAnswer } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { Executor } from "./executor.ts";
import { Statistics } from "./statistics.ts";

/** A place, and two ways on from there. */
interface Fork {
  readonly path: readonly Request[];
  readonly detour: readonly Request[];
  readonly tail: readonly Request[];
}

/** Random traces, cut in three; of the last part only what may come right behind the first. */
function forks(subject: Subject, space: Space): fc.Arbitrary<Fork> {
  const cuts = fc.tuple(fc.nat(25), fc.nat(12));
  return fc.tuple(trace(space, { hello: subject.hello }), cuts).map(([requests, [from, length]]) => {
    const path = requests.slice(0, from);
    const preconditions = new Preconditions({ space, hello: subject.hello });
    for (const request of path) preconditions.note(request);
    const tail = requests.slice(from + length).filter((request) => {
      const fits = preconditions.misfitOf(request) === undefined;
      if (fits) preconditions.note(request);
      return fits;
    });
    return { path, detour: requests.slice(from, from + length), tail };
  });
}

/** What is in the TLB. */
function cachedBy(hardware: Hardware | undefined): string[] {
  const lines: string[] = [];
  hardware?.forEachCached((...entry) => lines.push(entry.join()));
  return lines;
}

/** All that can be seen of some requests, up to a finding. */
function goOn(executor: Executor, requests: readonly Request[]): unknown[] {
  const seen: unknown[] = [];
  for (const request of requests) {
    const finding = executor.step(request, undefined, (_request, answer, observed) => {
      const { injected, hardware } = observed;
      const shown = answer.kind === "panic" ? answer : snapshotOfObservation(observed, SIXTEEN_PAGES.page);
      seen.push([printAnswer(answer), shown, injected, cachedBy(hardware)]);
    });
    if (finding) return [...seen, finding];
    const fingerprint = new Fingerprint();
    executor.fingerprint(fingerprint);
    seen.push(fingerprint.bytes.slice(0, fingerprint.length).join());
  }
  return seen;
}

/** What the tail shows: on an instance that went there afresh, and twice on one that went back. */
function tailsOf(subject: Subject, space: Space, { path, detour, tail }: Fork) {
  const executor = new Executor(subject, space);
  const arrive = () => {
    executor.start();
    goOn(executor, path);
  };
  arrive();
  const afresh = [...goOn(executor, tail), executor.close()];
  arrive();
  executor.mark();
  goOn(executor, detour);
  const wentBack = executor.back();
  const first = goOn(executor, tail);
  executor.back();
  const again = [...goOn(executor, tail), executor.close()];
  return { wentBack, afresh, first: [...first, undefined], again };
}

/** Whether going back is the same as going there afresh, in so many random cases. */
function check(subject: Subject, space: Space, numRuns: number) {
  const property = fc.property(forks(subject, space), (fork) => {
    const { wentBack, afresh, first, again } = tailsOf(subject, space, fork);
    expect(wentBack).toBe(true);
    expect(first).toEqual(afresh);
    expect(again).toEqual(afresh);
  });
  return fc.check(property, { numRuns, seed: 7, endOnFailure: true });
}

const FEW_FRAMES: Space = { ...SIXTEEN_PAGES, frames: 12 };

describe("going back is the same as going there afresh", () => {
  test("on a memory set", () => {
    expect(check(memorySetSubject(), SIXTEEN_PAGES, 300)).toMatchObject({ failed: false, numRuns: 300 });
  });

  test.each(SUBJECTS.filter(({ surface }) => surface === "memory-set"))(
    "of $name, if it can",
    ({ subject }) => {
      const canGoBack = subject.create(SIXTEEN_PAGES).snapshot !== undefined;
      expect(canGoBack ? check(subject, SIXTEEN_PAGES, 40) : { failed: false }).toMatchObject({
        failed: false,
      });
    },
  );

  test.each(
    FORMAT_NAMES.flatMap((format) => [SIXTEEN_PAGES, FEW_FRAMES].map((space) => ({ format, space }))),
  )("in an address space of $format with $space.frames frames", ({ format, space }) => {
    expect(check(addressSpaceSubject(format), space, 20)).toMatchObject({ failed: false, numRuns: 20 });
  });

  test("also for what is found at the end", () => {
    class Leaking extends FallibleSpace {
      override drop(): void {}
    }
    const subject = addressSpaceSubject("x86-64", { open: true, space: (...parts) => new Leaking(...parts) });
    const [map, refused] = requestsIn("map 0x0 0x1000 r alloc:lazy", "map 0x0 0x1000 r alloc:lazy");
    const fork = { path: map ? [map] : [], detour: refused ? [refused] : [], tail: [] };
    const { afresh, again } = tailsOf(subject, SIXTEEN_PAGES, fork);
    expect(afresh).toEqual([expect.objectContaining({ check: "drop", at: 0, answer: "ok" })]);
    expect(again).toEqual(afresh);
  });
});

test("what came up in a step is told by the place that was gone back to", () => {
  const executor = new Executor(addressSpaceSubject("x86-64"), { ...SIXTEEN_PAGES, size: 0x40_0000 });
  const huge = requestsIn("map 0x0 0x200000 r linear:0x40000000");
  const [access, clear, cut] = requestsIn("access 0x0 r", "clear", "protect 0x0 0x1000 rw");
  if (access === undefined || clear === undefined || cut === undefined) throw new Error("no requests");
  const cameUp = (request: Request) => {
    const statistics = new Statistics("address-space");
    executor.step(request, statistics);
    return statistics
      .sometimes()
      .filter(({ name, count }) => count > 0 && /TLB|huge/.test(name))
      .map(({ name }) => name);
  };
  executor.start();
  for (const request of [...huge, access]) executor.step(request);
  executor.mark();
  const expected = ["a range changes that the TLB holds translations of", "a huge page is split"];
  for (let time = 0; time < 2; time++) {
    expect(cameUp(cut)).toEqual(expected);
    expect(cameUp(cut)).toEqual([]);
    executor.back();
    expect(cameUp(clear)).toEqual(expected.slice(0, 1));
    expect(cameUp(cut)).toEqual([]);
    executor.back();
  }
});

/** What brings nothing back. */
function forget(): () => void {
  return () => {};
}

class ForgetfulMockPageTable extends MockPageTable {
  override snapshot = forget;
}

class ForgetfulSet extends MemorySet<Flags, MockPageTable, MockBackend> {
  override snapshot = forget;
}

class ForgetfulAllocator extends FrameAllocator {
  override snapshot = forget;
}

class ForgetfulTlb extends Tlb {
  override snapshot = forget;
}

class ForgetfulSpace extends FallibleSpace {
  override snapshot = forget;
}

test.each<[what: string, subject: Subject]>([
  [
    "a page table",
    memorySetSubject({ open: true, pageTable: (pageSize) => new ForgetfulMockPageTable(pageSize) }),
  ],
  ["a set of areas", memorySetSubject({ open: true, set: () => new ForgetfulSet() })],
  [
    "memory, and the page tables in it",
    addressSpaceSubject("sv39", { open: true, allocator: (limit) => new ForgetfulAllocator(limit) }),
  ],
  ["a TLB", addressSpaceSubject("sv39", { open: true, tlb: () => new ForgetfulTlb() })],
  ["areas", addressSpaceSubject("sv39", { open: true, space: (...parts) => new ForgetfulSpace(...parts) })],
])("a snapshot that forgets %s is noticed", (_what, subject) => {
  expect(check(subject, SIXTEEN_PAGES, 200).failed).toBe(true);
});

test("an instance without snapshots doesn't go back", () => {
  const { hello, create } = memorySetSubject();
  const executor = new Executor(
    {
      hello,
      create(space) {
        const instance = create(space);
        return {
          apply: (request) => instance.apply(request),
          observe: (into) => instance.observe(into),
        };
      },
    },
    SIXTEEN_PAGES,
  );
  executor.start();
  executor.mark();
  expect(executor.back()).toBe(false);
});
