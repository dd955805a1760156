/** Machines below the stack's address space that lie: which check catches each of them, and when. */
import { describe, expect, test } from "vitest";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { type PhysAddr, physAddr, virtAddr } from "../trace/address.ts";
import { LARGE_SPACE } from "../trace/address-space.fixture.ts";
import type { Finding } from "../trace/finding.ts";
import { FORMAT_NAMES, type FormatName, type FrameUse, type Hardware } from "../trace/hardware.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Observation } from "../trace/observation.ts";
import type { Space } from "../trace/space.ts";
import { Executor } from "./executor.ts";

/** What is shown of the machine; the memory is a copy, to be scribbled on. */
interface Machine {
  readonly words: Uint32Array;
  useOf(frame: PhysAddr): FrameUse;
  forEachCached: Hardware["forEachCached"];
}

/** Changes what is shown. */
type Lie = (machine: Machine, observed: Observation) => void;

/** The stack, but for what it shows of its machine after the request with index `at`. */
function liar(lie: Lie, at: number, format: FormatName): Subject {
  const stack = addressSpaceSubject(format);
  const create = (space: Space): Instance => {
    const instance = stack.create(space);
    let step = 0;
    return {
      apply: (request) => instance.apply(request),
      drop: (into) => instance.drop?.(into),
      observe: (into) => {
        instance.observe(into);
        const { hardware } = into;
        if (step++ !== at || hardware === undefined) return;
        const machine: Machine = {
          words: hardware.words.slice(),
          useOf: (frame) => hardware.useOf(frame),
          forEachCached: (visit) => hardware.forEachCached(visit),
        };
        lie(machine, into);
        const { format, root, memoryStart } = hardware;
        into.hardware = { format, root, memoryStart, ...machine };
      },
    };
  };
  return { hello: stack.hello, create };
}

/** The frames of the trace below are handed out in this order: the root table, and then as pages come in. */
const MEMORY = 0x8000_0000;
const ROOT = physAddr(MEMORY);
/** The frame of page 0x2000, which three tables follow. */
const FIRST = physAddr(MEMORY + 0x1000);
/** The frame of page 0x3000. */
const SECOND = physAddr(MEMORY + 0x5000);

const TRACE = [
  "map 0x2000 0x3000 rw alloc:lazy",
  "store 0x2040 c0ffee",
  "store 0x3fff 01",
  "protect 0x2000 0x1000 -",
  "load 0x3000 4",
];
const LAST = TRACE.length - 1;

function caught(
  lie: Lie,
  at = LAST,
  trace: readonly string[] = TRACE,
  space = SIXTEEN_PAGES,
): Finding | undefined {
  return new Executor(liar(lie, at, "x86-64"), space).run(requestsIn(...trace));
}

/** Where the low half of the x86-64 entry for the page in `frame` lies. */
function entryOf(words: Uint32Array, frame: PhysAddr): number {
  const at = words.findIndex((word, index) => index % 2 === 0 && word - (word % 4096) === frame);
  expect(at).toBeGreaterThanOrEqual(0);
  return at;
}

/** Calls `change` with the low half of the entry for page 0x3000. */
function onEntry(change: (low: number) => number): Lie {
  return ({ words }) => {
    const at = entryOf(words, SECOND);
    words[at] = change(words[at] ?? 0);
  };
}

function says(use: FrameUse, frame: PhysAddr): Lie {
  return (machine) => {
    const { useOf } = machine;
    machine.useOf = (asked) => (asked === frame ? use : useOf(asked));
  };
}

function caches(addr: number, size: number, physical: number, flags: number): Lie {
  return (machine) => {
    machine.forEachCached = (visit) => visit(virtAddr(addr), size, physAddr(physical), flags);
  };
}

/** Changes a byte in memory. */
function scribbles(address: number): Lie {
  return ({ words }) => {
    const at = (address - MEMORY) >> 2;
    words[at] = (words[at] ?? 0) ^ (0xff << (8 * (address % 4)));
  };
}

test("the frames are where the lies below look for them", () => {
  const seen: string[] = [];
  caught((machine, observed) => {
    seen.push(...[ROOT, FIRST, SECOND].map((frame) => machine.useOf(frame)));
    expect(observed.pagePhysicals[0]).toBe(SECOND);
  });
  expect(seen).toEqual(["table", "data", "data"]);
});

