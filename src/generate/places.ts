import { virtAddr } from "../trace/address.ts";
import { type Flags, READ, WRITE } from "../trace/flags.ts";
import type { Request } from "../trace/request.ts";
import { addressLimit, type Terms } from "../trace/space.ts";
import type { AddressSpaceSwarm } from "./address-space-swarm.ts";
import { Anchors } from "./anchors.ts";
import type { Dice } from "./dice.ts";
import { MappedRanges, NO_RANGE } from "./mapped-ranges.ts";
import { Window } from "./window.ts";

/**
 * Where the commands of a run on the address-space surface go: pages and ranges in the run's window, most
 * of them at or beside a boundary of an earlier command, and in areas that are probably there.
 */
export class Places {
  readonly window: Window;
  readonly mapped: MappedRanges;
  /** The range drawn last, in pages: [from, to). */
  from = 0;
  to = 0;
  /** The same in bytes, but that some begin or end inside a page. */
  start = virtAddr(0);
  size = 0;
  private readonly dice: Dice;
  private readonly swarm: AddressSpaceSwarm;
  private readonly anchors = new Anchors();
  /** The pages accessed of late: the TLB may hold their translations. */
  private readonly touched = new Anchors(6);
  private readonly page: number;
  private readonly spaceFrom: number;
  private readonly spaceTo: number;
  /** The first page behind the address space, and the one in its middle. */
  private readonly limitPage: number;
  private readonly middlePage: number;

  constructor({ space, hello }: Terms, dice: Dice, swarm: AddressSpaceSwarm) {
    this.window = new Window(space, true);
    this.mapped = new MappedRanges(space);
    this.dice = dice;
    this.swarm = swarm;
    this.page = space.page;
    this.spaceFrom = space.base / space.page;
    this.spaceTo = this.spaceFrom + space.size / space.page;
    this.limitPage = addressLimit(hello) / space.page;
    this.middlePage = this.limitPage / 2;
  }

  /** Begins a run. */
  begin(): void {
    const { window } = this;
    window.draw(this.dice);
    this.mapped.clear();
    this.touched.clear();
    this.anchors.clear();
    for (let page = window.from; page < window.to && window.unit > 1; page += window.unit) {
      this.anchors.add(page);
    }
    this.anchors.add(window.from);
    this.anchors.add(window.to);
    if (this.swarm.far) {
      this.anchors.add(this.middlePage);
      this.anchors.add(this.limitPage - 2);
    }
  }

  /** Draws a page that is an address: at or beside an anchor, or anywhere in the window. */
  drawPage(): number {
    const { dice } = this;
    const page = dice.chance(5, 8) ? this.anchors.pickNear(dice) : this.window.page(dice);
    if (this.swarm.far) return Math.min(Math.max(page, 0), this.limitPage - 1);
    return Math.min(Math.max(page, this.spaceFrom), this.spaceTo - 1);
  }

  /** Takes note of the next request of the run. */
  note(request: Request): void {
    this.mapped.note(request);
    const { op } = request;
    if (op === "fault" || op === "access") this.touch(request.addr, request.access);
    else if (op === "load") this.touch(request.addr, READ);
    else if (op === "store") this.touch(request.addr, WRITE);
  }

  /** Draws a page to access: one that was accessed before, one that is probably mapped, or any. */
  drawTarget(): number {
    const { dice } = this;
    const kind = dice.below(16);
    if (kind < 6 && !this.touched.isEmpty) return this.touched.pick(dice);
    return kind < 15 ? this.drawMapped() : this.drawAnyTarget();
  }

  /** As `drawTarget`, mostly in an area that permits `access`. */
  drawTargetFor(access: Flags): number {
    const page = this.drawTarget();
    return this.permits(page, access) ? page : this.drawTarget();
  }

  /** Draws a page that is probably present: one that was accessed before, or of an eager area. */
  drawPresent(): number {
    const { dice, mapped } = this;
    const at = mapped.pick(dice);
    if (at !== NO_RANGE && mapped.isEager(at)) return this.drawPageOf(at);
    const page = this.touched.isEmpty ? this.drawTarget() : this.touched.pick(dice);
    return this.permits(page, READ) ? page : this.drawTargetFor(READ);
  }

  /** Draws a range, in pages and in bytes: mostly one with areas, or one without, where that is wanted. */
  drawRange(wanted: "any" | "mapped" | "free"): void {
    const { dice } = this;
    this.drawPages();
    for (let tries = 0; tries < 2 && wanted !== "any"; tries++) {
      if (this.mapped.meets(this.from, this.to) === (wanted === "mapped")) break;
      this.drawPages();
    }
    // A range that begins below the middle of the address space must not reach past it.
    if (this.from < this.middlePage) this.to = Math.min(this.to, this.middlePage);
    this.anchors.add(this.from);
    if (this.to < this.limitPage) this.anchors.add(this.to);
    this.measure();
    if (this.swarm.misaligned && dice.chance(1, 4)) this.misalign();
  }

