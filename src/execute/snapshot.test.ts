/** Going back to a marked place: what comes then is what came the first time, and on an instance that went there afresh. */
import { describe, expect, test } from "vitest";
import { MemorySet } from "../memory/memory-set.ts";
import { type MockBackend, MockPageTable } from "../memory/mock.ts";
import { FrameAllocator } from "../paging/frame-allocator.ts";
import { PageTable } from "../paging/page-table.ts";
import { Tlb } from "../paging/tlb.ts";
import { addressSpaceSubject, FallibleSpace } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { type NamedSubject, SUBJECTS } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import type { Flags } from "../trace/flags.ts";
import { FORMAT_NAMES } from "../trace/hardware.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { Executor } from "./executor.ts";
import { checkGoingBack, tailsOf } from "./going-back.fixture.ts";
import { Statistics } from "./statistics.ts";

const FEW_FRAMES: Space = { ...SIXTEEN_PAGES, frames: 12 };

const ON_MEMORY_SETS = SUBJECTS.filter(({ surface }) => surface === "memory-set");

function canGoBack({ subject }: NamedSubject): boolean {
  return subject.create(SIXTEEN_PAGES).snapshot !== undefined;
}

describe("going back is the same as going there afresh", () => {
  test("on a memory set", () => {
    expect(checkGoingBack(memorySetSubject(), SIXTEEN_PAGES, 300)).toMatchObject({
      failed: false,
      numRuns: 300,
    });
  });

  test("on a memory set whose pages take more than one word of the mock page table", () => {
    expect(checkGoingBack(memorySetSubject(), { ...SIXTEEN_PAGES, size: 0x80_000 }, 100)).toMatchObject({
      failed: false,
      numRuns: 100,
    });
  });

  test.each(ON_MEMORY_SETS.filter(canGoBack))("of $name", ({ subject }) => {
    expect(checkGoingBack(subject, SIXTEEN_PAGES, 40)).toMatchObject({ failed: false, numRuns: 40 });
  });

  test("but for three planted defects of memory sets that remember what doesn't show", () => {
    expect(ON_MEMORY_SETS.filter((each) => !canGoBack(each)).map(({ name }) => name)).toEqual([
      "defect:stale-find-cache",
      "defect:clone-shares-state",
      "defect:injection-never-disarmed",
    ]);
  });

  test.each(
    FORMAT_NAMES.flatMap((format) => [SIXTEEN_PAGES, FEW_FRAMES].map((space) => ({ format, space }))),
  )("in an address space of $format with $space.frames frames", ({ format, space }) => {
    expect(checkGoingBack(addressSpaceSubject(format), space, 20)).toMatchObject({
      failed: false,
      numRuns: 20,
    });
  });

  test("also for what is found at the end", () => {
    class Leaking extends FallibleSpace {
      override drop(): void {}
    }
    const subject = addressSpaceSubject("x86-64", { open: true, space: (...parts) => new Leaking(...parts) });
    const [map, refused] = requestsIn("map 0x0 0x1000 r alloc:lazy", "map 0x0 0x1000 r alloc:lazy");
    const fork = { path: map ? [map] : [], detour: refused ? [refused] : [], tail: [] };
    const tails = tailsOf(subject, SIXTEEN_PAGES, fork);
    expect(tails?.afresh).toEqual([expect.objectContaining({ check: "drop", at: 0, answer: "ok" })]);
    expect(tails?.wayBack.at(-1)).toEqual(tails?.afresh);
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

class ForgetfulPageTable extends PageTable {
  override snapshot(): () => void {
    return () => {};
  }
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
  [
    "that a root table was given back",
    addressSpaceSubject("sv39", { open: true, pageTable: (...parts) => new ForgetfulPageTable(...parts) }),
  ],
  ["a TLB", addressSpaceSubject("sv39", { open: true, tlb: () => new ForgetfulTlb() })],
  ["areas", addressSpaceSubject("sv39", { open: true, space: (...parts) => new ForgetfulSpace(...parts) })],
])("a snapshot that forgets %s is noticed", (_what, subject) => {
  expect(checkGoingBack(subject, SIXTEEN_PAGES, 200).failed).toBe(true);
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

test.each<[where: string, method: "apply" | "observe" | "drop", end: (executor: Executor) => void]>([
  ["in a step", "apply", (executor) => executor.step({ op: "clear" })],
  ["where it shows what it came to", "observe", (executor) => executor.step({ op: "clear" })],
  ["when it is given up", "drop", (executor) => executor.close()],
])("nor does one that panicked %s: nobody knows in what state it is", (_where, method, end) => {
  const { hello, create } = addressSpaceSubject("sv39");
  let made = 0;
  let armed = false;
  const subject: Subject = {
    hello,
    create(space) {
      made++;
      const instance = create(space);
      const original = instance[method]?.bind(instance);
      return Object.assign(instance, {
        [method]: (argument: never) => {
          if (armed) throw new Error("in the middle");
          return original?.(argument);
        },
      });
    },
  };
  const executor = new Executor(subject, FEW_FRAMES);
  executor.restart();
  executor.step({ op: "clear" });
  executor.mark();
  expect(executor.isMarked).toBe(true);
  armed = true;
  end(executor);
  expect(executor.back()).toBe(false);
  executor.restart();
  expect(made).toBe(2);
});
