import { expect, test } from "vitest";
import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { MemoryArea } from "./area.ts";
import type { MappingBackend } from "./backend.ts";
import { MemorySet } from "./memory-set.ts";

// What a user brings along: flags that are no numbers, a page table that is an array, a backend for both.

const Access = { None: "none", Read: "read", ReadWrite: "read-write" } as const;
type Access = (typeof Access)[keyof typeof Access];

const FREE = "free";
type Slots = (Access | typeof FREE)[];

/** Maps 0x100 bytes to a slot of the array, if all slots of a call are as it needs them. */
class SlotBackend implements MappingBackend<Access, Slots, SlotBackend> {
  map(start: VirtAddr, size: number, flags: Access, slots: Slots): boolean {
    return fill(slots, start, size, (old) => old === FREE, flags);
  }

  unmap(start: VirtAddr, size: number, slots: Slots): boolean {
    return fill(slots, start, size, (old) => old !== FREE, FREE);
  }

  protect(start: VirtAddr, size: number, newFlags: Access, slots: Slots): boolean {
    return fill(slots, start, size, (old) => old !== FREE, newFlags);
  }

  clone(): SlotBackend {
    return new SlotBackend();
  }
}

function fill<S>(slots: S[], start: number, size: number, fits: (old: S) => boolean, now: S): boolean {
  const [first, end] = [start / 0x100, (start + size) / 0x100];
  if (end > slots.length || !slots.slice(first, end).every(fits)) return false;
  slots.fill(now, first, end);
  return true;
}

test("a memory set works on a user's own flags, page table and backend", () => {
  const slots: Slots = Array.from({ length: 8 }, () => FREE);
  const set = new MemorySet<Access, Slots, SlotBackend>();
  const map = (start: number, size: number, flags: Access) =>
    set.map(new MemoryArea(virtAddr(start), size, flags, new SlotBackend()), slots, false);
  const readOnly = (old: Access) => (old === Access.ReadWrite ? Access.Read : undefined);

  expect(map(0, 0x500, Access.ReadWrite)).toEqual({ ok: true });
  expect(map(0x500, 0x100, Access.None)).toEqual({ ok: true });
  expect(map(0x700, 0x200, Access.Read)).toEqual({ ok: false, error: "BadState" });
  expect(set.protect(virtAddr(0x200), 0x500, readOnly, slots)).toEqual({ ok: true });
  expect(set.unmap(virtAddr(0x300), 0x100, slots)).toEqual({ ok: true });

  expect(slots).toEqual(["read-write", "read-write", "read", "free", "read", "none", "free", "free"]);
  expect(Array.from(set, (area) => [area.start, area.end, area.flags])).toEqual([
    [0, 0x200, "read-write"],
    [0x200, 0x300, "read"],
    [0x400, 0x500, "read"],
    [0x500, 0x600, "none"],
  ]);
});