  /**
   * Makes the range drawn last at most `pages` long. Where it runs out of the address space its end stays:
   * who accepts such a map by mistake has to map it.
   */
  shorten(pages: number): void {
    if (this.to - this.from <= pages) return;
    if (this.to >= this.limitPage) this.from = Math.max(this.from, this.limitPage - pages);
    this.to = Math.min(this.to, this.from + pages);
    this.measure();
  }

  /** Makes the range drawn last one page in the space if it is empty or doesn't end at an address. */
  makeQueryable(): void {
    if (this.size > 0 && this.to < this.limitPage) return;
    this.from = this.window.from;
    this.to = this.from + 1;
    this.measure();
  }

  private drawPages(): void {
    if (this.swarm.outside && this.dice.chance(1, 12)) this.drawAcrossEdge();
    else this.drawInside();
  }

  private drawInside(): void {
    const { dice, window } = this;
    const kind = dice.below(32);
    if (kind < 5) this.drawArea();
    else if (kind < 8) this.set(this.drawTarget(), 1);
    else if (kind < 15) this.drawToAnchor();
    else if (kind < 19) this.set(this.drawPage(), 1 + dice.below(4));
    else if (kind < 28) this.set(this.drawPage(), this.drawLength());
    else if (kind < 29) this.set(this.drawPage(), 0);
    else this.set(this.drawPage(), this.swarm.far ? this.limitPage / 2 : window.to - window.from);
  }

  /** The whole of an area that is probably there. */
  private drawArea(): void {
    const at = this.mapped.pick(this.dice);
    if (at === NO_RANGE) this.set(this.drawPage(), 1);
    else this.set(this.mapped.from(at), this.mapped.to(at) - this.mapped.from(at));
  }

  private drawToAnchor(): void {
    const page = this.drawPage();
    const other = this.anchors.pick(this.dice);
    // Two anchors that are the same would make too many ranges empty.
    this.set(Math.min(page, other), Math.max(Math.abs(page - other), 1));
  }

  /** Up to the window's length in pages, or one or two units, some a few pages longer or shorter. */
  private drawLength(): number {
    const { dice, window } = this;
    if (window.unit === 1) return 1 + dice.below(window.to - window.from);
    const beside = dice.chance(1, 4) ? dice.below(9) - 4 : 0;
    return window.unit * (1 + dice.below(2)) + beside;
  }

  private set(from: number, pages: number): void {
    this.from = from;
    this.to = this.swarm.far ? from + pages : Math.min(from + pages, this.spaceTo);
  }

  /** A few pages before the space, behind it, or across one of its ends. */
  private drawAcrossEdge(): void {
    const { dice } = this;
    const before = this.spaceFrom >= 4 && dice.chance(1, 2);
    this.from = before ? this.spaceFrom - dice.below(4) - 1 : this.spaceTo - 1 + dice.below(3);
    this.from = Math.min(this.from, this.limitPage - 1);
    this.to = this.from + dice.below(6);
  }

  private measure(): void {
    this.start = virtAddr(this.from * this.page);
    this.size = (this.to - this.from) * this.page;
  }

  /** Moves the start of the range into its page, or its end, or both. */
  private misalign(): void {
    const { dice } = this;
    if (this.size === 0) return;
    const bytes = 1 + dice.below(this.page - 1);
    const moved = dice.chance(1, 2);
    if (moved) this.start = virtAddr(this.start + bytes);
    if (!moved || this.to === this.middlePage || dice.chance(1, 2)) this.size -= bytes;
  }

  private permits(page: number, access: Flags): boolean {
    return (this.mapped.flagsAt(page) & access) === access;
  }

  private touch(addr: number, access: Flags): void {
    const page = Math.floor(addr / this.page);
    if (this.permits(page, access) && !this.touched.has(page)) this.touched.add(page);
  }

  private drawMapped(): number {
    const at = this.mapped.pick(this.dice);
    return at === NO_RANGE ? this.window.page(this.dice) : this.drawPageOf(at);
  }

  /** The first page of range `at`, its last, or any. */
  private drawPageOf(at: number): number {
    const { dice, mapped } = this;
    const from = mapped.from(at);
    const pages = mapped.to(at) - from;
    switch (dice.below(4)) {
      case 0:
        return from;
      case 1:
        return from + pages - 1;
      default:
        return from + dice.below(pages);
    }
  }

  /** A page as for any command, or one right beside the space. */
  private drawAnyTarget(): number {
    const { dice } = this;
    if (!this.swarm.outside || dice.chance(1, 2)) return this.drawPage();
    return this.spaceFrom > 0 && dice.chance(1, 2) ? this.spaceFrom - 1 : this.spaceTo;
  }
}
