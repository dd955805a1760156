import { randomInt } from "node:crypto";
import fc from "fast-check";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import seedrandom from "seedrandom";

/** How many runs share one seeding of seedrandom, which costs as much as a run does. */
const BLOCK = 256;

/**
 * The random sources of a campaign's runs. Run n of a seed depends on the seed's text and on n alone: it
 * is the same trace in whatever order, and on whatever machine, the runs are carried out.
 */
export class RunSeeds {
  private readonly seed: string;
  private readonly seeds = new Int32Array(BLOCK);
  private block = -1;

  constructor(seed: string) {
    this.seed = seed;
  }

  /** The source that run `run`, from 0 on, draws from. */
  random(run: number): fc.Random {
    const block = Math.floor(run / BLOCK);
    if (block !== this.block) this.fill(block);
    return new fc.Random(xoroshiro128plus(this.seeds[run % BLOCK] ?? 0));
  }

  private fill(block: number): void {
    const source = seedrandom(`${this.seed}/${block}`);
    for (let index = 0; index < BLOCK; index++) this.seeds[index] = source.int32();
    this.block = block;
  }
}

/** A seed that nobody chose: short enough to type. */
export function freshSeed(): string {
  return randomInt(2 ** 40).toString(36);
}
