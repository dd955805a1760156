import type { UnderWay } from "./campaign.ts";
import type { Limit, Unit, UnitOutcome, UnitRunner } from "./unit.ts";

/** Whoever carries out the units of a campaign, one or several at a time. */
export interface Hands {
  /** How many units are best under way, so that nobody has to wait for one. */
  readonly ahead: number;
  /** Carries out a unit. `underWay` is kept up to date meanwhile. */
  run(unit: Unit, limit: Limit, underWay: UnderWay): Promise<UnitOutcome>;
  /** Lets go of all that it holds. */
  dismiss(): Promise<void>;
}

/** Carries out units in this thread, with the implementation that is there. */
export class OneHand implements Hands {
  readonly ahead = 1;
  private readonly runner: UnitRunner;

  constructor(runner: UnitRunner) {
    this.runner = runner;
  }

  run(unit: Unit, limit: Limit, underWay: UnderWay): Promise<UnitOutcome> {
    return this.runner.run(unit, limit, underWay);
  }

  async dismiss(): Promise<void> {}
}
