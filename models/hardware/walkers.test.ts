import { describe, expect, test } from "vitest";
import type { FormatName } from "../../src/trace/hardware.ts";
import { FORMAT_NAMES } from "../../src/trace/hardware.ts";
import { lookedUp, MEMORY_START, machine, seen, type Tables, walked } from "./memory.fixture.ts";

/** What all formats have in common, with entries as plain as can be. */
interface Plain {
  readonly levels: number;
  /** The entry of the table in frame `frame` of memory. */
  readonly table: (frame: number) => bigint;
  /** The entry of a readable, writable, executable page of any size. */
  readonly page: (physical: bigint, level: number) => bigint;
}

const memory = (frame: number): bigint => BigInt(MEMORY_START + frame * 4096);

const PLAIN: { readonly [name in FormatName]: Plain } = {
  "x86-64": {
    levels: 4,
    table: (frame) => memory(frame) | 0x3n,
    page: (physical, level) => physical | (level === 0 ? 0x3n : 0x83n),
  },
  ept: {
    levels: 4,
    table: (frame) => memory(frame) | 0x7n,
    page: (physical, level) => physical | (level === 0 ? 0x37n : 0xb7n),
  },
  sv39: {
    levels: 3,
    table: (frame) => (memory(frame) >> 2n) | 0x1n,
    page: (physical) => (physical >> 2n) | 0xcfn,
  },
  sv48: {
    levels: 4,
    table: (frame) => (memory(frame) >> 2n) | 0x1n,
    page: (physical) => (physical >> 2n) | 0xcfn,
  },
  aarch64: {
    levels: 4,
    table: (frame) => memory(frame) | 0x3n,
    page: (physical, level) => physical | (level === 0 ? 0x403n : 0x401n),
  },
};

/** An entry of level 1 that is malformed, and of level 2 as well. */
const BAD: { readonly [name in FormatName]: bigint } = {
  "x86-64": 0x8000_0000_0000_2083n,
  ept: 0x8000_0000_0000_0002n,
  sv39: 0x8000_0000_0000_0001n,
  sv48: 0x8000_0000_0000_0001n,
  aarch64: 0x8001_0000_0000_0001n,
};

/**
 * The tables of levels 3, 2, 1 and 0 in frames 0, 1, 2 and 3, with these entries of level 0 to 2 beside the way
 * down at index 0. With three levels the root is in frame 1.
 */
function tree(format: FormatName, level0: Tables[number], level1: Tables[number], level2: Tables[number]) {
  const { levels, table } = PLAIN[format];
  const at = (frame: number): number => MEMORY_START + frame * 4096;
  const tables: Tables = {
    [at(0)]: { 0: table(1) },
    [at(1)]: { 0: table(2), ...level2 },
    [at(2)]: { 0: table(3), ...level1 },
    [at(3)]: level0,
  };
  return machine(format, 5, tables, { root: at(4 - levels) });
}

