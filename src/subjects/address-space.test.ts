import { describe, expect, test } from "vitest";
import { FrameAllocator, MEMORY_START } from "../paging/frame-allocator.ts";
import { ALL_FORMATS } from "../paging/machine.fixture.ts";
import { PageTable } from "../paging/page-table.ts";
import { Tlb } from "../paging/tlb.ts";
import { physAddr, virtAddr } from "../trace/address.ts";
import { EXECUTE, type Flags, WRITE } from "../trace/flags.ts";
import type { FormatName } from "../trace/hardware.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { Observation } from "../trace/observation.ts";
import { printAnswer, printFlags } from "../trace/print.ts";
import { addressSpaceSubject, FallibleSpace } from "./address-space.ts";
import type { Instance, Subject } from "./subject.ts";

const SPACE = { base: virtAddr(0x10000), size: 0x10000, page: 0x1000, frames: 0 };

/** The last answer of an instance to these requests. */
function ask(instance: Instance, ...lines: string[]): string | undefined {
  return requestsIn(...lines)
    .map((request) => printAnswer(instance.apply(request)))
    .at(-1);
}

function create(format: FormatName = "x86-64", frames = 0, subject: Subject = addressSpaceSubject(format)) {
  return subject.create({ ...SPACE, frames });
}

function observed(instance: Instance): Observation {
  const observation = new Observation();
  instance.observe(observation);
  return observation;
}

const MAPPED = [
  "map 0x10000 0x2000 rwu alloc:eager",
  "map 0x14000 0x2000 rx alloc:lazy",
  "map 0x18000 0x2000 rwd linear:0x5000",
  "map 0x1c000 0x1000 - alloc:eager",
];

