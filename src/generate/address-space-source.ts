import { physAddr, type VirtAddr, virtAddr } from "../trace/address.ts";
import { type Flags, READ, RWX, WRITE } from "../trace/flags.ts";
import { MappingHistory } from "../trace/mapping-history.ts";
import type {
  AccessCommand,
  Backend,
  ClearCommand,
  Command,
  Injection,
  LoadCommand,
  MapCommand,
  ProtectCommand,
  Request,
  UnmapCommand,
  WriteCommand,
} from "../trace/request.ts";
import { addressLimit, type Offer, type Space, type Terms } from "../trace/space.ts";
import { AddressSpaceSwarm, type BackendKind } from "./address-space-swarm.ts";
import { Dice } from "./dice.ts";
import { drawBytes, Extent } from "./extent.ts";
import { Physicals } from "./physicals.ts";
import { Places } from "./places.ts";
import { drawLength, drawOffset, type RequestSource } from "./request-source.ts";
import { type Choice, offeredLists, type Weights } from "./swarm.ts";
import { GIANT_PAGE, LARGE_PAGE } from "./window.ts";

const LISTS = ["areas", "pages", "frames", "injected"] as const;

/** What is asked where there is nothing better, of an implementation that doesn't offer much. */
const NOTHING: Request = { op: "areas" };

const EAGER = { kind: "alloc:eager" } as const;
const LAZY = { kind: "alloc:lazy" } as const;

/** Runs with large pages allocate at most this many eagerly, most of the time: each takes a frame. */
const FEW_PAGES = 16;

/** How often a place to read or write is drawn before something else is asked. */
const TRIES = 4;

/** Stands where nothing was found that may be read or written. */
const NOWHERE = -1;

/** A command that is being put together. */
type Draft<C extends Command> = { -readonly [K in keyof C]: C[K] };

/** Draws runs for the address-space surface. */
export class AddressSpaceSource implements RequestSource {
  private readonly dice = new Dice();
  private readonly lists: readonly (typeof LISTS)[number][];
  private readonly offer: Offer;
  private readonly swarm: AddressSpaceSwarm;
  private readonly places: Places;
  private readonly physicals: Physicals;
  private readonly extent: Extent;
  private readonly history: MappingHistory;
  private readonly space: Space;
  /** The middle of the address space, in bytes. */
  private readonly middle: number;

  constructor(terms: Terms, weights: Weights) {
    this.space = terms.space;
    this.offer = terms.hello;
    this.lists = offeredLists(LISTS, terms.hello);
    this.swarm = new AddressSpaceSwarm(terms, weights);
    this.places = new Places(terms, this.dice, this.swarm);
    this.physicals = new Physicals(terms.space.page);
    this.extent = new Extent(terms.space.page);
    this.history = new MappingHistory(terms);
    this.middle = addressLimit(terms.hello) / 2;
  }

  begin(a: number, b: number, c: number): void {
    this.dice.seed(a, b, c);
    this.swarm.draw(this.dice);
    this.places.begin();
    this.physicals.begin(this.dice, this.places.window);
    this.history.reset();
  }

  length(most: number): number {
    return drawLength(this.dice, this.places.window.length(most));
  }

  next(): Request {
    const request = this.draw(this.choose());
    this.history.note(request);
    this.places.note(request);
    return request;
  }

  /** What is next: as long as nothing is mapped, mostly a map. */
  private choose(): Choice {
    const { dice, swarm, places } = this;
    let choice = swarm.wheel.choose(dice);
    for (let tries = 0; tries < TRIES && places.mapped.isEmpty && choice !== "map"; tries++) {
      choice = swarm.wheel.choose(dice);
    }
    return choice;
  }

  private draw(choice: Choice): Request {
    switch (choice) {
      case "map":
      case "replace":
        return this.map(choice === "replace");
      case "unmap":
        this.drawPart();
        return this.unmap();
      case "protect":
        return this.protect();
      case "clear":
        return this.clear();
      case "fault":
      case "access":
        return this.access(choice);
      case "load":
        return this.load();
      case "store":
        return this.store();
      case "read":
        return this.read();
      case "write":
        return this.write();
      case "find":
      case "translate":
        return { op: choice, addr: this.addressIn(this.places.drawTarget()) };
      case "overlaps":
        return this.overlaps();
      case "can-access":
        return this.canAccess();
      case "find-free":
        return this.findFree();
      case "list":
        return { op: this.lists[this.dice.below(this.lists.length)] ?? "areas" };
    }
  }