describe.each(FORMAT_NAMES)("%s", (format) => {
  const { page, table, levels } = PLAIN[format];
  const limit = 2 ** (12 + 9 * levels);

  test("an empty root: no page, one table", () => {
    const hardware = machine(format, 1, {});
    expect(seen(hardware)).toEqual([]);
    expect(Array.from(walked(hardware).tables.subarray(0, walked(hardware).tableCount))).toEqual([
      MEMORY_START,
    ]);
  });

  test("pages of all sizes, first and last entries, in address order", () => {
    const hardware = tree(
      format,
      { 0: page(0x1000n, 0), 511: page(0x2000n, 0) },
      { 1: page(0x20_0000n, 1), 511: page(0n, 1) },
      { 1: page(0x4000_0000n, 2), 511: page(0x4000_0000n, 2) },
    );
    expect(seen(hardware)).toEqual([
      "0x0 4K 0x1000 rwx",
      "0x1ff000 4K 0x2000 rwx",
      "0x200000 2M 0x200000 rwx",
      "0x3fe00000 2M 0x0 rwx",
      "0x40000000 1G 0x40000000 rwx",
      "0x7fc0000000 1G 0x40000000 rwx",
    ]);
  });

  test("a page at each index of a table, on its own and among all", () => {
    const indices = Array.from({ length: 512 }, (_, index) => index);
    const full = Object.fromEntries(indices.map((index) => [index, page(BigInt(index * 8192), 0)]));
    const lines = indices.map(
      (index) => `0x${(index * 4096).toString(16)} 4K 0x${(index * 8192).toString(16)} rwx`,
    );
    expect(seen(tree(format, full, {}, {}))).toEqual(lines);
    const alone = indices
      .slice(0, 9)
      .map((index) => seen(tree(format, { [index]: full[index] ?? 0n }, {}, {})));
    expect(alone.flat()).toEqual(lines.slice(0, 9));
  });

  test("a look-up from any byte of a page, and from none beside it", () => {
    const hardware = tree(
      format,
      { 1: page(0x1000n, 0) },
      { 2: page(0x20_0000n, 1) },
      { 511: page(0x4000_0000n, 2) },
    );
    const [small, large, huge] = seen(hardware);
    const at = (addr: number): string => lookedUp(hardware, addr);
    expect([0xfff, 0x1000, 0x1fff, 0x2000].map(at)).toEqual(["none", small, small, "none"]);
    expect([0x3f_ffff, 0x40_0000, 0x5f_ffff, 0x60_0000].map(at)).toEqual(["none", large, large, "none"]);
    const end = 2 ** 39;
    expect([end - 2 ** 30 - 1, end - 2 ** 30, end - 1].map(at)).toEqual(["none", huge, huge]);
  });

  test("the highest page of the address space", () => {
    const hardware = machine(format, 4, {
      [MEMORY_START]: { 511: levels === 3 ? page(0n, 2) : table(1) },
      [MEMORY_START + 4096]: { 511: page(0n, 2) },
    });
    const highest = `0x${(limit - 2 ** 30).toString(16)} 1G 0x0 rwx`;
    expect(seen(hardware)).toEqual([highest]);
    expect(lookedUp(hardware, limit - 1)).toBe(highest);
  });

  test("no look-up beyond the widest address", () => {
    const hardware = tree(format, { 0: page(0x1000n, 0) }, {}, {});
    expect(lookedUp(hardware, 0)).toBe("0x0 4K 0x1000 rwx");
    expect(lookedUp(hardware, limit)).toBe("none");
  });

  test("the tables in the order of the walk", () => {
    const hardware = machine(
      format,
      8,
      {
        [MEMORY_START + 4096]: { 3: table(7), 9: table(2) },
        [MEMORY_START + 7 * 4096]: { 0: table(5), 1: table(3) },
      },
      { root: MEMORY_START + 4096 },
    );
    const walk = walked(hardware);
    const frames = Array.from(walk.tables.subarray(0, walk.tableCount), (at) => (at - MEMORY_START) / 4096);
    expect(frames).toEqual([1, 7, 5, 3, 2]);
    expect(walk.malformed).toBeUndefined();
  });

  test("memory that begins below the root", () => {
    const tables: Tables = {
      [MEMORY_START]: { 1: levels === 3 ? page(0n, 2) : table(2) },
      [MEMORY_START + 2 * 4096]: { 1: page(0n, 2) },
    };
    const hardware = machine(format, 8, tables, { memoryStart: MEMORY_START - 3 * 4096 });
    const addr = levels === 3 ? "0x40000000" : "0x8040000000";
    expect(seen(hardware)).toEqual([`${addr} 1G 0x0 rwx`]);
    expect(lookedUp(hardware, Number(addr))).toBe(`${addr} 1G 0x0 rwx`);
  });

  test("a cycle ends the walk and is reported", () => {
    const root = 4 - levels;
    const hardware = tree(format, {}, { 5: table(root) }, {});
    expect(seen(hardware)).toEqual([
      `0xa00000 malformed: the table at 0x${memory(root).toString(16)} is reached twice`,
    ]);
    expect(walked(hardware).tableCount).toBe(levels);
  });

  test("a table behind two entries is walked once and reported", () => {
    const hardware = tree(format, { 0: page(0x1000n, 0) }, { 7: table(3) }, {});
    expect(seen(hardware)).toEqual([
      "0x0 4K 0x1000 rwx",
      "0xe00000 malformed: the table at 0x80003000 is reached twice",
    ]);
  });

  test.each([
    ["below memory", -1, "0x7ffff000"],
    ["behind memory", 5, "0x80005000"],
  ])("a table %s", (_where, frame, at) => {
    const hardware = tree(format, { 0: page(0x1000n, 0) }, { 1: table(frame), 2: page(0n, 1) }, {});
    expect(seen(hardware)).toEqual([
      "0x0 4K 0x1000 rwx",
      "0x400000 2M 0x0 rwx",
      `0x200000 malformed: the table at ${at} is no frame of memory`,
    ]);
    expect(lookedUp(hardware, 0x20_0000)).toBe("none");
  });

  test.each([
    ["below memory", MEMORY_START - 4096],
    ["behind memory", MEMORY_START + 4096],
    ["not at the start of a frame", MEMORY_START + 8],
  ])("a root %s", (_where, root) => {
    const hardware = machine(format, 1, { [MEMORY_START]: { 1: page(0n, 2) } }, { root });
    expect(seen(hardware)).toEqual([
      `0x0 malformed: the table at 0x${root.toString(16)} is no frame of memory`,
    ]);
    expect(lookedUp(hardware, 0)).toBe("none");
    expect(walked(hardware).tableCount).toBe(0);
  });

  test("the first malformed entry is reported, with its level and all its bits", () => {
    const bad = BAD[format];
    const hardware = tree(format, { 0: page(0x1000n, 0) }, { 3: bad }, { 2: bad });
    const { malformed } = walked(hardware);
    expect(malformed?.addr).toBe(0x60_0000);
    expect(malformed?.why).toContain(`entry 0x${bad.toString(16).padStart(16, "0")} at level 1: `);
  });

  test("a look-up sees what a walk sees, whatever bits are set", () => {
    for (let seed = 0; seed < 200; seed++) {
      const flip = flipper(seed);
      const hardware = tree(
        format,
        { 0: flip(page(0x1000n, 0)), 1: flip(page(0x2000n, 0)) },
        { 1: flip(page(0x20_0000n, 1)), 2: flip(page(0x40_0000n, 1)) },
        { 1: flip(page(0x4000_0000n, 2)), 3: flip(page(0xc000_0000n, 2)) },
      );
      const addrs = [0, 0x1000, 0x20_0000, 0x40_0000, 0x4000_0000, 0xc000_0000];
      const pages = seen(hardware).filter((line) => !line.includes("malformed"));
      const found = addrs.map((addr) => lookedUp(hardware, addr)).filter((line) => line !== "none");
      expect(found).toEqual(pages);
    }
  });
});

/** Sets up to three bits outside of the address, or clears them; the same for the same seed. */
function flipper(seed: number): (entry: bigint) => bigint {
  let state = seed + 1;
  const next = (below: number): number => {
    state = (state * 48271) % 0x7fff_ffff;
    return state % below;
  };
  return (entry) => {
    let flipped = entry;
    for (let count = next(4); count > 0; count--)
      flipped ^= 1n << BigInt([next(10), 48 + next(16)][next(2)] ?? 0);
    return flipped;
  };
}
