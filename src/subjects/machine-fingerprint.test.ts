/** Which states of an address space are told from others, and which are the same. */
import { expect, test } from "vitest";
import { PageTable } from "../paging/page-table.ts";
import type { PhysAddr, VirtAddr } from "../trace/address.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import type { Flags } from "../trace/flags.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { Observation } from "../trace/observation.ts";
import { addressSpaceSubject } from "./address-space.ts";
import type { Instance } from "./subject.ts";

function printOf(instance: Instance): string {
  const fingerprint = new Fingerprint();
  instance.fingerprint?.(fingerprint);
  return fingerprint.bytes.subarray(0, fingerprint.length).join();
}

/** The fingerprint after these commands; with `often`, it is asked for after each of them too. */
function printAfter(lines: readonly string[], often = false): string {
  const instance = addressSpaceSubject("x86-64").create({ ...SIXTEEN_PAGES, frames: 12 });
  for (const request of requestsIn(...lines)) {
    instance.apply(request);
    instance.observe(new Observation());
    if (often) printOf(instance);
  }
  return printOf(instance);
}

const TWO_LAZY = ["map 0x0 0x2000 rw alloc:lazy"];
const TWO_WRITTEN = [...TWO_LAZY, "map 0x4000 0x1000 r alloc:eager", "store 0x0 01", "store 0x1000 02"];

test.each<[what: string, one: readonly string[], other: readonly string[]]>([
  [
    "which page got which frame",
    [...TWO_LAZY, "fault 0x0 r", "fault 0x1000 r"],
    [...TWO_LAZY, "fault 0x1000 r", "fault 0x0 r"],
  ],
  ["what happened before", [], ["map 0x0 0x4000 rw alloc:eager", "clear"]],
  [
    "the order of free frames",
    [...TWO_WRITTEN, "unmap 0x0 0x1000", "unmap 0x1000 0x1000"],
    [...TWO_WRITTEN, "unmap 0x1000 0x1000", "unmap 0x0 0x1000"],
  ],
])("%s makes no difference", (_what, one, other) => {
  expect(printAfter(one)).toBe(printAfter(other));
});

const WRITTEN = ["map 0x0 0x1000 rw alloc:eager", "store 0x0 01"];

test.each<[what: string, one: readonly string[], other: readonly string[]]>([
  ["a page", ["map 0x0 0x1000 r alloc:eager"], ["map 0x0 0x1000 r alloc:lazy"]],
  ["a page that is not accessible", ["map 0x0 0x1000 - alloc:eager"], ["map 0x0 0x1000 - alloc:lazy"]],
  ["its address", ["map 0x0 0x1000 r alloc:eager"], ["map 0x1000 0x1000 r alloc:eager"]],
  ["its flags", ["map 0x0 0x1000 r alloc:eager"], ["map 0x0 0x1000 rw alloc:eager"]],
  ["where it leads out of memory", ["map 0x0 0x1000 r linear:0x1000"], ["map 0x0 0x1000 r linear:0x2000"]],
  ["that it leads there", ["map 0x0 0x1000 r linear:0x0"], ["map 0x0 0x1000 r alloc:eager"]],
  ["what the TLB holds", ["map 0x0 0x1000 r alloc:eager"], ["map 0x0 0x1000 r alloc:eager", "access 0x0 r"]],
  [
    "of which page it is",
    ["map 0x0 0x2000 r alloc:eager", "access 0x0 r"],
    ["map 0x0 0x2000 r alloc:eager", "access 0x1000 r"],
  ],
  ["what is in a free frame", [...WRITTEN, "clear"], [...WRITTEN, "store 0x0 02", "clear"]],
  ["that something is", [...WRITTEN, "clear"], []],
  ["in how many", [...TWO_WRITTEN, "store 0x1000 01", "clear"], [...TWO_WRITTEN, "store 0x1000 00", "clear"]],
])("%s makes a difference", (_what, one, other) => {
  expect(printAfter(one)).not.toBe(printAfter(other));
});

test("it is the same however often it was asked for before", () => {
  const lines = [
    ...TWO_WRITTEN,
    "map 0x8000 0x1000 r alloc:eager !frame=0",
    "access 0x0 r",
    "unmap 0x0 0x1000 !backend=0",
    "protect 0x0 0x2000 -",
    "unmap 0x4000 0x1000",
    "map 0x0 0x1000 rw linear:0x5000 replace",
  ];
  for (let count = 0; count <= lines.length; count++) {
    const some = lines.slice(0, count);
    expect(printAfter(some, true)).toBe(printAfter(some));
  }
});

test("an instance that goes back walks its page table only when memory can have changed", () => {
  let walks = 0;
  class Counted extends PageTable {
    override walk(visit: (addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags) => void): void {
      walks++;
      super.walk(visit);
    }
  }
  const subject = addressSpaceSubject("sv39", { open: true, pageTable: (...parts) => new Counted(...parts) });
  const instance = subject.create(SIXTEEN_PAGES);
  const shownAfter = (line: string) => {
    walks = 0;
    for (const request of requestsIn(line)) instance.apply(request);
    const observed = new Observation();
    instance.observe(observed);
    printOf(instance);
    return [walks, observed.pageCount];
  };
  expect(shownAfter("map 0x0 0x2000 r alloc:eager")).toEqual([2, 2]);
  const restore = instance.snapshot?.();
  expect(shownAfter("map 0x0 0x1000 r alloc:eager")).toEqual([0, 2]);
  expect(shownAfter("unmap 0x0 0x1000")).toEqual([1, 1]);
  restore?.();
  expect(shownAfter("protect 0x4000 0x1000 r")).toEqual([0, 2]);
  expect(shownAfter("unmap 0x0 0x2000")).toEqual([1, 0]);
  restore?.();
  expect(shownAfter("fault 0x0 w")).toEqual([0, 2]);
});
