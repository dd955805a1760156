import { describe, expect, test } from "vitest";
import { NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { DONE, NO_MEMORY } from "./error.ts";
import { FORMATS } from "./formats/by-name.ts";
import { ALL_FORMATS, failEachFrame, GIB, KIB4, Machine, MIB2, pa, va } from "./machine.fixture.ts";

const RW = READ | WRITE;

describe.each(ALL_FORMATS)("%s: sharing tables", (format) => {
  const span = 2 ** (FORMATS[format].addrBits - 9);
  const start = va(2 * span);

  /** The owner of a range, and a borrower in the same memory. */
  const setUp = () => {
    const owner = new Machine(format);
    return { owner, borrower: new Machine(format, owner.allocator) };
  };

  test("shows what the owner has mapped, and what it maps, protects and unmaps later", () => {
    const { owner, borrower } = setUp();
    owner.pageTable.map(start, pa(0x1000), KIB4, RW);
    owner.pageTable.map(va(0), pa(0), KIB4, RW);
    expect(borrower.pageTable.copyFrom(owner.pageTable, start, 2 * span)).toEqual(DONE);
    const at = (addr: number) => `0x${addr.toString(16)}`;
    expect(borrower.pages()).toEqual([`${at(start)} 4K 0x1000 rw`]);
    owner.pageTable.map(va(start + span), pa(0x3000), KIB4, READ);
    owner.pageTable.protect(start, READ);
    expect(borrower.pages()).toEqual([`${at(start)} 4K 0x1000 r`, `${at(start + span)} 4K 0x3000 r`]);
    owner.pageTable.unmapRegion(start, 2 * span);
    expect(borrower.pages()).toEqual([]);
    owner.pageTable.map(va(start + 0x5000), pa(0x7000), KIB4, READ);
    expect(borrower.pages()).toEqual([`${at(start + 0x5000)} 4K 0x7000 r`]);
  });

  test("tells the borrower's TLB of every change, of a rollback and of the end too", () => {
    const { owner, borrower } = setUp();
    borrower.pageTable.copyFrom(owner.pageTable, start, span);
    owner.pageTable.mapRegion(start, pa(GIB), GIB, RW, true);
    borrower.touch(start, start + MIB2);
    expect(borrower.cached()).toHaveLength(span === GIB ? 2 : 1);
    owner.pageTable.protectRegion(start, KIB4, READ);
    expect(borrower.stale()).toEqual([]);
    borrower.touch(start);
    owner.pageTable.begin();
    owner.pageTable.unmapRegion(start, GIB);
    owner.pageTable.map(start, pa(0), KIB4, RW);
    borrower.touch(start);
    owner.pageTable.rollback();
    expect(borrower.stale()).toEqual([]);
    borrower.touch(start);
    owner.pageTable.drop();
    expect(borrower.cached()).toEqual([]);
  });

  test("lends on what is borrowed, and tells the last TLB in the chain too", () => {
    const { owner, borrower } = setUp();
    const third = new Machine(format, owner.allocator);
    borrower.pageTable.copyFrom(owner.pageTable, start, span);
    third.pageTable.copyFrom(borrower.pageTable, start, span);
    owner.pageTable.map(start, pa(0x1000), KIB4, RW);
    third.touch(start);
    expect(third.cached()).toHaveLength(1);
    owner.pageTable.protect(start, READ);
    expect(third.stale()).toEqual([]);
    for (const { pageTable } of [third, borrower, owner]) pageTable.drop();
    expect(owner.counts).toEqual({ data: 0, table: 0 });
  });

  test("goes both ways", () => {
    const { owner, borrower } = setUp();
    const there = va(4 * span);
    const page = va(there + KIB4);
    expect(borrower.pageTable.copyFrom(owner.pageTable, start, span)).toEqual(DONE);
    expect(owner.pageTable.copyFrom(borrower.pageTable, there, span)).toEqual(DONE);
    owner.pageTable.map(start, pa(0x1000), KIB4, RW);
    borrower.pageTable.map(page, pa(0x2000), KIB4, RW);
    for (const machine of [owner, borrower]) machine.touch(start, page);
    expect([owner.cached().length, borrower.cached().length]).toEqual([2, 2]);
    owner.pageTable.protect(start, READ);
    borrower.pageTable.protect(page, READ);
    expect([...owner.stale(), ...borrower.stale()]).toEqual([]);
  });

  test("tables that were lent stay when they are empty, those below them go", () => {
    const { owner, borrower } = setUp();
    borrower.pageTable.copyFrom(owner.pageTable, start, span);
    const { table } = owner.counts;
    expect(table).toBe(3);
    // The second address has the index of the lent entry in the table below the root.
    for (const addr of [start, va((2 * span) / 512)]) {
      owner.pageTable.map(addr, pa(0), KIB4, READ);
      owner.pageTable.unmap(addr);
      expect(owner.counts.table).toBe(table);
    }
  });

  test("borrowed tables belong to the owner", () => {
    const { owner, borrower } = setUp();
    owner.pageTable.map(start, pa(0), KIB4, READ);
    const { table } = owner.counts;
    borrower.pageTable.copyFrom(owner.pageTable, start, span);
    // Its own tables go, that with the index of the borrowed one in the table below the root too.
    borrower.pageTable.map(va((2 * span) / 512), pa(0), KIB4, READ);
    borrower.pageTable.drop();
    // The borrower had one root; the others are the owner's.
    expect(owner.counts.table).toBe(table - 1);
    expect(owner.pages()).toHaveLength(1);
    owner.pageTable.drop();
    expect(owner.counts.table).toBe(0);
  });

  test("tells nobody any more who has been dropped", () => {
    const { owner, borrower } = setUp();
    borrower.pageTable.copyFrom(owner.pageTable, start, span);
    owner.pageTable.map(start, pa(0), KIB4, RW);
    borrower.pageTable.drop();
    borrower.tlb.fill(start, KIB4, pa(0), RW);
    owner.pageTable.protect(start, READ);
    expect(borrower.cached()).toHaveLength(1);
  });

  test("splits what lies in an entry of the root table, and no other huge page", () => {
    const { owner, borrower } = setUp();
    owner.pageTable.map(start, pa(GIB), GIB, RW);
    owner.pageTable.map(va(start + span), pa(GIB), GIB, NO_FLAGS);
    owner.touch(start);
    expect(borrower.pageTable.copyFrom(owner.pageTable, start, 2 * span)).toEqual(DONE);
    expect(owner.sizes()).toEqual(span === GIB ? { "2M": 1024 } : { "1G": 2 });
    expect(owner.stale()).toEqual([]);
    expect(borrower.pages()).toEqual(owner.pages());
    expect(owner.pageTable.query(va(start + MIB2))?.flags).toBe(RW);
    expect(owner.pageTable.query(va(start + span))?.flags).toBe(NO_FLAGS);
    owner.pageTable.protectRegion(start, GIB, READ);
    expect(borrower.pageTable.query(start)?.flags).toBe(READ);
  });

  test("is all or nothing: every frame that the owner needs", () => {
    class Sharing extends Machine {
      readonly borrower = new Machine(format, this.allocator);
      override state(): unknown {
        return [super.state(), this.borrower.state()];
      }
    }
    const machineOf = () => {
      const machine = new Sharing(format);
      machine.pageTable.map(start, pa(GIB), GIB, RW);
      machine.touch(start);
      return machine;
    };
    const copy = (machine: Sharing) =>
      machine.borrower.pageTable.copyFrom(machine.pageTable, va(start - span), 3 * span);
    expect(failEachFrame(machineOf, copy)).toBe(span === GIB ? 3 : 2);
  });

  test.each([
    ["a start inside an entry", MIB2, 0],
    ["an end inside an entry", 0, MIB2],
  ])("is refused for %s of the root table", (_name, startOff, endOff) => {
    const { owner, borrower } = setUp();
    const copied = borrower.pageTable.copyFrom(owner.pageTable, va(start + startOff), span + endOff);
    expect(copied).toEqual({ ok: false, error: "NotAligned" });
  });

  test("is refused beyond the address space, and with another format", () => {
    const { owner, borrower } = setUp();
    const refused = { ok: false, error: "NotAligned" };
    expect(borrower.pageTable.copyFrom(owner.pageTable, va(511 * span), 2 * span)).toEqual(refused);
    const other = new Machine(format === "sv48" ? "ept" : "sv48");
    expect(other.pageTable.copyFrom(owner.pageTable, va(0), 2 ** 39)).toEqual(refused);
    expect(owner.counts.table).toBe(2);
  });

  test("leaves what lies behind the range with whom it belongs to", () => {
    const { owner, borrower } = setUp();
    const behind = va(start + span);
    borrower.pageTable.map(behind, pa(0), KIB4, READ);
    expect(borrower.pageTable.copyFrom(owner.pageTable, start, span)).toEqual(DONE);
    const { table } = owner.counts;
    owner.pageTable.map(behind, pa(0), KIB4, READ);
    owner.pageTable.unmap(behind);
    expect(owner.counts.table).toBe(table);
    borrower.pageTable.drop();
    // The owner's root, and the table that was lent.
    expect(owner.counts.table).toBe(2);
  });

  test("is refused where the borrower has something", () => {
    const { owner, borrower } = setUp();
    borrower.pageTable.map(va(start + span), pa(0), KIB4, READ);
    const before = [owner.state(), borrower.state()];
    const copied = borrower.pageTable.copyFrom(owner.pageTable, start, 2 * span);
    expect(copied).toEqual({ ok: false, error: "AlreadyMapped" });
    expect([owner.state(), borrower.state()]).toEqual(before);
  });

  test("is undone when it can't be finished, and can be tried again", () => {
    const { owner, borrower } = setUp();
    owner.allocator.injection.failAfter(1);
    expect(borrower.pageTable.copyFrom(owner.pageTable, start, 2 * span)).toEqual(NO_MEMORY);
    owner.allocator.injection.disarm();
    // Nothing is lent: a table that becomes empty goes.
    owner.pageTable.map(start, pa(0), KIB4, READ);
    owner.pageTable.unmap(start);
    expect(owner.counts.table).toBe(2);
    expect(borrower.pageTable.copyFrom(owner.pageTable, start, 2 * span)).toEqual(DONE);
  });
});
