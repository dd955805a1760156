import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { MAX_MAP_PAGES } from "../trace/preconditions.ts";
import type { Command, Request } from "../trace/request.ts";
import { addressLimit, type Terms } from "../trace/space.ts";
import { Anchors } from "./anchors.ts";
import { Dice } from "./dice.ts";
import { MappedRanges, NO_RANGE } from "./mapped-ranges.ts";
import { MemorySetSwarm } from "./memory-set-swarm.ts";
import { drawLength, drawOffset, type RequestSource } from "./request-source.ts";
import { type MEMORY_SET_CHOICES, offeredLists, type Weights } from "./swarm.ts";
import { Window } from "./window.ts";

const MOCK = { kind: "mock" } as const;
/** How many pages before the end of the address space something begins that ends there, or behind it. */
const NEAR_END = 16;

/** How often something else than a map is drawn before it is taken, as long as nothing is mapped. */
const TRIES = 12;

type MemorySetChoice = (typeof MEMORY_SET_CHOICES)[number];

const LISTS = ["areas", "pages", "injected"] as const;

/** A command that is being put together. */
type Draft<C extends Command> = C extends Command ? { -readonly [K in keyof C]: C[K] } : never;

/** Areas grow to at most this many pages, in the few runs where they may be large. */
const LARGE_AREA_PAGES = 1024;

/**
 * Draws runs for the memory-set surface. Addresses are drawn in pages; most lie at or beside a boundary of
 * an earlier command.
 */
export class MemorySetSource implements RequestSource {
  private readonly dice = new Dice();
  private readonly lists: readonly (typeof LISTS)[number][];
  private readonly anchors = new Anchors();
  private readonly mapped: MappedRanges;
  private readonly swarm: MemorySetSwarm;
  private readonly window: Window;
  private readonly page: number;
  private readonly firstPage: number;
  /** The first page behind the space. */
  private readonly spaceEnd: number;
  /** The first page behind the address space, and the one in its middle. */
  private readonly limitPage: number;
  private readonly middlePage: number;
  /** The page that was asked for last. */
  private asked = 0;
  /** The range drawn last, in pages: [from, to). */
  private from = 0;
  private to = 0;

  constructor(terms: Terms, weights: Weights) {
    const { base, size, page } = terms.space;
    this.window = new Window(terms.space, false);
    this.lists = offeredLists(LISTS, terms.hello);
    this.swarm = new MemorySetSwarm(terms.hello, weights);
    this.mapped = new MappedRanges(terms.space);
    this.page = page;
    this.firstPage = base / page;
    this.spaceEnd = this.firstPage + size / page;
    this.limitPage = addressLimit(terms.hello) / page;
    this.middlePage = this.limitPage / 2;
  }

  begin(a: number, b: number, c: number): void {
    this.dice.seed(a, b, c);
    this.swarm.draw(this.dice);
    this.window.draw(this.dice);
    this.anchors.clear();
    this.mapped.clear();
    this.asked = this.window.from;
    this.anchors.add(this.window.from);
    this.anchors.add(this.window.to);
    if (this.swarm.far) {
      this.anchors.add(this.middlePage);
      this.anchors.add(this.limitPage - 2);
      this.anchors.add(this.limitPage);
    }
  }

  length(most: number): number {
    return drawLength(this.dice, most);
  }

  next(): Request {
    const request = this.draw(this.choose());
    this.mapped.note(request);
    return request;
  }

  /** What is next: as long as nothing is mapped, mostly a map. */
  private choose(): MemorySetChoice {
    const { dice, swarm } = this;
    let choice = swarm.wheel.choose(dice);
    for (let tries = 0; tries < TRIES && this.mapped.isEmpty && choice !== "map"; tries++) {
      choice = swarm.wheel.choose(dice);
    }
    return choice;
  }

  private draw(choice: MemorySetChoice): Request {
    switch (choice) {
      case "map":
      case "replace":
        return this.map(choice === "replace");
      case "unmap":
        this.drawRange("mapped");
        return this.maybeInjected({ op: "unmap", start: this.start(), size: this.size() });
      case "protect":
        this.drawRange("mapped");
        return this.maybeInjected({
          op: "protect",
          start: this.start(),
          size: this.size(),
          flags: this.swarm.flags(this.dice),
        });
      case "clear":
        return this.maybeInjected({ op: "clear" });
      case "find":
        return this.find();
      case "overlaps":
        return this.overlaps();
      case "find-free":
        return this.findFree();
      case "list":
        return { op: this.lists[this.dice.below(this.lists.length)] ?? "areas" };
    }
  }

  private map(replace: boolean): Request {
    this.drawRange(replace || this.dice.chance(1, 2) ? "any" : "free");
    const most = Math.min(this.swarm.large ? LARGE_AREA_PAGES : 2 * this.windowPages, MAX_MAP_PAGES);
    // One that runs out of the address space is as small: who accepts it by mistake has to map it.
    if (this.to >= this.limitPage) this.from = Math.max(this.from, this.limitPage - most);
    this.to = Math.min(this.to, this.from + most);
    return this.maybeInjected({
      op: "map",
      start: this.start(),
      size: this.size(),
      flags: this.swarm.flags(this.dice),
      backend: MOCK,
      replace,
    });
  }

