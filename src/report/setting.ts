/** What is tested, and where it runs, in the words of every report. */
import type { Target } from "../explore/target.ts";
import { virtAddr } from "../trace/address.ts";
import { escapeText } from "../trace/escape.ts";
import type { FormatName } from "../trace/hardware.ts";
import { printRange } from "../trace/print.ts";
import type { Space } from "../trace/space.ts";
import { counted } from "./statistics.ts";

/** What is tested, and the format of its page tables where it has some. */
export interface FormattedTarget extends Target {
  readonly format?: FormatName;
}

/** A subject by its name, as text that a terminal shows, with the format of its page tables where it has them. */
export function titleOf({ name, format }: { readonly name: string; readonly format?: FormatName }): string {
  const shown = escapeText(name);
  return format === undefined ? shown : `${shown} (${format})`;
}

/** A space: `0x0-0x10000, 16 pages of 0x1000 bytes, 24 frames`. */
export function describeSpace({ base, size, page, frames }: Space, addrBits: number): string {
  const range = printRange({ start: base, end: virtAddr(base + size) }, addrBits);
  const limit = frames === 0 ? "" : `, ${counted(frames, "frame")}`;
  return `${range}, ${counted(size / page, "page")} of 0x${page.toString(16)} bytes${limit}`;
}