describe.each(FORMAT_NAMES)("the truth is not caught on %s", (format) => {
  test("with few pages", () => {
    const trace = [
      ...TRACE,
      "protect 0x2000 0x1000 rx",
      "load 0x2040 3",
      "map 0x4000 0x2000 rwd alloc:eager replace",
      "protect 0x4000 0x2000 -",
      "map 0x8000 0x2000 rwu linear:0x80001000",
      "access 0x8000 w",
      "unmap 0x0 0x3000",
      "clear",
    ];
    const truth = new Executor(
      liar(() => {}, 0, format),
      SIXTEEN_PAGES,
    );
    expect(truth.run(requestsIn(...trace))).toBeUndefined();
  });

  test("with huge pages", () => {
    const trace = [
      "map 0x4000000000 0x40000000 rw linear:0x40000000",
      "access 0x4000001000 w",
      "map 0x4040000000 0x400000 rx linear:0x200000",
      "access 0x4040200000 x",
      "protect 0x4000000000 0x1000 r",
      "unmap 0x4040200000 0x1000",
    ];
    const space = { ...LARGE_SPACE, base: virtAddr(2 ** 38), size: 2 ** 37 };
    expect(
      new Executor(
        liar(() => {}, 0, format),
        space,
      ).run(requestsIn(...trace)),
    ).toBeUndefined();
  });
});

describe("is caught", () => {
  test.each<[check: string, what: string, lie: Lie, expected: string, observed: string]>([
    [
      "walk",
      "an entry that is not present",
      onEntry((low) => low & ~1),
      "page 0x3000=0x80005000:rw",
      "no page 0x3000 in the page tables",
    ],
    [
      "walk",
      "an entry that permits less",
      onEntry((low) => low & ~2),
      "page 0x3000=0x80005000:rw",
      "page 0x3000=0x80005000:r in the page tables",
    ],
    [
      "walk",
      "an entry that permits user mode",
      onEntry((low) => low | 4),
      "page 0x3000=0x80005000:rw",
      "page 0x3000=0x80005000:rwu in the page tables",
    ],
    [
      "walk",
      "an entry for another frame",
      onEntry((low) => low + 0x1000),
      "page 0x3000=0x80005000:rw",
      "page 0x3000=0x80006000:rw in the page tables",
    ],
    [
      "walk",
      "an entry too many behind it",
      ({ words }) => {
        words[entryOf(words, SECOND) + 2] = 0x9000_0001;
      },
      "no page 0x4000",
      "page 0x4000=0x90000000:rx in the page tables",
    ],
    [
      "walk",
      "an entry too many before it",
      ({ words }) => {
        words[entryOf(words, SECOND) - 6] = 0x9000_0001;
      },
      "no page 0x0",
      "page 0x0=0x90000000:rx in the page tables",
    ],
    [
      "walk",
      "a root entry with a reserved bit",
      ({ words }) => {
        words[0] = (words[0] ?? 0) | 0x80;
      },
      "sound page tables",
      expect.stringMatching(/^0x0: entry 0x[0-9a-f]{16} at level 3: bit 7 is reserved$/),
    ],
    [
      "tables",
      "a table in a frame for data",
      says("data", ROOT),
      "the frame 0x80000000 handed out as a page table",
      "data",
    ],
    [
      "tables",
      "a table too many",
      (_machine, observed) => void observed.tableFrames++,
      "4 tables reached",
      "5 frames handed out for tables",
    ],
    [
      "identity",
      "a page in a frame that was given back",
      says("free", SECOND),
      "the frame 0x80005000 of page 0x3000 handed out as data",
      "free",
    ],
    [
      "identity",
      "a guard page in a frame for tables",
      says("table", FIRST),
      "the frame 0x80001000 of page 0x2000 handed out as data",
      "table",
    ],
    [
      "tlb",
      "a translation of a page that is not accessible any more",
      caches(0x2000, 0x1000, FIRST, 3),
      "no translation of 0x2000",
      "page 0x2000=0x80001000:rw of 0x1000 bytes in the TLB",
    ],
    [
      "tlb",
      "a translation with old flags",
      caches(0x3000, 0x1000, SECOND, 7),
      "page 0x3000=0x80005000:rw of 0x1000 bytes",
      "page 0x3000=0x80005000:rwx of 0x1000 bytes in the TLB",
    ],
    [
      "tlb",
      "a translation to another frame",
      caches(0x3000, 0x1000, FIRST, 3),
      "page 0x3000=0x80005000:rw of 0x1000 bytes",
      "page 0x3000=0x80001000:rw of 0x1000 bytes in the TLB",
    ],
    ["bytes", "a byte of a guard page", scribbles(FIRST + 0x41), "0x2040: c0ffee00", "0x2040: c000ee00"],
    [
      "bytes",
      "a byte that was never written, in a line that was written in another page",
      scribbles(SECOND + 0x7f),
      "0x307c: 00000000",
      "0x307c: 000000ff",
    ],
  ])("%s: %s", (check, _what, lie, expected, observed) => {
    expect(caught(lie)).toEqual({ kind: "invariant", check, at: LAST, expected, observed, answer: "value" });
  });

  test("only the first of several stale translations", () => {
    const lie: Lie = (machine) => {
      machine.forEachCached = (visit) => {
        for (const addr of [0x5000, 0x6000]) visit(virtAddr(addr), 0x1000, FIRST, 1);
      };
    };
    expect(caught(lie)).toMatchObject({ check: "tlb", expected: "no translation of 0x5000" });
  });

  test("a byte where nobody ever wrote: when the run ends, and not before", () => {
    const lie = scribbles(SECOND + 0x800);
    expect(caught(lie)).toMatchObject({ check: "bytes", at: LAST, expected: "0x3800: 00000000" });
    expect(caught(lie, LAST - 1)).toBeUndefined();
  });

  test("bytes of a run in which nothing was written", () => {
    const trace = ["map 0x2000 0x1000 rw alloc:eager", "find 0x0"];
    expect(caught(scribbles(FIRST), 1, trace)).toMatchObject({ check: "bytes", at: 1 });
    expect(caught(scribbles(FIRST), 0, trace)).toBeUndefined();
  });

  test("a page that is in no memory at all", () => {
    const elsewhere: Lie = ({ words }, observed) => {
      const at = entryOf(words, SECOND);
      words[at] = (words[at] ?? 0) + 0x1000_0000;
      observed.pagePhysicals[1] = SECOND + 0x1000_0000;
    };
    // The first time that it shows.
    expect(caught(elsewhere, 2)).toMatchObject({ check: "identity", observed: "free" });
  });
});

