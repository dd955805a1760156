/**
 * What one run is made of. Each run uses a random subset of the verbs and of the flags, so that runs
 * differ more from each other than uniform ones would: a run without `clear` grows larger states, one with
 * two sets of flags meets equal neighbours more often.
 * Source: Groce et al., "Swarm Testing", ISSTA 2012.
 */
import type { Flags } from "../trace/flags.ts";
import { RWX } from "../trace/flags.ts";
import type { Hello } from "../trace/space.ts";
import type { Dice } from "./dice.ts";

/** What can be drawn: the verbs, with `map … replace` apart, as swarm selection takes it as one more. */
export const CHOICES = [
  "map",
  "replace",
  "unmap",
  "protect",
  "clear",
  "find",
  "overlaps",
  "find-free",
  "list",
] as const;

/** One of the things that can be drawn. */
export type Choice = (typeof CHOICES)[number];

/** How often each choice is drawn, relative to the others. */
export type Weights = Readonly<Record<Choice, number>>;

/** The weights used where a user gives none. `list` is any of the queries without arguments. */
export const DEFAULT_WEIGHTS: Weights = {
  map: 24,
  replace: 14,
  unmap: 22,
  protect: 24,
  clear: 2,
  find: 2,
  overlaps: 2,
  "find-free": 8,
  list: 1,
};

/** The selection of one run. */
export class Swarm {
  /** The sets of flags that areas get. */
  readonly palette: Flags[] = [];
  /** Whether commands may carry failures. */
  injecting = false;
  /** Whether addresses beside the middle and the top of the address space come up. */
  far = false;
  /** Whether areas may be much larger than the space. */
  large = false;
  private readonly hello: Hello;
  private readonly weights: Weights;
  // A slot for each unit of weight, of which the first `slots` are in use; each holds an index of CHOICES.
  private readonly wheel: Uint8Array;
  private slots = 0;

  constructor(hello: Hello, weights: Weights) {
    this.hello = hello;
    this.weights = weights;
    this.wheel = new Uint8Array(CHOICES.reduce((sum, choice) => sum + weights[choice], 0));
  }

  /** Selects anew. */
  draw(dice: Dice): void {
    this.injecting = this.hello.inject.includes("backend") && dice.chance(1, 2);
    this.far = dice.chance(1, 64);
    this.large = dice.chance(1, 256);
    this.drawPalette(dice);
    this.drawChoices(dice);
  }

  /** What the next request is to be. */
  choose(dice: Dice): Choice {
    return CHOICES[this.wheel[dice.below(this.slots)] ?? 0] ?? "map";
  }

  /** A set of flags of this run. */
  flags(dice: Dice): Flags {
    return this.palette[dice.below(this.palette.length)] ?? 0;
  }

  private drawChoices(dice: Dice): void {
    this.fillWheel((choice) => choice === "map" || dice.chance(3, 4));
    // Maps may be of no weight, and then nothing may be left: all that has some is drawn from.
    if (this.slots === 0) this.fillWheel(() => true);
  }

  private fillWheel(isSelected: (choice: Choice) => boolean): void {
    this.slots = 0;
    for (let code = 0; code < CHOICES.length; code++) {
      const choice = CHOICES[code] ?? "map";
      if (!isSelected(choice)) continue;
      const end = this.slots + this.weights[choice];
      this.wheel.fill(code, this.slots, end);
      this.slots = end;
    }
  }

  private drawPalette(dice: Dice): void {
    const known = dice.chance(1, 2) ? this.hello.flags & RWX : this.hello.flags;
    const count = 2 + dice.below(3);
    this.palette.length = 0;
    for (let index = 0; index < count; index++) this.palette.push(dice.below(64) & known);
  }
}
