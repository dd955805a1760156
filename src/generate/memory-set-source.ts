import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { MAX_MAP_PAGES } from "../trace/preconditions.ts";
import type { Command, Request } from "../trace/request.ts";
import { addressLimit, type Terms } from "../trace/space.ts";
import { Anchors } from "./anchors.ts";
import { Dice } from "./dice.ts";
import { MemorySetSwarm } from "./memory-set-swarm.ts";
import { drawLength, drawOffset, type RequestSource } from "./request-source.ts";
import { offeredLists, type Weights } from "./swarm.ts";

const MOCK = { kind: "mock" } as const;
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
  private readonly swarm: MemorySetSwarm;
  private readonly page: number;
  private readonly firstPage: number;
  private readonly spacePages: number;
  /** The first page behind the space. */
  private readonly spaceEnd: number;
  /** The first page behind the address space, and the one in its middle. */
  private readonly limitPage: number;
  private readonly middlePage: number;
  /** The range drawn last, in pages: [from, to). */
  private from = 0;
  private to = 0;

  constructor(terms: Terms, weights: Weights) {
    const { base, size, page } = terms.space;
    this.lists = offeredLists(LISTS, terms.hello);
    this.swarm = new MemorySetSwarm(terms.hello, weights);
    this.page = page;
    this.firstPage = base / page;
    this.spacePages = size / page;
    this.spaceEnd = this.firstPage + this.spacePages;
    this.limitPage = addressLimit(terms.hello) / page;
    this.middlePage = this.limitPage / 2;
  }

  begin(a: number, b: number, c: number): void {
    this.dice.seed(a, b, c);
    this.swarm.draw(this.dice);
    this.anchors.clear();
    this.anchors.add(this.firstPage);
    this.anchors.add(this.spaceEnd);
    if (this.swarm.far) {
      this.anchors.add(this.middlePage);
      this.anchors.add(this.limitPage - 2);
    }
  }

  length(most: number): number {
    return drawLength(this.dice, most);
  }

  next(): Request {
    const choice = this.swarm.wheel.choose(this.dice);
    switch (choice) {
      case "map":
      case "replace":
        return this.map(choice === "replace");
      case "unmap":
        this.drawRange();
        return this.maybeInjected({ op: "unmap", start: this.start(), size: this.size() });
      case "protect":
        this.drawRange();
        return this.maybeInjected({
          op: "protect",
          start: this.start(),
          size: this.size(),
          flags: this.swarm.flags(this.dice),
        });
      case "clear":
        return this.maybeInjected({ op: "clear" });
      case "find":
        return { op: "find", addr: virtAddr(this.drawPage() * this.page + drawOffset(this.dice, this.page)) };
      case "overlaps":
        return this.overlaps();
      case "find-free":
        return this.findFree();
      case "list":
        return { op: this.lists[this.dice.below(this.lists.length)] ?? "areas" };
    }
  }

  private map(replace: boolean): Request {
    this.drawRange();
    const most = Math.min(this.swarm.large ? LARGE_AREA_PAGES : 2 * this.spacePages, MAX_MAP_PAGES);
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

  private overlaps(): Request {
    this.drawRange();
    if (this.to === this.from || this.to >= this.limitPage) {
      this.from = this.firstPage;
      this.to = this.firstPage + 1;
    }
    return { op: "overlaps", start: this.start(), size: this.size() };
  }

  private findFree(): Request {
    const { dice, page } = this;
    this.drawRange();
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
    if (this.swarm.injecting && this.dice.chance(1, 6)) {
      command.inject = { kind: "backend", after: this.dice.below(4) };
    }
    return command;
  }

  /** A page that is an address: at or beside an anchor, or anywhere in the space. */
  private drawPage(): number {
    const { dice } = this;
    const near = dice.chance(5, 8);
    const page = near ? this.anchors.pickNear(dice) : this.firstPage + dice.below(this.spacePages);
    if (this.swarm.far) return Math.min(Math.max(page, 0), this.limitPage - 1);
    return Math.min(Math.max(page, this.firstPage), this.spaceEnd - 1);
  }

  /**
   * Draws [from, to): up to another anchor, a few pages, or anything up to the size of the space; some are
   * empty, some as large as the half of the address space that they begin in, or larger in the upper one.
   */
  private drawRange(): void {
    const { dice } = this;
    const one = this.drawPage();
    const kind = dice.below(32);
    let other: number;
    if (kind < 13) other = this.anchors.pick(dice);
    else if (kind < 24) other = one + 1 + dice.below(4);
    else if (kind < 30) other = one + 1 + dice.below(this.spacePages);
    else if (kind < 31) other = one;
    else other = one + this.limitPage / 2;
    // Two anchors that are the same would make too many ranges empty.
    if (other === one && kind < 13) other++;
    this.from = Math.min(one, other);
    this.to = Math.max(one, other);
    if (!this.swarm.far) this.to = Math.min(this.to, this.spaceEnd);
    else if (this.from < this.middlePage) this.to = Math.min(this.to, this.middlePage);
    this.anchors.add(this.from);
    if (this.to < this.limitPage) this.anchors.add(this.to);
  }

  private start(): VirtAddr {
    return virtAddr(this.from * this.page);
  }

  /** In bytes. */
  private size(): number {
    return (this.to - this.from) * this.page;
  }
}
