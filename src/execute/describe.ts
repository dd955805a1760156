/** One page in words, as the contract wants it and as an implementation shows it: the two sides of a finding. */
import type { SpaceDisagreement } from "../../properties/address-space-agreement.ts";
import { areaIndexOf } from "../../properties/agreement.ts";
import { virtAddr } from "../trace/address.ts";
import type { AreaRecord, PageRecord } from "../trace/answer.ts";
import { BACKEND_KINDS, NO_PHYSICAL, type Observation, UNKNOWN_FLAGS } from "../trace/observation.ts";
import { printAddr, printArea, printFlags, printRange } from "../trace/print.ts";

/** What two sides can differ in. */
type View = SpaceDisagreement["view"];

/** What there has to be at `addr`, where a page begins: an area and a translation, or `null` for none. */
export function describeExpected(
  view: View,
  addr: number,
  area: AreaRecord | null,
  translation: Pick<PageRecord, "flags" | "physical"> | null,
): string {
  switch (view) {
    case "area-order":
      return "areas in order, of whole pages, not empty, without overlap";
    case "page-order":
      return "whole pages in order, each once";
    case "areas":
      return area ? `${printAddr(addr)} in ${printArea(area)}` : noArea(addr);
    case "pages":
      return translation ? pageText(addr, translation.flags, translation.physical) : noPage(addr);
    case "identity":
      return translation?.physical === undefined
        ? `page ${printAddr(addr)} in a frame of its own`
        : pageText(addr, translation.flags, translation.physical);
  }
}

/** What the implementation shows at `addr`, where a page of `pageSize` bytes begins. */
export function describeObserved(observed: Observation, view: View, addr: number, pageSize: number): string {
  switch (view) {
    case "area-order":
      return describeAreas(observed);
    case "page-order":
      return describePages(observed);
    case "areas": {
      const index = areaIndexOf(observed, addr);
      return index < 0 ? noArea(addr) : `${printAddr(addr)} in ${describeArea(observed, index)}`;
    }
    case "pages":
    case "identity":
      return describePage(observed, addr, pageSize);
  }
}

function describeAreas(observed: Observation): string {
  return Array.from({ length: observed.areaCount }, (_, index) => describeArea(observed, index)).join(";");
}

function describePages(observed: Observation): string {
  const runs = Array.from({ length: observed.pageCount }, (_, index) => {
    const addr = printAddr(observed.pageAddrs[index] ?? 0);
    const count = observed.pageCounts[index] ?? 0;
    return count === 1 ? addr : `${addr} and on, ${count} in all`;
  });
  return `pages ${runs.join(";")}`;
}

function describePage(observed: Observation, addr: number, pageSize: number): string {
  const { pageCount, pageAddrs, pageCounts, pagePhysicals, pageFlags } = observed;
  for (let index = 0; index < pageCount; index++) {
    const offset = addr - (pageAddrs[index] ?? 0);
    if (offset < 0 || offset >= (pageCounts[index] ?? 0) * pageSize) continue;
    const physical = pagePhysicals[index] ?? NO_PHYSICAL;
    return pageText(addr, pageFlags[index] ?? 0, physical === NO_PHYSICAL ? undefined : physical + offset);
  }
  return noPage(addr);
}

function describeArea(observed: Observation, index: number): string {
  const range = {
    start: virtAddr(observed.areaStarts[index] ?? 0),
    end: virtAddr(observed.areaEnds[index] ?? 0),
  };
  const backend = BACKEND_KINDS[observed.areaBackends[index] ?? 0] ?? "an unknown backend";
  const physical = observed.areaPhysicals[index] ?? NO_PHYSICAL;
  const start = physical === NO_PHYSICAL ? "" : `:${printAddr(physical)}`;
  return `${printRange(range)} ${flagsText(observed.areaFlags[index] ?? 0)} ${backend}${start}`;
}

function noArea(addr: number): string {
  return `${printAddr(addr)} in no area`;
}

function pageText(addr: number, flags: number, physical: number | undefined): string {
  const translation = physical === undefined ? "" : `=${printAddr(physical)}`;
  return `page ${printAddr(addr)}${translation}:${flagsText(flags)}`;
}

function noPage(addr: number): string {
  return `no page ${printAddr(addr)}`;
}

function flagsText(flags: number): string {
  return flags === UNKNOWN_FLAGS ? "unknown flags" : printFlags(flags);
}