  /** Half of them ask for the page that was asked for last: what was remembered then may be wrong by now. */
  private find(): Request {
    const { dice, page } = this;
    if (dice.chance(1, 2)) this.asked = this.drawPage();
    return { op: "find", addr: virtAddr(this.asked * page + drawOffset(dice, page)) };
  }

  private overlaps(): Request {
    this.drawRange("any");
    if (this.to === this.from || this.to >= this.limitPage) {
      this.from = this.firstPage;
      this.to = this.firstPage + 1;
    }
    return { op: "overlaps", start: this.start(), size: this.size() };
  }

  private findFree(): Request {
    const { dice, page } = this;
    this.drawRange("any");
    const whole = this.to === this.from || this.to >= this.limitPage || dice.chance(1, 2);
    const [from, to] = whole ? [this.firstPage, this.spaceEnd] : [this.from, this.to];
    // Alignments of 1, 2 and 4 pages; one size in eight is no multiple of it.
    const align = 1 << dice.below(3);
    const pages = dice.chance(1, 8) ? 1 + dice.below(8) : align * (1 + dice.below(3));
    const limit = { start: virtAddr(from * page), end: virtAddr(to * page) };
    const hint = virtAddr(this.drawPage() * page);
    return { op: "find-free", hint, size: pages * page, limit, align: align * page };
  }

  /** Gives some of the commands a failure. In place: a copy of every sixth is dearer than all the rest. */
  private maybeInjected(command: Draft<Command>): Command {
    if (this.swarm.injecting && this.dice.chance(1, 4)) {
      command.inject = { kind: "backend", after: this.dice.below(4) };
    }
    return command;
  }

  /** A page that is an address: at or beside an anchor, or anywhere in the space. */
  private drawPage(): number {
    const { dice } = this;
    const page = dice.chance(5, 8) ? this.anchors.pickNear(dice) : this.window.page(dice);
    if (this.swarm.far) return Math.min(Math.max(page, 0), this.limitPage - 1);
    return Math.min(Math.max(page, this.firstPage), this.spaceEnd - 1);
  }

  /**
   * Draws [from, to): mostly one with areas, or one without, where that is wanted. Up to another anchor, a few pages,
   * or anything up to the size of the window; some are empty, and some lie at the end of the address space, or past it.
   */
  private drawRange(wanted: "any" | "mapped" | "free"): void {
    this.drawPages();
    for (let tries = 0; tries < 2 && wanted !== "any"; tries++) {
      const isWanted = this.mapped.meets(this.from, this.to) === (wanted === "mapped");
      // What is there makes no difference to a range that is too long.
      if (isWanted || this.to >= this.limitPage) break;
      this.drawPages();
    }
    this.anchors.add(this.from);
    if (this.to < this.limitPage) this.anchors.add(this.to);
  }

  private drawPages(): void {
    const { dice, mapped } = this;
    const kind = dice.below(32);
    const one = this.drawPage();
    const area = kind < 2 ? mapped.pick(dice) : NO_RANGE;
    if (area !== NO_RANGE) this.set(mapped.from(area), mapped.to(area));
    else if (kind < 14) {
      const other = this.anchors.pick(dice);
      // Two anchors that are the same would make too many ranges empty.
      this.set(Math.min(one, other), other === one ? one + 1 : Math.max(one, other));
    } else if (kind < 17) this.set(one, one + 1 + dice.below(4));
    else if (kind < 24) this.set(one, one + 1 + dice.below(this.windowPages));
    else if (kind < 29) this.set(one - dice.below(this.windowPages), one + 1 + dice.below(this.windowPages));
    else if (kind < 31) this.set(one, one);
    else this.drawLong(one);
  }

  /** From `from` on, as large as half of the address space; else, mostly, at its end, or past it. */
  private drawLong(from: number): void {
    const { dice, middlePage, limitPage } = this;
    const isHalf = this.swarm.far && from < middlePage && dice.chance(1, 2);
    this.from = isHalf ? from : Math.max(middlePage, limitPage - 1 - dice.below(NEAR_END));
    this.to = isHalf ? middlePage : this.from + 1 + dice.below(2 * NEAR_END);
  }

  /** Takes [`from`, `to`), cut off where the space ends, or that half of the address space. */
  private set(from: number, to: number): void {
    const end = this.swarm.far ? (from < this.middlePage ? this.middlePage : to) : this.spaceEnd;
    this.from = Math.max(from, this.swarm.far ? 0 : this.firstPage);
    this.to = Math.min(to, end);
  }

  private get windowPages(): number {
    return this.window.to - this.window.from;
  }

  private start(): VirtAddr {
    return virtAddr(this.from * this.page);
  }

  /** In bytes. */
  private size(): number {
    return (this.to - this.from) * this.page;
  }
}