describe.each(ALL_FORMATS)("%s", (format) => {
  const u = format === "ept" ? "" : "u";

  test("says what it is", () => {
    const { hello } = addressSpaceSubject(format);
    expect(hello).toMatchObject({
      name: `address-space/${format}`,
      surface: "address-space",
      failure: "atomic",
      inject: ["frame", "backend"],
      addrBits: format === "sv39" ? 39 : 48,
    });
    expect([printFlags(hello.flags), printFlags(hello.pageFlags)]).toEqual(["rwxudn", `rwx${u}dn`]);
  });

  test.each([
    ["map 0x12000 0x1000 r alloc:lazy", "ok"],
    ["map 0x11000 0x1000 r linear:0x5000", "err AlreadyExists"],
    ["map 0x11000 0x1000 r linear:0x5000 replace", "ok"],
    ["map 0x11000 0x1000 r linear:0x5001 replace", "err InvalidParam"],
    ["map 0x12000 0x1000 r alloc:eager !frame=0", "err NoMemory"],
    ["map 0x12000 0x1000 r alloc:eager !backend=0", "err BadState"],
    ["map 0x12000 0x1000 r alloc:lazy !backend=0", "err BadState"],
    ["map 0x12000 0x1000 r linear:0x5000 !backend=0", "err BadState"],
    ["map 0x12000 0x1000 r mock", "err Unsupported"],
    ["unmap 0x10000 0x10000", "ok"],
    ["unmap 0x10000 0x11000", "err InvalidParam"],
    ["protect 0x10000 0x10000 r", "ok"],
    ["protect 0x10000 0x10000 r !backend=3", "err BadState"],
    ["clear", "ok"],
    ["fault 0x14000 x", "ok true"],
    ["fault 0x14000 w", "ok false"],
    ["fault 0x14000 x !frame=0", "ok false"],
    ["fault 0x10000 r", "ok false"],
    ["access 0x18004 w", "ok 0x5004"],
    ["access 0x18004 x", "ok fault"],
    ["access 0x15000 w", "ok fault"],
    ["access 0x15000 r !frame=0", "ok fault"],
    ["access 0x1c000 r", "ok fault"],
    ["access 0xf000 r", "ok fault"],
    ["load 0x14ffc 0x4", "ok 00000000"],
    ["load 0x16000 0x4", "ok fault"],
    ["store 0x11000 0102", "ok"],
    ["store 0x14000 0102", "ok fault"],
    ["write 0x10fff 0102", "ok"],
    ["write 0x11fff 0102", "err NotMapped"],
    ["write 0x1ffff 0102", "err InvalidParam"],
    ["read 0x10fff 0x2", "ok 0000"],
    ["read 0x13fff 0x2", "err NotMapped"],
    ["read 0x1ffff 0x2", "err InvalidParam"],
    [
      "areas",
      "ok 0x10000-0x12000 rwu alloc:eager;0x14000-0x16000 rx alloc:lazy;" +
        "0x18000-0x1a000 rwd linear:0x5000;0x1c000-0x1d000 - alloc:eager",
    ],
    ["injected", "ok 0"],
    ["find 0x19fff", "ok 0x18000-0x1a000 rwd linear:0x5000"],
    ["find 0x12000", "ok none"],
    ["overlaps 0x12000 0x2000", "ok false"],
    ["overlaps 0x12000 0x2001", "ok true"],
    ["find-free 0x0 0x2000 0x10000-0x20000 0x1000", "ok 0x12000"],
    ["find-free 0x0 0x5000 0x10000-0x20000 0x1000", "ok none"],
    ["translate 0x18123", "ok 0x5123"],
    ["translate 0x14000", "ok none"],
    ["can-access 0x10000 0x2000 rw", "ok true"],
    ["can-access 0x10000 0x2001 r", "ok false"],
  ])("%s: %s", (line, answer) => {
    expect(ask(create(format), ...MAPPED, line)).toBe(answer);
  });

  test("what shows is every area, accessible page and frame", () => {
    const instance = create(format);
    ask(instance, ...MAPPED, "fault 0x15000 r");
    const seen = observed(instance);
    const areas = Array.from(seen.areaStarts.subarray(0, seen.areaCount));
    expect(areas).toEqual([0x10000, 0x14000, 0x18000, 0x1c000]);
    expect(Array.from(seen.areaPhysicals.subarray(0, 4))).toEqual([-1, -1, 0x5000, -1]);
    const pages = Array.from(seen.pageAddrs.subarray(0, seen.pageCount));
    expect(pages).toEqual([0x10000, 0x11000, 0x15000, 0x18000, 0x19000]);
    expect(Array.from(seen.pageFlags.subarray(0, 5), (flags) => printFlags(flags))).toEqual([
      `rw${u}`,
      `rw${u}`,
      "rx",
      "rwd",
      "rwd",
    ]);
    expect(Array.from(seen.pagePhysicals.subarray(3, 5))).toEqual([0x5000, 0x6000]);
    expect([seen.dataFrames, seen.tableFrames]).toEqual([4, format === "sv39" ? 3 : 4]);
    expect(ask(instance, "frames")).toBe(`ok data=4 table=${format === "sv39" ? 3 : 4}`);
    expect(ask(instance, "pages")?.match(/0x1[0-9a-f]{4}=/g)).toEqual(
      pages.map((page) => `0x${page.toString(16)}=`),
    );
  });

  test("huge pages show as runs and, asked for pages, as pages", () => {
    const instance = addressSpaceSubject(format).create({ ...SPACE, base: virtAddr(0), size: 2 ** 30 });
    ask(instance, "map 0x200000 0x400000 rw linear:0x200000");
    const seen = observed(instance);
    expect(Array.from(seen.pageCounts.subarray(0, seen.pageCount))).toEqual([512, 512]);
    expect(ask(instance, "pages")?.split(";").slice(-1)).toEqual(["0x5ff000=0x5ff000:rw"]);
    expect(ask(instance, "pages")?.split(";")).toHaveLength(1024);
  });

  test("dropped, it has given every frame back", () => {
    const instance = create(format);
    ask(instance, ...MAPPED, "fault 0x15000 r");
    const last = new Observation();
    instance.drop?.(last);
    expect([last.dataFrames, last.tableFrames]).toEqual([0, 0]);
  });
});

describe("a processor's access", () => {
  test("brings a page in by a fault, and goes through the TLB", () => {
    const instance = create();
    expect(ask(instance, ...MAPPED, "store 0x11ffe 0102", "load 0x11fff 0x1")).toBe("ok 02");
    expect(ask(instance, "access 0x15008 x")).not.toBe("ok fault");
    const cached: number[] = [];
    observed(instance).hardware?.forEachCached((addr) => cached.push(addr));
    expect(cached).toEqual([0x11000, 0x15000]);
    expect(ask(instance, "frames")).toBe("ok data=4 table=4");
  });

  test("of a linear page that has no memory is a bug", () => {
    const instance = create();
    expect(() => ask(instance, ...MAPPED, "load 0x18000 0x1")).toThrow("there is no memory");
  });
});

