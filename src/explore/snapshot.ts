/** What one side, model or implementation, shows of its state at one moment: plain data to keep and to draw. */
import type { Model } from "../execute/judge.ts";
import { type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";
import { BACKEND_KINDS, NO_FRAMES, NO_PHYSICAL, type Observation } from "../trace/observation.ts";
import type { Backend } from "../trace/request.ts";

/** An area as a side shows it. Nothing says that it is well-formed. */
export interface ShownArea {
  readonly start: VirtAddr;
  readonly end: VirtAddr;
  readonly flags: Flags;
  readonly backend: Backend["kind"];
  /** What its first byte is mapped to, for a linear one. */
  readonly physical?: PhysAddr;
}

/** Pages that follow each other with equal flags, in virtual and in physical memory: [start, end) in bytes. */
export interface PageRun {
  readonly start: VirtAddr;
  readonly end: VirtAddr;
  readonly flags: Flags;
  /** What its first byte is mapped to, where the side knows. */
  readonly physical?: PhysAddr;
}

/** The frames that are handed out. */
export interface ShownFrames {
  readonly data: number;
  /** Absent where the side doesn't count them: the model has no page tables. */
  readonly table?: number;
}

/** Every area and every page of one side, in the order in which it shows them. */
export interface Snapshot {
  readonly areas: readonly ShownArea[];
  readonly pages: readonly PageRun[];
  /** Absent where the side doesn't count frames. */
  readonly frames?: ShownFrames;
}

/** What the model has. */
export function snapshotOfModel(model: Model): Snapshot {
  const runs = new PageRuns(model.page);
  for (const { addr, flags, physical } of model.translations()) runs.add(addr, 1, flags, physical);
  const areas = model.areas().map(({ start, end, flags, backend }) => {
    const area = { start, end, flags, backend: backend.kind };
    return backend.kind === "linear" ? { ...area, physical: backend.physical } : area;
  });
  const { dataFrames } = model;
  return { areas, pages: runs.list, ...(dataFrames !== undefined && { frames: { data: dataFrames } }) };
}

/** What an implementation showed; `page` in bytes. */
export function snapshotOfObservation(observed: Observation, page: number): Snapshot {
  const runs = new PageRuns(page);
  for (let index = 0; index < observed.pageCount; index++) {
    const physical = knownPhysical(observed.pagePhysicals[index]);
    runs.add(
      observed.pageAddrs[index] ?? 0,
      observed.pageCounts[index] ?? 0,
      observed.pageFlags[index] ?? 0,
      physical,
    );
  }
  const areas = Array.from({ length: observed.areaCount }, (_, index) => areaOf(observed, index));
  return { areas, pages: runs.list, ...framesOf(observed) };
}

function areaOf(observed: Observation, index: number): ShownArea {
  const backend = BACKEND_KINDS[observed.areaBackends[index] ?? 0] ?? "mock";
  const physical = backend === "linear" ? knownPhysical(observed.areaPhysicals[index]) : undefined;
  return {
    start: virtAddr(observed.areaStarts[index] ?? 0),
    end: virtAddr(observed.areaEnds[index] ?? 0),
    flags: observed.areaFlags[index] ?? 0,
    backend,
    ...(physical !== undefined && { physical }),
  };
}

function framesOf({ dataFrames, tableFrames }: Observation): { readonly frames?: ShownFrames } {
  if (dataFrames === NO_FRAMES) return {};
  return { frames: { data: dataFrames, ...(tableFrames !== NO_FRAMES && { table: tableFrames }) } };
}

function knownPhysical(physical: number | undefined): PhysAddr | undefined {
  return physical === undefined || physical === NO_PHYSICAL ? undefined : physAddr(physical);
}

/** Gathers pages into runs. */
class PageRuns {
  readonly list: Writable<PageRun>[] = [];
  private readonly page: number;

  constructor(page: number) {
    this.page = page;
  }

  /** Adds `count` pages that follow each other. */
  add(addr: number, count: number, flags: Flags, physical: PhysAddr | undefined): void {
    const last = this.list.at(-1);
    const end = virtAddr(addr + count * this.page);
    if (last?.end === addr && last.flags === flags && goesOn(last, physical)) last.end = end;
    else this.list.push({ start: virtAddr(addr), end, flags, ...(physical !== undefined && { physical }) });
  }
}

/** Whether what follows `run` lies behind it in physical memory too, as far as that is known. */
function goesOn(run: PageRun, physical: PhysAddr | undefined): boolean {
  if (run.physical === undefined || physical === undefined) return run.physical === physical;
  return run.physical + (run.end - run.start) === physical;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
