import { areTellable } from "../trace/address-space-preconditions.ts";
import { ALL_FLAGS, type Flags, NO_FLAGS, READ, RWX, WRITE } from "../trace/flags.ts";
import type { Backend, Injection } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import type { Dice } from "./dice.ts";
import { CHOICES, type Choice, offeredWeights, type Weights, Wheel } from "./swarm.ts";

/** The sets of flags that areas of this surface can have. */
const COMBINATIONS: readonly Flags[] = Array.from({ length: ALL_FLAGS + 1 }, (_, flags) => flags).filter(
  areTellable,
);

/** What fills areas on this surface. */
export type BackendKind = Exclude<Backend["kind"], "mock">;

/** In the order in which one is taken where none was drawn. */
const BACKENDS: readonly BackendKind[] = ["alloc:lazy", "alloc:eager", "linear"];

/** What nobody asks for where no access is ever permitted. */
const NO_ACCESSES = { fault: 0, access: 0, load: 0, store: 0, read: 0, write: 0, "can-access": 0 } as const;

/** What one run on the address-space surface is made of. */
export class AddressSpaceSwarm {
  /** The verbs. */
  readonly wheel: Wheel<Choice>;
  /** Whether some areas are linear. */
  hasLinear = false;
  /** Whether commands may carry failures. */
  injecting = false;
  /** Whether some ranges reach out of the space. */
  outside = false;
  /** Whether some ranges begin or end inside a page. */
  misaligned = false;
  /** Whether addresses beside the middle and the top of the address space come up. */
  far = false;
  /** The r, w and x that the implementation knows. */
  readonly known: Flags;
  private readonly palette: Flags[] = [];
  private readonly backends: BackendKind[] = [];
  private readonly combinations: readonly Flags[];
  private readonly protections: readonly Flags[];
  private readonly offered: readonly Backend["kind"][];
  private readonly failures: readonly Injection["kind"][];
  private readonly hasFrameLimit: boolean;

  constructor({ hello, space }: Terms, weights: Weights) {
    this.known = hello.flags & RWX;
    this.combinations = COMBINATIONS.filter((flags) => (flags & ~hello.flags) === 0);
    this.protections = this.combinations.filter((flags) => (flags & ~RWX) === 0);
    this.failures = hello.inject;
    this.offered = hello.backends;
    this.hasFrameLimit = space.frames > 0;
    const offered = offeredWeights(weights, hello);
    this.wheel = new Wheel(CHOICES, this.known === 0 ? { ...offered, ...NO_ACCESSES } : offered);
  }

  /** Selects anew. */
  draw(dice: Dice): void {
    this.injecting = this.failures.length > 0 && dice.chance(1, 2);
    this.outside = dice.chance(1, 4);
    this.misaligned = dice.chance(1, 2);
    this.far = dice.chance(1, 16);
    this.drawPalette(dice);
    this.drawBackends(dice);
    this.wheel.draw(dice);
  }

  /** A set of flags of this run. */
  flags(dice: Dice): Flags {
    return this.palette[dice.below(this.palette.length)] ?? NO_FLAGS;
  }

  /** A backend of this run. */
  backend(dice: Dice): BackendKind {
    return this.backends[dice.below(this.backends.length)] ?? "alloc:lazy";
  }

  /** A failure for one command in four, in the runs that have some: most of them early in the command. */
  injection(dice: Dice): Injection | undefined {
    if (!this.injecting || !dice.chance(1, 4)) return undefined;
    const kind = this.failures[dice.below(this.failures.length)] ?? "backend";
    return { kind, after: dice.chance(1, 8) ? dice.below(13) : dice.below(4) };
  }

  /** A failure for one command in twelve that needs a frame or a few, but never calls a mapping backend. */
  starvation(dice: Dice): Injection | undefined {
    if (!this.injecting || !this.failures.includes("frame") || !dice.chance(1, 12)) return undefined;
    return { kind: "frame", after: dice.below(4) };
  }

  private drawPalette(dice: Dice): void {
    const source = dice.chance(1, 3) ? this.protections : this.combinations;
    const count = 2 + dice.below(3);
    this.palette.length = 0;
    for (let index = 0; index < count; index++) {
      this.palette.push(source[dice.below(source.length)] ?? NO_FLAGS);
    }
    // Guard pages, which some runs protect areas to.
    if (dice.chance(1, 2)) this.palette.push(NO_FLAGS);
    // Most runs store something.
    const writable = this.flags(dice) | (this.known & (READ | WRITE));
    if (dice.chance(3, 4) && this.combinations.includes(writable)) this.palette.push(writable);
  }

  private drawBackends(dice: Dice): void {
    this.backends.length = 0;
    if (dice.chance(7, 8)) this.addBackend("alloc:lazy");
    if (dice.chance(3, 4)) this.addBackend("alloc:eager");
    // Where frames may run out, what was linear once can never be read or written again.
    if (dice.chance(this.hasFrameLimit ? 3 : 5, 6)) this.addBackend("linear");
    for (const kind of BACKENDS) if (this.backends.length === 0) this.addBackend(kind);
    this.hasLinear = this.backends.includes("linear");
  }

  private addBackend(kind: BackendKind): void {
    if (this.offered.includes(kind)) this.backends.push(kind);
  }
}
