import { fileURLToPath } from "node:url";
import { FORMATS } from "../paging/formats/by-name.ts";
import { FrameAllocator } from "../paging/frame-allocator.ts";
import { PageTable } from "../paging/page-table.ts";
import { PhysFrame } from "../paging/phys-frame.ts";
import { Tlb } from "../paging/tlb.ts";
import { physAddr, virtAddr } from "../trace/address.ts";
import { READ, WRITE } from "../trace/flags.ts";
import { AddressSpace } from "./address-space.ts";

const PAGE = 0x1000;
const VISITS = 100_000;
const ROUNDS = 5;
/** Pages that are visited, spread over all that are mapped. */
const PLACES = 1024;

/** One line of the benchmark. */
export interface AddressSpaceRow {
  readonly name: string;
  /** Calls of `unmap`, `mapAlloc` and `handlePageFault` for one page, a third each, in the best of a few rounds. */
  readonly opsPerSecond: number;
  /** Calls of `translate`, likewise. */
  readonly translationsPerSecond: number;
}

/** How fast single pages come and go in x86-64 page tables, with more and more others mapped by pages of 4 KiB. */
export function addressSpaceRows(): AddressSpaceRow[] {
  return [
    row("16 pages", 16),
    row("4,096 pages", 2 ** 12),
    row("65,536 pages", 2 ** 16),
    row("262,144 pages", 2 ** 18),
  ];
}

function row(name: string, pages: number): AddressSpaceRow {
  const space = spaceOf(pages);
  return {
    name,
    opsPerSecond: 3 * fastest(() => visitPages(space, pages)),
    translationsPerSecond: fastest(() => translatePages(space, pages)),
  };
}

/** A space full of pages of 4 KiB: physical addresses are shifted so that no larger ones fit. */
function spaceOf(pages: number): AddressSpace {
  const frames = new FrameAllocator();
  const root = PhysFrame.alloc(frames, "table");
  if (root === undefined) throw new Error("there is no frame");
  const pageTable = new PageTable(FORMATS["x86-64"], frames, new Tlb(), root);
  const space = new AddressSpace(virtAddr(0), pages * PAGE, pageTable, frames);
  space.mapLinear(virtAddr(0), physAddr(0x1_0000_1000), pages * PAGE, READ);
  return space;
}

/** Visits per second in the best of a few rounds. */
function fastest(round: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; count < ROUNDS; count++) {
    const began = process.hrtime.bigint();
    round();
    best = Math.min(best, Number(process.hrtime.bigint() - began));
  }
  return Math.round((VISITS * 1e9) / best);
}

function visitPages(space: AddressSpace, pages: number): void {
  for (let visit = 0; visit < VISITS; visit++) {
    const start = placeOf(visit, pages);
    const unmapped = space.unmap(start, PAGE);
    const mapped = space.mapAlloc(start, PAGE, READ | WRITE, false);
    const served = space.handlePageFault(start, WRITE);
    if (!(unmapped.ok && mapped.ok && served)) throw new Error("an operation failed");
  }
}

function translatePages(space: AddressSpace, pages: number): void {
  for (let visit = 0; visit < VISITS; visit++) {
    if (space.translate(placeOf(visit, pages)) === undefined) throw new Error("a page is missing");
  }
}

/** Where the visit goes: an order that jumps about between a number of places. */
function placeOf(visit: number, pages: number) {
  const place = (visit * 389) % Math.min(PLACES, pages);
  return virtAddr(place * Math.max(1, pages / PLACES) * PAGE);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(addressSpaceRows());
