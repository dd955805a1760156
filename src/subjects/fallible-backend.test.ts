import { expect, test } from "vitest";
import { AllocBackend } from "../address-space/alloc-backend.ts";
import { LinearBackend } from "../address-space/linear-backend.ts";
import { FailureInjection } from "../memory/failure-injection.ts";
import { KIB4, Machine, va } from "../paging/machine.fixture.ts";
import { NO_FLAGS, READ } from "../trace/flags.ts";
import { FallibleBackend } from "./fallible-backend.ts";

test("every call counts, those of clones too, and one that fails has done nothing", () => {
  const { pageTable, ...machine } = new Machine();
  const calls = new FailureInjection();
  const backend = new FallibleBackend(new AllocBackend(true), calls);
  const clone = backend.clone();
  calls.failAfter(3);
  expect(backend.map(va(0x1000), KIB4, READ, pageTable)).toBe(true);
  expect(clone.map(va(0x2000), KIB4, READ, pageTable)).toBe(true);
  expect(clone.protect(va(0x1000), KIB4, NO_FLAGS, pageTable)).toBe(true);
  expect(backend.protect(va(0x2000), KIB4, NO_FLAGS, pageTable)).toBe(false);
  expect(clone.unmap(va(0x2000), KIB4, pageTable)).toBe(false);
  expect(backend.map(va(0x3000), KIB4, READ, pageTable)).toBe(false);
  expect(calls.fired).toBe(3);
  const flags: number[] = [];
  pageTable.walk((_addr, _size, _physical, pageFlags) => {
    flags.push(pageFlags);
  });
  expect(flags).toEqual([NO_FLAGS, READ]);
  expect(machine.allocator.dataFrames).toBe(2);
  calls.disarm();
  expect(clone.unmap(va(0x2000), KIB4, pageTable)).toBe(true);
  expect(machine.allocator.dataFrames).toBe(1);
});

test("the rest is the backend's own and counts for nothing", () => {
  const { pageTable } = new Machine();
  const calls = new FailureInjection();
  calls.failAfter(0);
  const linear = new FallibleBackend(new LinearBackend(0x5000), calls);
  expect([linear.kind, linear.physicalAt(va(0x1000))]).toEqual(["linear", 0x6000]);
  expect(linear.handlePageFault(va(0x1000), READ, pageTable)).toBe(false);
  const lazy = new FallibleBackend(new AllocBackend(false), calls).clone();
  expect([lazy.kind, lazy.physicalAt(va(0x1000))]).toEqual(["alloc:lazy", undefined]);
  expect(lazy.handlePageFault(va(0x1000), READ, pageTable)).toBe(true);
  expect(calls.fired).toBe(0);
});