  private map(replace: boolean): Request {
    const { places, swarm, dice } = this;
    const giant = this.mayBeGiant() ? this.giantMap() : undefined;
    if (giant && this.history.boundWith(giant) <= places.window.bound && dice.chance(3, 4)) return giant;
    places.drawRange(replace ? "any" : "free");
    const kind = this.drawBackend();
    places.shorten(this.mostPages(kind));
    const { start, size } = places;
    // A guard page is more telling where there was something before.
    const flags = swarm.flags(dice) || swarm.flags(dice);
    const command: Draft<MapCommand> = {
      op: "map",
      start,
      size,
      flags,
      backend: this.backend(kind),
      replace,
    };
    if (this.history.boundWith(command) > places.window.bound) return this.unmap();
    this.maybeInject(command);
    return command;
  }

  private mayBeGiant(): boolean {
    const { window, mapped } = this.places;
    return window.hasGiant && mapped.isEmpty && this.offer.backends.includes("linear");
  }

  /** A map of one page of 1 GiB, for which there is room only as long as nothing else is mapped. */
  private giantMap(): MapCommand {
    const { dice, places, space, swarm } = this;
    const size = GIANT_PAGE * space.page;
    const start = virtAddr(places.window.from * space.page);
    const backend: Backend = { kind: "linear", physical: physAddr(size * dice.below(4)) };
    return {
      op: "map",
      start,
      size,
      flags: swarm.flags(dice) || READ & swarm.known,
      backend,
      replace: false,
    };
  }

  /** Only linear areas have large pages, so that runs that work with such draw more of them. */
  private drawBackend(): BackendKind {
    const { dice, swarm, places } = this;
    const kind = swarm.backend(dice);
    return places.window.unit > 1 && swarm.hasLinear && dice.chance(1, 2) ? "linear" : kind;
  }

  /** How many pages a map of this kind has at most. */
  private mostPages(kind: BackendKind): number {
    const { window } = this.places;
    const pages = Math.min(window.to - window.from, window.bound);
    // Each page takes a frame, which is zeroed.
    if (kind !== "alloc:eager" || window.unit === 1) return pages;
    const { frames } = this.space;
    const most = 2 * LARGE_PAGE;
    if (!this.dice.chance(1, 8)) return FEW_PAGES;
    // With the tables that take frames, too, these leave few or none. Often enough to be met, and seldom enough that
    // what few frames show is mostly met in a small space, where its trace is simple.
    return frames > FEW_PAGES && frames <= most ? frames - this.dice.below(FEW_PAGES) : most;
  }

  private backend(kind: BackendKind): Backend {
    switch (kind) {
      case "linear":
        return { kind, physical: physAddr(this.drawPhysical()) };
      case "alloc:eager":
        return EAGER;
      case "alloc:lazy":
        return LAZY;
    }
  }

  private drawPhysical(): number {
    const { dice, places, physicals, space } = this;
    const physical = physicals.draw(dice, places.from * space.page, places.size);
    if (!this.swarm.misaligned || !dice.chance(1, 4)) return physical;
    return Math.max(physical - 1 - dice.below(space.page - 1), 0);
  }

  /** Draws a range that is mapped: of a giant page, which is split only in few runs, often just a few pages. */
  private drawPart(): void {
    const { dice, places } = this;
    places.drawRange("mapped");
    if (places.window.hasGiant && dice.chance(1, 2)) places.shorten(1 + dice.below(4));
  }

  /** Of the range drawn last. */
  private unmap(): Request {
    if (!this.offer.commands.includes("unmap")) return NOTHING;
    const { start, size } = this.places;
    const command: Draft<UnmapCommand> = { op: "unmap", start, size };
    this.maybeInject(command);
    return command;
  }

  private protect(): Request {
    this.drawPart();
    const { start, size } = this.places;
    const command: Draft<ProtectCommand> = { op: "protect", start, size, flags: this.swarm.flags(this.dice) };
    this.maybeInject(command);
    return command;
  }

  private clear(): Request {
    const command: Draft<ClearCommand> = { op: "clear" };
    this.maybeInject(command);
    return command;
  }

  private access(op: "fault" | "access"): Request {
    if (!this.offer.commands.includes(op)) return NOTHING;
    const page = this.places.drawTarget();
    const addr = this.addressIn(page);
    const command: Draft<AccessCommand> = { op, addr, access: this.accessOf(page) };
    this.maybeStarve(command);
    return command;
  }

  private load(): Request {
    const addr = this.drawBytePlace(READ, true);
    if (addr === NOWHERE) return this.access("access");
    const command: Draft<LoadCommand> = { op: "load", addr: virtAddr(addr), size: this.extent.size };
    this.maybeStarve(command);
    return command;
  }

