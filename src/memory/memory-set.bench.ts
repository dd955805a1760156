import { fileURLToPath } from "node:url";
import { virtAddr } from "../trace/address.ts";
import { READ, RWX } from "../trace/flags.ts";
import { MemoryArea } from "./area.ts";
import { MemorySet } from "./memory-set.ts";
import { MockBackend, MockPageTable } from "./mock.ts";

const PAGE = 0x1000;
/** From the start of one area of one page to the start of the next. */
const STRIDE = 2 * PAGE;
const VISITS = 200_000;
const ROUNDS = 5;

/** One line of the benchmark. */
export interface MemorySetRow {
  readonly name: string;
  /** Calls of `unmap`, `map` and `protect`, a third each, in the best of a few rounds. */
  readonly opsPerSecond: number;
}

/** How fast one area is unmapped, mapped again and protected, with more and more other areas around it. */
export function memorySetRows(): MemorySetRow[] {
  return [
    row("16 pages, 8 areas", 8),
    row("1,000 areas", 1_000),
    row("10,000 areas", 10_000),
    row("100,000 areas", 100_000),
  ];
}

type MockSet = MemorySet<number, MockPageTable, MockBackend>;

function row(name: string, areas: number): MemorySetRow {
  const set: MockSet = new MemorySet();
  const pageTable = new MockPageTable(PAGE);
  for (let i = 0; i < areas; i++) set.map(areaAt(i), pageTable, false);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.hrtime.bigint();
    visitAreas(set, pageTable, areas);
    best = Math.min(best, Number(process.hrtime.bigint() - began));
  }
  return { name, opsPerSecond: Math.round((3 * VISITS * 1e9) / best) };
}

/** Visits the areas in an order that jumps about and, as the step is odd and no multiple of 5, omits none. */
function visitAreas(set: MockSet, pageTable: MockPageTable, areas: number): void {
  let i = 0;
  for (let visit = 0; visit < VISITS; visit++) {
    i = (i + 61_837) % areas;
    const start = virtAddr(i * STRIDE);
    const unmapped = set.unmap(start, PAGE, pageTable);
    const mapped = set.map(areaAt(i), pageTable, false);
    const changed = set.protect(start, PAGE, () => RWX, pageTable);
    if (!(unmapped.ok && mapped.ok && changed.ok)) throw new Error("an operation failed");
  }
}

function areaAt(i: number): MemoryArea<number, MockPageTable, MockBackend> {
  return new MemoryArea(virtAddr(i * STRIDE), PAGE, READ, new MockBackend());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(memorySetRows());
