import { expect, test } from "vitest";
import { SV39 } from "../paging/formats/riscv.ts";
import { FrameAllocator } from "../paging/frame-allocator.ts";
import { Tlb } from "../paging/tlb.ts";
import { type PhysAddr, physAddr, virtAddr } from "../trace/address.ts";
import { READ, USER, WRITE } from "../trace/flags.ts";
import { newAddressSpace, newGuestAddressSpace } from "./new-empty.ts";

const BASE = virtAddr(0x4000_0000);
const SIZE = 0x10_0000;

test("an address space has page tables of its format, and gives everything back", () => {
  const frames = new FrameAllocator();
  const space = newAddressSpace(BASE, SIZE, SV39, frames, new Tlb());
  expect([space?.base, space?.size, space?.pageTable.format]).toEqual([BASE, SIZE, SV39]);
  expect(space?.mapAlloc(BASE, 0x2000, READ | WRITE | USER, true)).toEqual({ ok: true });
  expect(space?.pageTable.query(BASE)?.flags).toBe(READ | WRITE | USER);
  space?.drop();
  expect([frames.dataFrames, frames.tableFrames]).toEqual([0, 0]);
});

test("the frame of the root table is asked for as that of a table", () => {
  const uses: string[] = [];
  class Told extends FrameAllocator {
    override allocFrame(use: "data" | "table"): PhysAddr | undefined {
      uses.push(use);
      return super.allocFrame(use);
    }
  }
  newAddressSpace(BASE, SIZE, SV39, new Told(), new Tlb());
  expect(uses).toEqual(["table"]);
});

test("a guest-physical one has nested page tables, which know no user mode", () => {
  const space = newGuestAddressSpace(BASE, SIZE, new FrameAllocator(), new Tlb());
  expect(space?.mapLinear(BASE, physAddr(0x9000_0000), 0x1000, READ | USER)).toEqual({ ok: true });
  expect(space?.pageTable.query(BASE)).toEqual({ physical: 0x9000_0000, size: 0x1000, flags: READ });
  expect(space?.translate(virtAddr(BASE + 0x123))).toBe(0x9000_0123);
});

test("there is none without a frame for the root table", () => {
  expect(newAddressSpace(BASE, SIZE, SV39, new FrameAllocator(0), new Tlb())).toBeUndefined();
  expect(newGuestAddressSpace(BASE, SIZE, new FrameAllocator(0), new Tlb())).toBeUndefined();
});
