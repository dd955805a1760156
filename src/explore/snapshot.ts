/** What one side, model or implementation, shows of its state at one moment: plain data to keep and to draw. */
import type { MemorySetModel } from "../../models/memory-set.ts";
import { type VirtAddr, virtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";
import { BACKEND_KINDS, type Observation } from "../trace/observation.ts";
import type { Backend } from "../trace/request.ts";

/** An area as a side shows it. Nothing says that it is well-formed. */
export interface ShownArea {
  readonly start: VirtAddr;
  readonly end: VirtAddr;
  readonly flags: Flags;
  readonly backend: Backend["kind"];
}

/** Pages that follow each other with equal flags: [start, end) in bytes. */
export interface PageRun {
  readonly start: VirtAddr;
  readonly end: VirtAddr;
  readonly flags: Flags;
}

/** Every area and every page of one side, in the order in which it shows them. */
export interface Snapshot {
  readonly areas: readonly ShownArea[];
  readonly pages: readonly PageRun[];
}

/** What the model has. */
export function snapshotOfModel(model: MemorySetModel): Snapshot {
  const runs = new PageRuns(model.page);
  for (const { addr, flags } of model.translations()) runs.add(addr, flags);
  const areas = model.areas().map(({ start, end, flags, backend }) => ({
    start,
    end,
    flags,
    backend: backend.kind,
  }));
  return { areas, pages: runs.list };
}

/** What an implementation showed; `page` in bytes. */
export function snapshotOfObservation(observed: Observation, page: number): Snapshot {
  const runs = new PageRuns(page);
  for (let index = 0; index < observed.pageCount; index++) {
    runs.add(observed.pageAddrs[index] ?? 0, observed.pageFlags[index] ?? 0);
  }
  const areas = Array.from({ length: observed.areaCount }, (_, index) => ({
    start: virtAddr(observed.areaStarts[index] ?? 0),
    end: virtAddr(observed.areaEnds[index] ?? 0),
    flags: observed.areaFlags[index] ?? 0,
    backend: BACKEND_KINDS[observed.areaBackends[index] ?? 0] ?? "mock",
  }));
  return { areas, pages: runs.list };
}

/** Gathers pages, given one by one, into runs. */
class PageRuns {
  readonly list: Writable<PageRun>[] = [];
  private readonly page: number;

  constructor(page: number) {
    this.page = page;
  }

  add(addr: number, flags: Flags): void {
    const last = this.list.at(-1);
    const end = virtAddr(addr + this.page);
    if (last?.end === addr && last.flags === flags) last.end = end;
    else this.list.push({ start: virtAddr(addr), end, flags });
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