  private store(): Request {
    const addr = this.drawBytePlace(WRITE, true);
    return addr === NOWHERE ? this.access("access") : this.bytesTo("store", addr);
  }

  private write(): Request {
    const addr = this.drawBytePlace(READ, false);
    return addr === NOWHERE ? this.access("access") : this.bytesTo("write", addr);
  }

  private bytesTo(op: "store" | "write", addr: number): Request {
    const bytes = drawBytes(this.dice, this.extent.size);
    const command: Draft<WriteCommand> = { op, addr: virtAddr(addr), bytes };
    this.maybeStarve(command);
    return command;
  }

  private read(): Request {
    const start = this.drawBytePlace(READ, false);
    if (start === NOWHERE) return this.access("access");
    return { op: "read", start: virtAddr(start), size: this.extent.size };
  }

  private overlaps(): Request {
    this.places.drawRange("any");
    this.places.makeQueryable();
    return { op: "overlaps", ...this.maybeTrimmed() };
  }

  private canAccess(): Request {
    this.places.drawRange("any");
    // Half of them ask for what one page permits, mostly, which others may not, and half for anything.
    const { known } = this.swarm;
    const any = (1 + this.dice.below(RWX)) & known || known;
    const access = this.dice.chance(1, 2) ? this.accessOf(this.places.from) : any;
    return { op: "can-access", ...this.maybeTrimmed(), access };
  }

  /** The range drawn last; in one case of four only one byte of its first or its last page. */
  private maybeTrimmed(): { readonly start: VirtAddr; readonly size: number } {
    const { start, size } = this.places;
    const trim = this.space.page - 1;
    if (size <= trim || !this.dice.chance(1, 4)) return { start, size };
    return { start: this.dice.chance(1, 2) ? start : virtAddr(start + trim), size: size - trim };
  }

  private findFree(): Request {
    const { dice, places, space } = this;
    places.drawRange("any");
    places.makeQueryable();
    const limit = dice.chance(1, 2)
      ? { start: space.base, end: virtAddr(space.base + space.size) }
      : { start: places.start, end: virtAddr(places.start + places.size) };
    const hint = dice.chance(1, 2) ? limit.start : this.hint();
    // Alignments of 1, 2 and 4 small or large pages; one size in eight is no multiple of it.
    const unit = space.page * (places.window.unit > 1 && dice.chance(1, 2) ? LARGE_PAGE : 1);
    const align = unit * 2 ** Math.min(dice.below(3), dice.below(3));
    const size = dice.chance(1, 8) ? (1 + dice.below(8)) * space.page : align * (1 + dice.below(3));
    return { op: "find-free", hint, size, limit, align };
  }

  private hint(): VirtAddr {
    const { dice, places, space } = this;
    const offset = dice.chance(1, 8) ? drawOffset(dice, space.page) : 0;
    return virtAddr(places.drawPage() * space.page + offset);
  }

  /**
   * Draws an extent, and gives the address of its first byte: one that may be read or written, as no page
   * of it can be linear, mostly where `access` is permitted. `NOWHERE` if all that are tried may be linear.
   */
  private drawBytePlace(access: Flags, insidePage: boolean): number {
    const { dice, extent, space } = this;
    if (insidePage) extent.drawInside(dice);
    else extent.draw(dice);
    for (let tries = 0; tries < TRIES; tries++) {
      const page = insidePage ? this.places.drawTargetFor(access) : this.places.drawPresent();
      const addr = page * space.page + extent.offset;
      // What begins below the middle of the address space must not reach past it.
      if (addr < this.middle) extent.size = Math.min(extent.size, this.middle - addr);
      if (!this.history.mayBeLinear(addr, extent.size)) return addr;
    }
    return NOWHERE;
  }

  /** Some of r, w and x: mostly such as the area that `page` probably lies in permits. */
  private accessOf(page: number): Flags {
    const { dice, swarm, places } = this;
    const permitted = places.mapped.flagsAt(page) & swarm.known;
    const wanted = permitted === 0 || dice.chance(1, 8) ? swarm.known : permitted;
    return (1 + dice.below(RWX)) & wanted || wanted;
  }

  private addressIn(page: number): VirtAddr {
    return virtAddr(page * this.space.page + drawOffset(this.dice, this.space.page));
  }

  private maybeInject(command: { inject?: Injection }): void {
    const inject = this.swarm.injection(this.dice);
    if (inject !== undefined) command.inject = inject;
  }

  private maybeStarve(command: { inject?: Injection }): void {
    const inject = this.swarm.starvation(this.dice);
    if (inject !== undefined) command.inject = inject;
  }
}
