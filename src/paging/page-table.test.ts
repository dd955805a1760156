import { describe, expect, test } from "vitest";
import type { PhysAddr } from "../trace/address.ts";
import { EXECUTE, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { FrameAllocator } from "./frame-allocator.ts";
import { ALL_FORMATS, GIB, KIB4, Machine, MIB2, pa, va } from "./machine.fixture.ts";
import { PageTable } from "./page-table.ts";
import { PhysFrame } from "./phys-frame.ts";
import type { TranslationCache } from "./tlb.ts";

const RW = READ | WRITE;
const SIZES = [KIB4, MIB2, GIB] as const;

/** A failure, as operations give it back. */
const failed = (error: string) => ({ ok: false, error });

/** Another page table in the memory of a machine, whose changes this cache hears of. */
function tableOver({ format, allocator }: Machine, cache: TranslationCache): PageTable {
  const root = PhysFrame.alloc(allocator, "table");
  if (root === undefined) throw new Error("no frame for the root table");
  return new PageTable(format, allocator, cache, root);
}

describe.each(ALL_FORMATS)("%s", (format) => {
  describe.each(SIZES)("one page of %i bytes", (size) => {
    test("is mapped, found, walked and unmapped", () => {
      const machine = new Machine(format);
      const { pageTable } = machine;
      expect(pageTable.map(va(3 * size), pa(5 * size), size, RW)).toEqual({ ok: true });
      const page = { physical: 5 * size, size, flags: RW };
      expect(pageTable.query(va(3 * size))).toEqual(page);
      expect(pageTable.query(va(4 * size - 1))).toEqual(page);
      expect([pageTable.isMapped(va(3 * size - 1)), pageTable.isMapped(va(4 * size))]).toEqual([
        false,
        false,
      ]);
      expect(pageTable.query(va(4 * size))).toBeUndefined();
      expect(machine.pages()).toHaveLength(1);
      expect(machine.counts.table).toBe(machine.format.levels - SIZES.indexOf(size));

      expect(pageTable.unmap(va(3 * size + 1))).toEqual({ ok: true, value: page });
      expect(machine.pages()).toEqual([]);
      expect(machine.counts).toEqual({ data: 0, table: 1 });
      expect(pageTable.unmap(va(3 * size))).toEqual(failed("NotMapped"));
    });

    test("gets other flags and another physical address, and the TLB hears of it", () => {
      const machine = new Machine(format);
      const { pageTable } = machine;
      pageTable.map(va(size), pa(size), size, RW);
      machine.touch(size);
      expect(pageTable.protect(va(2 * size - 1), READ)).toEqual({ ok: true });
      expect(pageTable.query(va(size))).toEqual({ physical: size, size, flags: READ });
      expect(machine.cached()).toEqual([]);
      machine.touch(size);
      expect(pageTable.remap(va(size + 7), pa(7 * size), READ | EXECUTE)).toEqual({ ok: true });
      expect(pageTable.query(va(size))).toEqual({ physical: 7 * size, size, flags: READ | EXECUTE });
      expect(machine.cached()).toEqual([]);
      machine.touch(size);
      expect(pageTable.unmap(va(size)).ok).toBe(true);
      expect(machine.cached()).toEqual([]);
    });

    test("keeps its address without r, w and x, and its tables", () => {
      const machine = new Machine(format);
      const { pageTable } = machine;
      pageTable.map(va(size), pa(9 * size), size, RW);
      machine.touch(size);
      const { table } = machine.counts;
      expect(pageTable.protect(va(size), NO_FLAGS)).toEqual({ ok: true });
      expect(machine.cached()).toEqual([]);
      expect(pageTable.query(va(size))).toEqual({ physical: 9 * size, size, flags: NO_FLAGS });
      expect(pageTable.isMapped(va(size))).toBe(true);
      expect(pageTable.map(va(size), pa(0), size, RW)).toEqual(failed("AlreadyMapped"));
      // A neighbour comes and goes: the table is not empty.
      pageTable.map(va(2 * size), pa(0), size, RW);
      pageTable.unmap(va(2 * size));
      expect(machine.counts.table).toBe(table);
      pageTable.protect(va(size), READ);
      expect(pageTable.query(va(size))).toEqual({ physical: 9 * size, size, flags: READ });
      pageTable.protect(va(size), NO_FLAGS);
      expect(pageTable.unmap(va(size))).toEqual({
        ok: true,
        value: { physical: 9 * size, size, flags: NO_FLAGS },
      });
      expect(machine.counts.table).toBe(1);
    });

    test("can begin at physical address 0, a guard page too", () => {
      const machine = new Machine(format);
      machine.pageTable.map(va(0), pa(0), size, NO_FLAGS);
      machine.pageTable.map(va(size), pa(0), size, READ);
      expect(machine.pages().map((page) => page.slice(page.indexOf(" ") + 4))).toEqual(["0x0 -", "0x0 r"]);
    });

    test("must lie on its size, virtually and physically", () => {
      const machine = new Machine(format);
      const { pageTable } = machine;
      expect(pageTable.map(va(size / 2), pa(size), size, RW)).toEqual(failed("NotAligned"));
      expect(pageTable.map(va(size), pa(size / 2), size, RW)).toEqual(failed("NotAligned"));
      pageTable.map(va(size), pa(size), size, RW);
      expect(pageTable.remap(va(size), pa(size / 2), RW)).toEqual(failed("NotAligned"));
      expect(pageTable.query(va(size))?.physical).toBe(size);
    });

    test("is not mapped over another, larger or smaller", () => {
      for (const other of SIZES) {
        const machine = new Machine(format);
        machine.pageTable.map(va(4 * GIB), pa(0), other, READ);
        const before = machine.state();
        expect(machine.pageTable.map(va(4 * GIB), pa(0), size, READ)).toEqual(failed("AlreadyMapped"));
        expect(machine.state()).toEqual(before);
      }
    });
  });

  test("the last page of the address space can be mapped, and nothing behind it", () => {
    const machine = new Machine(format);
    const limit = 2 ** machine.format.addrBits;
    expect(machine.pageTable.map(va(limit - KIB4), pa(KIB4), KIB4, READ)).toEqual({ ok: true });
    expect(machine.pages()).toEqual([`0x${(limit - KIB4).toString(16)} 4K 0x1000 r`]);
    expect(machine.pageTable.map(va(limit), pa(KIB4), KIB4, READ)).toEqual(failed("NotAligned"));
    expect(machine.pageTable.unmapRegion(va(limit - KIB4), 2 * KIB4)).toEqual(failed("NotAligned"));
    expect(machine.pageTable.query(va(limit))).toBeUndefined();
    expect(machine.pageTable.isMapped(va(limit))).toBe(false);
    expect(machine.pageTable.unmap(va(limit))).toEqual(failed("NotMapped"));
  });

  test("physical addresses are kept up to 2^46", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(0), pa(2 ** 46 - KIB4), KIB4, READ);
    machine.pageTable.map(va(GIB), pa(2 ** 46 - GIB), GIB, NO_FLAGS);
    expect(machine.pages()).toEqual(["0x0 4K 0x3ffffffff000 r", "0x40000000 1G 0x3fffc0000000 -"]);
  });

  test("physical addresses from 2^47 on are refused, and negative ones", () => {
    const machine = new Machine(format);
    const { pageTable } = machine;
    const limit = 2 ** 47;
    for (const physical of [-KIB4, limit]) {
      expect(pageTable.map(va(0), pa(physical), KIB4, READ)).toEqual(failed("NotAligned"));
      expect(pageTable.mapRegion(va(0), pa(physical), KIB4, READ, true)).toEqual(failed("NotAligned"));
    }
    expect(pageTable.mapRegion(va(0), pa(limit - KIB4), 2 * KIB4, READ, true)).toEqual(failed("NotAligned"));
    expect(pageTable.map(va(0), pa(limit - KIB4), KIB4, READ)).toEqual({ ok: true });
    expect(pageTable.remap(va(0), pa(limit), READ)).toEqual(failed("NotAligned"));
    expect(machine.pages()).toEqual(["0x0 4K 0x7ffffffff000 r"]);
  });

  test("sizes that are no page's are refused", () => {
    const machine = new Machine(format);
    for (const size of [0, 1, 2 * KIB4, MIB2 / 2, 2 ** 39]) {
      expect(machine.pageTable.map(va(0), pa(0), size, READ)).toEqual(failed("NotAligned"));
    }
    expect(machine.counts.table).toBe(1);
  });

  test("what is not there is neither protected nor remapped", () => {
    const machine = new Machine(format);
    expect(machine.pageTable.protect(va(0x1000), READ)).toEqual(failed("NotMapped"));
    expect(machine.pageTable.remap(va(0x1000), pa(0), READ)).toEqual(failed("NotMapped"));
    expect(machine.pages()).toEqual([]);
  });

  test("what lies outside is not protected, and no table is looked at for it", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(0), pa(0), KIB4, READ);
    machine.touch(0);
    // The table that was looked at last is gone then.
    machine.pageTable.unmapRegion(va(0), KIB4);
    const outside = va(2 ** machine.format.addrBits);
    expect(machine.pageTable.protect(outside, READ)).toEqual(failed("NotMapped"));
    expect(machine.pageTable.remap(outside, pa(0), READ)).toEqual(failed("NotMapped"));
    expect([machine.pageTable.isMapped(va(-1)), machine.pageTable.query(va(-1))]).toEqual([false, undefined]);
  });

  test("the TLB hears of a page that goes, and of nothing else", () => {
    const machine = new Machine(format);
    const told: number[][] = [];
    const cache: TranslationCache = {
      flush: (addr, level) => told.push([addr, level]),
      flushAll: () => told.push([]),
    };
    const pageTable = tableOver(machine, cache);
    pageTable.map(va(MIB2), pa(0), MIB2, NO_FLAGS);
    pageTable.protect(va(MIB2), READ);
    expect(told).toEqual([]);
    pageTable.protect(va(MIB2), RW);
    pageTable.protect(va(MIB2), NO_FLAGS);
    expect(told).toEqual([
      [MIB2, 1],
      [MIB2, 1],
    ]);
    pageTable.unmap(va(MIB2));
    expect(told).toHaveLength(2);
  });

  test("a page that gets another address is gone for a moment, one that gets other flags is not", () => {
    const machine = new Machine(format);
    const seen: string[][] = [];
    const look = () => {
      const pages: string[] = [];
      pageTable.walk((addr, _size, physical, flags) => pages.push(`${addr} ${physical} ${flags}`));
      seen.push(pages);
    };
    const pageTable = tableOver(machine, { flush: look, flushAll: look });
    pageTable.map(va(KIB4), pa(0), KIB4, READ);
    pageTable.protect(va(KIB4), RW);
    pageTable.remap(va(KIB4), pa(MIB2), READ);
    expect(seen).toEqual([[`${KIB4} 0 ${RW}`], []]);
    expect(pageTable.query(va(KIB4))?.physical).toBe(MIB2);
  });

  test("frames for tables are asked for as such", () => {
    const uses = new Set<string>();
    class Told extends FrameAllocator {
      override allocFrame(use: "data" | "table"): PhysAddr | undefined {
        uses.add(use);
        return super.allocFrame(use);
      }
    }
    const machine = new Machine(format, new Told());
    uses.clear();
    machine.pageTable.map(va(MIB2), pa(0), MIB2, READ);
    expect([...uses]).toEqual(["table"]);
    uses.clear();
    machine.pageTable.unmapRegion(va(MIB2), KIB4);
    expect([...uses]).toEqual(["table"]);
  });

  test("a walk goes through pages of all sizes in address order", () => {
    const machine = new Machine(format);
    const { pageTable } = machine;
    pageTable.map(va(6 * GIB), pa(GIB), GIB, READ);
    pageTable.map(va(GIB + MIB2), pa(MIB2), MIB2, RW);
    pageTable.map(va(GIB + 4 * MIB2 + 0x3000), pa(0x1000), KIB4, NO_FLAGS);
    pageTable.map(va(0x5000), pa(0x2000), KIB4, READ | EXECUTE);
    expect(machine.pages()).toEqual([
      "0x5000 4K 0x2000 rx",
      "0x40200000 2M 0x200000 rw",
      "0x40803000 4K 0x1000 -",
      "0x180000000 1G 0x40000000 r",
    ]);
  });

  test("empty tables are given back, the others stay", () => {
    const machine = new Machine(format);
    const { pageTable, format: layout } = machine;
    pageTable.map(va(0), pa(0), KIB4, READ);
    pageTable.map(va(MIB2), pa(0), KIB4, READ);
    pageTable.map(va(GIB), pa(0), KIB4, READ);
    expect(machine.counts.table).toBe(layout.levels + 1 + 2);
    pageTable.unmap(va(MIB2));
    expect(machine.counts.table).toBe(layout.levels + 2);
    pageTable.unmap(va(0));
    expect(machine.counts.table).toBe(layout.levels);
    pageTable.unmap(va(GIB));
    expect(machine.counts.table).toBe(1);
  });

  test("a table that was freed while it was in use is noticed", () => {
    const machine = new Machine(format);
    machine.pageTable.map(va(0), pa(0), KIB4, READ);
    machine.allocator.deallocFrame(pa(machine.pageTable.root));
    expect(() => machine.pageTable.query(va(0))).toThrow("is used after it was freed");
    expect(() => machine.pageTable.map(va(0x1000), pa(0), KIB4, READ)).toThrow("is used after it was freed");
  });

  test("dropping gives every table back, with pages mapped", () => {
    const machine = new Machine(format);
    const { pageTable } = machine;
    for (const addr of [0, MIB2, GIB, 2 ** 38]) pageTable.map(va(addr), pa(0), KIB4, READ);
    pageTable.map(va(2 * GIB), pa(0), MIB2, NO_FLAGS);
    pageTable.map(va(4 * GIB), pa(0), GIB, READ);
    machine.touch(0, MIB2, 4 * GIB);
    pageTable.drop();
    expect(machine.counts).toEqual({ data: 0, table: 0 });
    expect(machine.cached()).toEqual([]);
  });
});
