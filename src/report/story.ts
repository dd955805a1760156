/** What a step did, in words. */
import type { ShownArea, ShownFrames, Snapshot } from "../explore/snapshot.ts";
import { printAddr, printFlags, printRange } from "../trace/print.ts";
import { areaName } from "./columns.ts";
import type { FrameNames } from "./frame-names.ts";
import {
  areasAt,
  areasOnlyIn,
  isAlike,
  isElsewhere,
  isInStep,
  type Mapping,
  mappingAt,
  type PageChange,
  pageChanges,
} from "./page-changes.ts";
import { counted } from "./statistics.ts";

/** How pages and addresses are named. */
export interface Naming {
  /** Bytes in a page. */
  readonly page: number;
  readonly addrBits: number;
  /** Those of the pictures beside the words. */
  readonly frames: FrameNames;
}

/** What is different after a step from what was before it, a sentence each; none where nothing shows. */
export function changesInWords(before: Snapshot, after: Snapshot, naming: Naming): readonly string[] {
  const changes = gathered(pageChanges(before, after), before, after);
  return [
    ...areaSentences(before, after, naming),
    ...changes.map((change) => pageSentence(change, before, after, naming)),
    ...frameSentences(before.frames, after.frames, changes, naming),
  ];
}

/** Neighbours that have changed alike as one change, wherever their frames are: only in linear areas places matter. */
function gathered(changes: readonly PageChange[], old: Snapshot, state: Snapshot): readonly PageChange[] {
  const all: PageChange[] = [];
  for (const change of changes) {
    const last = all.at(-1);
    const isLinear = isLinearAt(old, change.start) || isLinearAt(state, change.start);
    if (last && isAlike(last, change) && (!isLinear || isInStep(last, change))) {
      all[all.length - 1] = { ...last, end: change.end };
    } else all.push(change);
  }
  return all;
}

/** An area as it is spoken of: `the area 0x0-0x3000, rw lazy`. */
export function areaText(area: ShownArea, { addrBits }: Naming): string {
  return `the area ${printRange(area, addrBits)}, ${areaName(area)}`;
}

function areaSentences(before: Snapshot, after: Snapshot, naming: Naming): readonly string[] {
  const gone = areasOnlyIn(before, after);
  const fresh = areasOnlyIn(after, before);
  const cut = gone.map((area) => ({ area, parts: fresh.filter((part) => isWithin(part, area)) }));
  const parts = new Set(cut.flatMap((each) => each.parts));
  return [
    ...cut.map(({ area, parts }) => {
      const left = parts.map((part) => `${printRange(part, naming.addrBits)}, ${areaName(part)}`);
      return `${areaText(area, naming)}, ${left.length === 0 ? "is gone" : `becomes ${left.join("; ")}`}`;
    }),
    ...fresh.filter((area) => !parts.has(area)).map((area) => `${areaText(area, naming)}, is there now`),
  ];
}

function isWithin(part: ShownArea, area: ShownArea): boolean {
  return part.start >= area.start && part.end <= area.end;
}

function pageSentence(change: PageChange, old: Snapshot, state: Snapshot, naming: Naming): string {
  const { start, end, before, after } = change;
  const pages = pagesText(change, naming);
  const isMany = end - start > naming.page;
  const is = isMany ? "are" : "is";
  if (after === undefined) {
    // The pages of an area stay in their frames when nobody may access them.
    if (areasAt(state, start).length > 0) return `${pages} can't be accessed any more`;
    const place = isMany ? "" : placeText(start, before, old, naming);
    return `${pages} ${is} not mapped any more${behind("; it was ", place)}`;
  }
  if (before === undefined) {
    const hasFrames = isMany && after.physical !== undefined && !isLinearAt(state, start);
    const place = hasFrames ? "each in a frame" : placeText(start, after, state, naming);
    return `${pages} ${is} mapped now, ${printFlags(after.flags)}${behind(", ", place)}`;
  }
  if (isElsewhere(before, after)) {
    if (isMany) return `${pages} had other frames than they have now`;
    return `${pages} had ${frameText(before, naming)}, and has ${frameText(after, naming)} now`;
  }
  return `${pages} ${is} ${printFlags(after.flags)} now, and ${isMany ? "were" : "was"} ${printFlags(before.flags)}`;
}

