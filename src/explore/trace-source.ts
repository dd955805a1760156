import type { Driver } from "../execute/driver.ts";
import type { Request } from "../trace/request.ts";
import type { Campaign, Suite } from "./campaign.ts";
import { Ground } from "./ground.ts";
import { RunSeeds } from "./seeds.ts";

/** A trace and where it is run. */
export interface PlacedTrace {
  readonly ground: Ground;
  readonly requests: readonly Request[];
}

/** Traces by their numbers: the same number always gives the same trace. */
export interface TraceSource {
  /** Where traces may take place. */
  readonly grounds: readonly Ground[];
  /** Whether its traces come by chance. */
  readonly isRandom: boolean;
  at(number: number): PlacedTrace | undefined;
}

/** What determines the random traces of a campaign. */
export type RandomTraces = Pick<Campaign, "spaces" | "seed" | "maxCommands">;

/** The random traces of a campaign. */
export class RandomSource implements TraceSource {
  readonly isRandom = true;
  readonly grounds: readonly Ground[];
  private readonly seeds: RunSeeds;

  constructor(driver: Driver, { spaces, seed, maxCommands }: RandomTraces) {
    this.seeds = new RunSeeds(seed);
    this.grounds = spaces.map((space) => new Ground(driver, space, maxCommands));
  }

  at(run: number): PlacedTrace | undefined {
    const ground = this.grounds[run % this.grounds.length];
    return ground && { ground, requests: ground.traces.generate(this.seeds.random(run), undefined).value };
  }
}

/** The traces of a suite. */
export class SuiteSource implements TraceSource {
  readonly isRandom = false;
  readonly grounds: readonly Ground[];
  /** How many traces there are. */
  readonly length: number;
  private readonly ground: Ground;
  private readonly traces: Suite["traces"];

  constructor(driver: Driver, { space, traces }: Suite, maxCommands: number) {
    this.ground = new Ground(driver, space, maxCommands);
    this.grounds = [this.ground];
    this.traces = traces;
    this.length = traces.length;
  }

  at(number: number): PlacedTrace | undefined {
    const requests = this.traces[number];
    return requests && { ground: this.ground, requests };
  }
}
