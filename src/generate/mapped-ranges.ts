import { type Flags, NO_FLAGS, withProtection } from "../trace/flags.ts";
import type { Command, MapCommand, Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import type { Dice } from "./dice.ts";

/** More than a run of the usual length leaves. */
const CAPACITY = 64;

/** Stands where no range is. */
export const NO_RANGE = -1;

/**
 * Where areas probably are, in pages, as far as the text of the requests so far tells. It can be wrong
 * where a command failed by injection or for want of frames, and it forgets ranges when there are very
 * many: what is drawn with its help fits whether or not it is right.
 */
export class MappedRanges {
  private readonly froms = new Float64Array(CAPACITY);
  private readonly tos = new Float64Array(CAPACITY);
  private readonly flags = new Uint8Array(CAPACITY);
  /** Whether it was mapped eagerly, as 0 or 1. */
  private readonly eager = new Uint8Array(CAPACITY);
  private count = 0;
  private readonly space: Space;

  constructor(space: Space) {
    this.space = space;
  }

  /** Forgets all ranges. */
  clear(): void {
    this.count = 0;
  }

  /** Takes note of the next request of the run. */
  note(request: Request): void {
    if (request.op === "clear") {
      if (!mayFail(request, this.count, 0)) this.clear();
      return;
    }
    if (request.op !== "map" && request.op !== "unmap" && request.op !== "protect") return;
    const { page } = this.space;
    const from = request.start / page;
    const to = from + request.size / page;
    const met = this.countIn(from, to);
    if (!this.isSound(from, to) || mayFail(request, met, to - from)) return;
    if (request.op === "map") this.noteMap(request, from, to, met);
    else if (request.op === "unmap") this.remove(from, to);
    else this.protect(from, to, request.flags);
  }

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Whether a range has a page in [from, to). */
  meets(from: number, to: number): boolean {
    return this.countIn(from, to) > 0;
  }

  /** One of the ranges, each as likely as another, or `NO_RANGE`. */
  pick(dice: Dice): number {
    return this.count === 0 ? NO_RANGE : dice.below(this.count);
  }

  /** Whether every page of range `at` has had its frame from the start. */
  isEager(at: number): boolean {
    return this.eager[at] === 1;
  }

  /** The flags of the range that `page` lies in; none where there is no range. */
  flagsAt(page: number): Flags {
    const at = this.at(page);
    return at === NO_RANGE ? NO_FLAGS : this.flagsOf(at);
  }

  /** The first page of range `at`. */
  from(at: number): number {
    return this.froms[at] ?? 0;
  }

  /** The first page behind range `at`. */
  to(at: number): number {
    return this.tos[at] ?? 0;
  }

  private noteMap({ backend, flags, replace }: MapCommand, from: number, to: number, met: number): void {
    if (met > 0 && !replace) return;
    if (backend.kind === "linear" && backend.physical % this.space.page !== 0) return;
    this.remove(from, to);
    this.add(from, to, flags, backend.kind === "alloc:eager" ? 1 : 0);
  }

  private remove(from: number, to: number): void {
    this.cut(from);
    this.cut(to);
    for (let at = this.count - 1; at >= 0; at--) {
      if (this.from(at) >= from && this.to(at) <= to) this.drop(at);
    }
  }

  private protect(from: number, to: number, wanted: Flags): void {
    this.cut(from);
    this.cut(to);
    for (let at = 0; at < this.count; at++) {
      if (this.from(at) < from || this.to(at) > to) continue;
      this.flags[at] = withProtection(this.flagsOf(at), wanted);
    }
  }

  /** Whether commands accept the range: of whole pages, not empty, inside the space. */
  private isSound(from: number, to: number): boolean {
    const { base, size, page } = this.space;
    const isWhole = Number.isInteger(from) && Number.isInteger(to);
    return isWhole && from < to && from * page >= base && to * page <= base + size;
  }

  /** How many ranges have a page in [from, to). */
  private countIn(from: number, to: number): number {
    let found = 0;
    for (let at = 0; at < this.count; at++) {
      if (this.from(at) < to && from < this.to(at)) found++;
    }
    return found;
  }

  private add(from: number, to: number, flags: Flags, eager: number): void {
    const at = this.count < CAPACITY ? this.count++ : 0;
    this.froms[at] = from;
    this.tos[at] = to;
    this.flags[at] = flags;
    this.eager[at] = eager;
  }

  /** Makes two ranges of the one that `page` lies inside of, if one does. */
  private cut(page: number): void {
    const at = this.at(page);
    if (at === NO_RANGE || this.from(at) === page) return;
    const end = this.to(at);
    this.tos[at] = page;
    this.add(page, end, this.flagsOf(at), this.eager[at] ?? 0);
  }

  /** The range that `page` lies in, or `NO_RANGE`. */
  private at(page: number): number {
    for (let at = 0; at < this.count; at++) {
      if (this.from(at) <= page && page < this.to(at)) return at;
    }
    return NO_RANGE;
  }

  private flagsOf(at: number): Flags {
    return this.flags[at] ?? NO_FLAGS;
  }

  private drop(at: number): void {
    const last = --this.count;
    this.froms[at] = this.from(last);
    this.tos[at] = this.to(last);
    this.flags[at] = this.flagsOf(last);
    this.eager[at] = this.eager[last] ?? 0;
  }
}

/**
 * Whether the failure that a command carries probably fires: the backend is called about once for each of
 * the `met` areas, and what needs frames is mostly an eager map.
 */
function mayFail(command: Command, met: number, pages: number): boolean {
  const { inject } = command;
  if (inject === undefined) return false;
  const calls = command.op === "map" ? met + 1 : met;
  if (inject.kind === "backend") return inject.after < calls;
  if (command.op !== "map") return false;
  return inject.after < (command.backend.kind === "alloc:eager" ? pages : 1);
}