describe("an injected failure", () => {
  test("fires in its command alone, and is counted until the next one", () => {
    const instance = create();
    expect(ask(instance, ...MAPPED, "clear !backend=1")).toBe("err BadState");
    expect(observed(instance).injected).toBe(1);
    expect(ask(instance, "injected")).toBe("ok 1");
    expect(ask(instance, "map 0x12000 0x2000 r alloc:eager !frame=1", "injected")).toBe("ok 1");
    expect(ask(instance, "map 0x12000 0x2000 r alloc:eager")).toBe("ok");
    expect([ask(instance, "injected"), observed(instance).injected]).toEqual(["ok 0", 0]);
    expect(ask(instance, "unmap 0x1f000 0x1000 !backend=0", "clear")).toBe("ok");
  });
});

test("frames are limited where the space says so, and the root table counts", () => {
  const instance = create("sv39", 4);
  expect(ask(instance, "map 0x10000 0x2000 rw alloc:eager")).toBe("err NoMemory");
  expect(ask(instance, "frames")).toBe("ok data=0 table=1");
  expect(ask(instance, "map 0x10000 0x1000 rw alloc:eager", "frames")).toBe("ok data=1 table=3");
});

test("the machine below shows where its memory and its root table are", () => {
  const instance = create("sv48");
  const { hardware } = observed(instance);
  expect([hardware?.format, hardware?.root, hardware?.memoryStart]).toEqual([
    "sv48",
    MEMORY_START,
    MEMORY_START,
  ]);
  expect(hardware?.words[0]).toBe(0);
  ask(instance, "map 0x10000 0x1000 rw alloc:eager");
  expect(hardware?.words[0]).not.toBe(0);
  const uses = [0, 1, 2, 3, 4, 5].map((frame) => hardware?.useOf(physAddr(MEMORY_START + frame * 0x1000)));
  expect(uses).toEqual(["table", "data", "table", "table", "table", "free"]);
});

describe("parts can be replaced", () => {
  test("the format", () => {
    const subject = addressSpaceSubject("x86-64", {
      format: (format) => ({ ...format, flagsOf: () => WRITE }),
    });
    const instance = create("x86-64", 0, subject);
    expect(ask(instance, "map 0x10000 0x1000 r linear:0x5000", "pages")).toBe("ok 0x10000=0x5000:w");
  });

  test("allocator, TLB, page table and space", () => {
    class Dirty extends FrameAllocator {
      protected override zero(index: number): void {
        super.zero(index);
        if (index > 4) this.memory.frame(index).bytes[0] = 1;
      }
    }
    class Blind extends Tlb {
      override lookUp(): boolean {
        return false;
      }
      override physical() {
        return physAddr(7);
      }
      override get flags(): Flags {
        return EXECUTE;
      }
    }
    let tables = 0;
    class Counted extends PageTable {
      override begin(): void {
        tables++;
        super.begin();
      }
    }
    class Closed extends FallibleSpace {
      override canAccessRange(): boolean {
        return false;
      }
    }
    const subject = addressSpaceSubject("x86-64", {
      allocator: (limit) => new Dirty(limit),
      tlb: () => new Blind(),
      pageTable: (format, handler, tlb, root) => new Counted(format, handler, tlb, root),
      space: (base, size, pageTable, handler) => new Closed(base, size, pageTable, handler),
    });
    const instance = create("x86-64", 0, subject);
    expect(ask(instance, "map 0x10000 0x2000 rx alloc:eager", "read 0x11000 0x1")).toBe("ok 01");
    expect(ask(instance, "access 0x10000 x")).toBe("ok 0x7");
    expect(ask(instance, "can-access 0x10000 0x1000 r")).toBe("ok false");
    expect(tables).toBe(1);
  });
});

test("instances share nothing", () => {
  const subject = addressSpaceSubject("x86-64");
  const [one, other] = [subject.create(SPACE), subject.create(SPACE)];
  expect([ask(one, ...MAPPED), ask(other, ...MAPPED)]).toEqual(["ok", "ok"]);
  expect(ask(one, "clear", "frames")).toBe("ok data=0 table=1");
  expect(ask(other, "frames")).toBe("ok data=3 table=4");
});
