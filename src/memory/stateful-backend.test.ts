import { describe, expect, test } from "vitest";
import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { type Flags, READ, RWX, WRITE } from "../trace/flags.ts";
import { MemoryArea } from "./area.ts";
import type { MappingBackend } from "./backend.ts";
import { MemorySet } from "./memory-set.ts";

const PAGE = 0x1000;
const at = virtAddr;

/** A page table that does nothing but fail when it is told to. */
interface Switch {
  fails: boolean;
}

/** A backend that remembers the flags of the pages it was called about. */
class Ledger implements MappingBackend<Flags, Switch, Ledger> {
  readonly name: string;
  readonly pages: Map<number, Flags>;
  clones = 0;

  constructor(name: string, pages = new Map<number, Flags>()) {
    this.name = name;
    this.pages = pages;
  }

  map(start: VirtAddr, size: number, flags: Flags, { fails }: Switch): boolean {
    return this.#each(start, size, fails, (addr) => this.pages.set(addr, flags));
  }

  unmap(start: VirtAddr, size: number, { fails }: Switch): boolean {
    return this.#each(start, size, fails, (addr) => this.pages.delete(addr));
  }

  protect(start: VirtAddr, size: number, newFlags: Flags, { fails }: Switch): boolean {
    return this.#each(start, size, fails, (addr) => this.pages.set(addr, newFlags));
  }

  clone(): Ledger {
    this.clones++;
    return new Ledger(`${this.name}.${this.clones}`, new Map(this.pages));
  }

  /** The flags of the page at each 0x1000, from 0 on, as `r`, `w` or another digit; `.` for none. */
  toString(): string {
    return Array.from({ length: 6 }, (_, page) => this.pages.get(page * PAGE) ?? ".").join("");
  }

  #each(start: VirtAddr, size: number, fails: boolean, change: (addr: number) => void): boolean {
    if (fails) return false;
    for (let addr: number = start; addr < start + size; addr += PAGE) change(addr);
    return true;
  }
}

/** One area of six pages. */
function mapped() {
  const pageTable: Switch = { fails: false };
  const set = new MemorySet<Flags, Switch, Ledger>();
  expect(set.map(new MemoryArea(at(0), 6 * PAGE, READ, new Ledger("a")), pageTable, false).ok).toBe(true);
  /** Each area with its flags, and its backend's name and memory. */
  const state = () =>
    Array.from(
      set,
      ({ start, end, flags, backend }) => `${start / PAGE}-${end / PAGE} ${flags} ${backend.name} ${backend}`,
    );
  return { pageTable, set, state };
}

describe("protect of a part changes the part's own backend alone", () => {
  const update = () => WRITE;

  test("in the middle", () => {
    const { pageTable, set, state } = mapped();
    expect(set.protect(at(2 * PAGE), 2 * PAGE, update, pageTable)).toEqual({ ok: true });
    expect(state()).toEqual(["0-2 1 a 111111", "2-4 2 a.1 112211", "4-6 1 a.2 111111"]);
  });

  test("at the left", () => {
    const { pageTable, set, state } = mapped();
    expect(set.protect(at(0), 2 * PAGE, update, pageTable)).toEqual({ ok: true });
    expect(state()).toEqual(["0-2 2 a 221111", "2-6 1 a.1 111111"]);
  });

  test("at the right", () => {
    const { pageTable, set, state } = mapped();
    expect(set.protect(at(4 * PAGE), 2 * PAGE, update, pageTable)).toEqual({ ok: true });
    expect(state()).toEqual(["0-4 1 a 111111", "4-6 2 a.1 111122"]);
  });

  test("of the whole area needs no clone", () => {
    const { pageTable, set, state } = mapped();
    expect(set.protect(at(0), 6 * PAGE, update, pageTable)).toEqual({ ok: true });
    expect(state()).toEqual(["0-6 2 a 222222"]);
  });

  test("when the call fails the clones are given up", () => {
    const { pageTable, set, state } = mapped();
    pageTable.fails = true;
    expect(set.protect(at(2 * PAGE), 2 * PAGE, update, pageTable)).toEqual({ ok: false, error: "BadState" });
    expect(state()).toEqual(["0-6 1 a 111111"]);
  });
});

test("unmap of the middle clones before the call, for the right part", () => {
  const { pageTable, set, state } = mapped();
  expect(set.unmap(at(2 * PAGE), 2 * PAGE, pageTable)).toEqual({ ok: true });
  expect(state()).toEqual(["0-2 1 a 11..11", "4-6 1 a.1 111111"]);
});

test("unmap at either end needs no clone", () => {
  const { pageTable, set, state } = mapped();
  set.unmap(at(0), PAGE, pageTable);
  set.unmap(at(5 * PAGE), PAGE, pageTable);
  expect(state()).toEqual(["1-5 1 a .1111."]);
});

test("after a split what happens to one part is not seen by the others", () => {
  const { pageTable, set, state } = mapped();
  set.protect(at(2 * PAGE), 2 * PAGE, () => WRITE, pageTable);
  set.unmap(at(5 * PAGE), PAGE, pageTable);
  set.protect(at(0), 2 * PAGE, () => RWX, pageTable);
  set.unmap(at(2 * PAGE), PAGE, pageTable);
  expect(state()).toEqual(["0-2 7 a 771111", "3-4 2 a.1 11.211", "4-5 1 a.2 11111."]);
  expect(new Set(Array.from(set, (area) => area.backend)).size).toBe(3);
});
