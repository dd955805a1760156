/**
 * What one run is made of. Some runs use a random subset of the verbs or of the flags, so that runs
 * differ more from each other than uniform ones would: a run without `clear` grows larger states, one with
 * two sets of flags meets equal neighbours more often.
 * Source: Groce et al., "Swarm Testing", ISSTA 2012.
 */
import type { Query } from "../trace/request.ts";
import type { Offer } from "../trace/space.ts";
import type { Dice } from "./dice.ts";

/**
 * What can be drawn on the memory-set surface: the verbs, with `map … replace` apart, as swarm selection
 * takes it as one more.
 */
export const MEMORY_SET_CHOICES = [
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

/** What can be drawn on the address-space surface, which is all there is. */
export const CHOICES = [
  ...MEMORY_SET_CHOICES,
  "fault",
  "access",
  "load",
  "store",
  "write",
  "read",
  "translate",
  "can-access",
] as const;

/** One of the things that can be drawn. */
export type Choice = (typeof CHOICES)[number];

/** How often each choice is drawn, relative to the others of the surface: whole numbers from 0 on. */
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
  fault: 16,
  access: 24,
  load: 14,
  store: 20,
  write: 10,
  read: 5,
  translate: 3,
  "can-access": 4,
};

/** The weights without what the implementation doesn't offer. */
export function offeredWeights(weights: Weights, { commands, queries }: Offer): Weights {
  const offers = (choice: Choice): boolean => {
    switch (choice) {
      case "list":
        return true;
      case "find":
      case "overlaps":
      case "find-free":
      case "read":
      case "translate":
      case "can-access":
        return queries.includes(choice);
      default:
        return commands.includes(choice);
    }
  };
  const kept = CHOICES.map((choice) => [choice, offers(choice) ? weights[choice] : 0]);
  return { ...weights, ...Object.fromEntries(kept) };
}

/** Those of `queries` without arguments that the implementation offers. */
export function offeredLists<Q extends Query["op"]>(lists: readonly Q[], { queries }: Offer): readonly Q[] {
  return lists.filter((query) => queries.includes(query));
}

/** Chooses among those of `choices` that the run uses, each as often as it weighs. */
export class Wheel<C extends Choice> {
  private readonly choices: readonly [C, ...C[]];
  private readonly weights: Weights;
  // A slot for each unit of weight, of which the first `slots` are in use; each holds an index of `choices`.
  private readonly wheel: Uint8Array;
  private slots = 0;

  constructor(choices: readonly [C, ...C[]], weights: Weights) {
    this.choices = choices;
    this.weights = weights;
    this.wheel = new Uint8Array(choices.reduce((sum, choice) => sum + weights[choice], 0));
  }

  /**
   * Selects anew what the run uses: everything, or, in one run of eight, `map` and three in four of the others. More
   * such runs would cost more than they find, by the power bench.
   */
  draw(dice: Dice): void {
    const hasAll = dice.chance(7, 8);
    this.fill((choice) => choice === "map" || hasAll || dice.chance(3, 4));
    // Maps may be of no weight, and then nothing may be left: all that has some is drawn from.
    if (this.slots === 0) this.fill(() => true);
  }

  /** What the next request is to be. */
  choose(dice: Dice): C {
    return this.choices[this.wheel[dice.below(this.slots)] ?? 0] ?? this.choices[0];
  }

  private fill(isSelected: (choice: C) => boolean): void {
    this.slots = 0;
    for (let code = 0; code < this.choices.length; code++) {
      const choice = this.choices[code] ?? this.choices[0];
      if (!isSelected(choice)) continue;
      const end = this.slots + this.weights[choice];
      this.wheel.fill(code, this.slots, end);
      this.slots = end;
    }
  }
}