/** `page 0x1000`, or `3 pages 0x1000-0x4000`. */
function pagesText({ start, end }: PageChange, { page, addrBits }: Naming): string {
  if (end - start <= page) return `page ${printAddr(start, addrBits)}`;
  return `${counted((end - start) / page, "page")} ${printRange({ start, end }, addrBits)}`;
}

/** Where the page at `addr` of a state is in memory; empty where that isn't known. */
function placeText(addr: number, mapping: Mapping | undefined, state: Snapshot, naming: Naming): string {
  if (mapping?.physical === undefined) return "";
  if (isLinearAt(state, addr)) return `at the physical address ${printAddr(mapping.physical)}`;
  return `in ${frameText(mapping, naming)}`;
}

function behind(separator: string, text: string): string {
  return text === "" ? "" : `${separator}${text}`;
}

function frameText({ physical }: Mapping, { frames }: Naming): string {
  return physical === undefined ? "a frame" : `frame ${frames.nameOf(physical)}`;
}

/** What the count of frames says, where that isn't what the pages say. */
function frameSentences(
  before: ShownFrames = { data: 0 },
  after: ShownFrames | undefined,
  changes: readonly PageChange[],
  { page }: Naming,
): readonly string[] {
  const difference = (after?.data ?? before.data) - before.data;
  const byPages = changes.reduce((sum, { start, end, before, after }) => {
    const sign = Number(after !== undefined) - Number(before !== undefined);
    return sum + (sign * (end - start)) / page;
  }, 0);
  if (after === undefined || difference === 0 || difference === byPages) return [];
  const count = Math.abs(difference);
  const rest = byPages === 0 && difference > 0 ? ", and no page shows it" : "";
  return [
    `${counted(count, "frame")} ${difference > 0 ? "more" : "fewer"} ${count === 1 ? "is" : "are"} ` +
      `handed out for data, ${after.data} now${rest}`,
  ];
}

function isLinearAt(state: Snapshot, addr: number): boolean {
  return areasAt(state, addr).some(({ backend }) => backend === "linear");
}

/** How the page at `addr` stands, as a sentence. */
export function pageInWords(state: Snapshot, addr: number, naming: Naming): string {
  const start = addr - (addr % naming.page);
  const page = `page ${printAddr(start, naming.addrBits)}`;
  const [area] = areasAt(state, start);
  if (area === undefined) return `${page} is in no area`;
  const mapping = mappingAt(state.pages, start);
  const place = behind(", ", placeText(start, mapping, state, naming));
  const how =
    mapping === undefined
      ? "can't be accessed yet"
      : `is mapped already, ${printFlags(mapping.flags)}${place}`;
  return `${page} is in ${areaText(area, naming)}, and ${how}`;
}

/** What a side has of the page at `addr`, layer by layer. */
export interface Layers {
  readonly area: string;
  readonly page: string;
  readonly frames: string;
}

/** What a side has of the page at `addr`. Frames are counted, as they belong to no page in particular. */
export function layersAt(snapshot: Snapshot, addr: number, naming: Naming): Layers {
  const areas = areasAt(snapshot, addr).map(
    (area) => `${printRange(area, naming.addrBits)} ${areaName(area)}`,
  );
  const mapping = mappingAt(snapshot.pages, addr);
  const { frames } = snapshot;
  return {
    area: areas.join("; ") || "none",
    page:
      mapping === undefined
        ? "not mapped"
        : `${printFlags(mapping.flags)}${placeOf(mapping, snapshot, addr, naming)}`,
    frames: frames === undefined ? "" : `data=${frames.data}`,
  };
}

function placeOf({ physical }: Mapping, snapshot: Snapshot, addr: number, { frames }: Naming): string {
  if (physical === undefined) return "";
  return isLinearAt(snapshot, addr) ? `=${printAddr(physical)}` : frames.nameOf(physical);
}
