/** One page in words, as the model has it and as an implementation shows it: the two sides of a finding. */
import type { MemorySetModel } from "../../models/memory-set.ts";
import { areaIndexOf, type Disagreement } from "../../properties/agreement.ts";
import { virtAddr } from "../trace/address.ts";
import { BACKEND_KINDS, type Observation, UNKNOWN_FLAGS } from "../trace/observation.ts";
import { printAddr, printFlags, printRange } from "../trace/print.ts";

/** What the model says of the page with number `page`. */
export function describeModelPage(model: MemorySetModel, view: Disagreement["view"], page: number): string {
  if (view === "area-order") return "areas in order, of whole pages, not empty, without overlap";
  if (view === "page-order") return "whole pages in order, each once";
  const addr = page * model.page;
  const area = model.areaAt(page);
  if (view === "pages") return area ? pageText(addr, area.flags) : noPage(addr);
  return area ? areaText(addr, area.start, area.end, area.flags, area.backend.kind) : noArea(addr);
}

/** What the implementation shows of that page; `pageSize` in bytes. */
export function describeObservedPage(
  observed: Observation,
  view: Disagreement["view"],
  page: number,
  pageSize: number,
): string {
  const addr = page * pageSize;
  switch (view) {
    case "area-order":
      return describeAreas(observed);
    case "page-order":
      return describePages(observed);
    case "areas": {
      const index = areaIndexOf(observed, addr);
      return index < 0 ? noArea(addr) : `${printAddr(addr)} in ${describeArea(observed, index)}`;
    }
    case "pages": {
      const flags = observed.pageFlags[observed.pageAddrs.subarray(0, observed.pageCount).indexOf(addr)];
      return flags === undefined ? noPage(addr) : pageText(addr, flags);
    }
  }
}

function describeAreas(observed: Observation): string {
  return Array.from({ length: observed.areaCount }, (_, index) => describeArea(observed, index)).join(";");
}

function describePages(observed: Observation): string {
  const pages = Array.from(observed.pageAddrs.subarray(0, observed.pageCount), (addr) => printAddr(addr));
  return `pages ${pages.join(";")}`;
}

function describeArea(observed: Observation, index: number): string {
  const range = {
    start: virtAddr(observed.areaStarts[index] ?? 0),
    end: virtAddr(observed.areaEnds[index] ?? 0),
  };
  const backend = BACKEND_KINDS[observed.areaBackends[index] ?? 0] ?? "an unknown backend";
  return `${printRange(range)} ${flagsText(observed.areaFlags[index] ?? 0)} ${backend}`;
}

function areaText(addr: number, start: number, end: number, flags: number, backend: string): string {
  const range = { start: virtAddr(start), end: virtAddr(end) };
  return `${printAddr(addr)} in ${printRange(range)} ${printFlags(flags)} ${backend}`;
}

function noArea(addr: number): string {
  return `${printAddr(addr)} in no area`;
}

function pageText(addr: number, flags: number): string {
  return `page ${printAddr(addr)}:${flagsText(flags)}`;
}

function noPage(addr: number): string {
  return `no page ${printAddr(addr)}`;
}

function flagsText(flags: number): string {
  return flags === UNKNOWN_FLAGS ? "unknown flags" : printFlags(flags);
}