describe("a huge page", () => {
  const SPACE: Space = LARGE_SPACE;
  const BASE = SPACE.base;
  const HUGE = [`map 0x${BASE.toString(16)} 0x400000 rw linear:0x200000`];

  test("may be cached in parts", () => {
    expect(caught(caches(BASE + 0x3000, 0x1000, 0x203000, 3), 0, HUGE, SPACE)).toBeUndefined();
    expect(caught(caches(BASE + 0x3000, 0x1000, 0x204000, 3), 0, HUGE, SPACE)).toMatchObject({
      check: "tlb",
    });
  });

  test("must not be cached whole when it was split", () => {
    const trace = [...HUGE, `protect 0x${(BASE + 0x201000).toString(16)} 0x1000 r`];
    expect(caught(caches(BASE, 0x200000, 0x200000, 3), 1, trace, SPACE)).toBeUndefined();
    expect(caught(caches(BASE + 0x200000, 0x200000, 0x400000, 3), 1, trace, SPACE)).toMatchObject({
      check: "tlb",
    });
  });

  test("is compared with all the pages that are shown of it", () => {
    const missing: Lie = ({ words }) => {
      // The second of two entries of 2 MiB.
      const at = entryOf(words, physAddr(0x400000));
      words[at] = 0;
    };
    expect(caught(missing, 0, HUGE, SPACE)).toMatchObject({
      check: "walk",
      expected: `page 0x${(BASE + 0x200000).toString(16)}=0x400000:rw`,
    });
  });
});

test("frames that are not given back at the end are found at the last request", () => {
  const stack = addressSpaceSubject("sv39");
  const leaky: Subject = {
    hello: stack.hello,
    create: (space) => {
      const instance = stack.create(space);
      return {
        apply: (request) => instance.apply(request),
        observe: (into) => instance.observe(into),
        drop: (into) => {
          instance.drop?.(into);
          into.tableFrames++;
        },
      };
    },
  };
  const requests = requestsIn("map 0x0 0x1000 r alloc:eager", "clear");
  expect(new Executor(leaky, SIXTEEN_PAGES).run(requests)).toMatchObject({
    check: "drop",
    at: 1,
    observed: "frames data=0 table=1",
  });
});
