import { type Flags, RWX } from "../trace/flags.ts";
import type { Hello } from "../trace/space.ts";
import type { Dice } from "./dice.ts";
import { MEMORY_SET_CHOICES, offeredWeights, type Weights, Wheel } from "./swarm.ts";

/** What one run on the memory-set surface is made of. */
export class MemorySetSwarm {
  /** The verbs. */
  readonly wheel: Wheel<(typeof MEMORY_SET_CHOICES)[number]>;
  /** The sets of flags that areas get. */
  readonly palette: Flags[] = [];
  /** Whether commands may carry failures. */
  injecting = false;
  /** Whether addresses beside the middle and the top of the address space come up. */
  far = false;
  /** Whether areas may be much larger than the space. */
  large = false;
  private readonly hello: Hello;

  constructor(hello: Hello, weights: Weights) {
    this.hello = hello;
    this.wheel = new Wheel(MEMORY_SET_CHOICES, offeredWeights(weights, hello));
  }

  /** Selects anew. */
  draw(dice: Dice): void {
    this.injecting = this.hello.inject.includes("backend") && dice.chance(1, 2);
    this.far = dice.chance(1, 6);
    this.large = dice.chance(1, 256);
    this.drawPalette(dice);
    this.wheel.draw(dice);
  }

  /** A set of flags of this run. */
  flags(dice: Dice): Flags {
    return this.palette[dice.below(this.palette.length)] ?? 0;
  }

  private drawPalette(dice: Dice): void {
    const known = dice.chance(1, 4) ? this.hello.flags & RWX : this.hello.flags;
    const count = dice.chance(1, 4) ? 2 + dice.below(3) : 16;
    this.palette.length = 0;
    for (let index = 0; index < count; index++) this.palette.push(dice.below(64) & known);
  }
}
