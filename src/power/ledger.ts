import type { NamedSubject } from "../subjects/registry.ts";
import { canShow, type SpaceSize } from "./space-size.ts";
import { OURS, type StrategyName } from "./strategies.ts";
import type { Trial, TrialRecord } from "./trial.ts";

/** Which trials are wanted: of each defect, in spaces of each size that can show it, with each strategy and seed. */
export interface Selection {
  readonly defects: readonly NamedSubject[];
  readonly spaces: readonly SpaceSize[];
  readonly strategies: readonly StrategyName[];
  /** The seeds are 0 to this, without it. */
  readonly seeds: number;
  readonly budget: number;
}

/** The trials of a selection, one seed after the other, so that those that are done first are about all defects. */
export function trialsOf({ defects, spaces, strategies, seeds, budget }: Selection): Trial[] {
  return Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) =>
    spaces.flatMap((space) =>
      defects
        .filter(({ name }) => canShow(space, name))
        .flatMap(({ name }) =>
          strategies.map((strategy) => ({ defect: name, space, strategy, seed, budget })),
        ),
    ),
  );
}

/** What came of trials. */
export class Ledger {
  private readonly records = new Map<string, TrialRecord>();

  /** Takes a record in. Of two of the same trial it keeps the one that went further. */
  add(record: TrialRecord): void {
    const before = this.records.get(keyOf(record));
    if (before === undefined || record.budget > before.budget) this.records.set(keyOf(record), record);
  }

  /**
   * The record that tells what comes of the trial: one that found something, as that would be found under any budget, or
   * one with a budget that is as large at least.
   */
  find(trial: Trial): TrialRecord | undefined {
    const record = this.records.get(keyOf(trial));
    return record && (record.check !== null || record.budget >= trial.budget) ? record : undefined;
  }

  /**
   * The same, but that a trial of a plain strategy may have been stopped before: its miss then counts as a finding
   * where it was stopped, which is in favour of that strategy.
   */
  findStopped(trial: Trial): TrialRecord | undefined {
    return trial.strategy === OURS ? this.find(trial) : this.records.get(keyOf(trial));
  }

  /** The smallest budget of a trial of ours that missed: of larger ones it can't be said what comes of all of these. */
  get limit(): number {
    const missed = [...this.records.values()].filter(
      ({ check, strategy }) => check === null && strategy === OURS,
    );
    return missed.reduce((least, { budget }) => Math.min(least, budget), Number.POSITIVE_INFINITY);
  }

  /** The largest budget that was given and for which the outcome of every trial of ours is known; 1 if there are none. */
  get budget(): number {
    const most = [...this.records.values()].reduce((most, { budget }) => Math.max(most, budget), 1);
    return Math.min(most, this.limit);
  }

  /** How many seeds there are trials of, from 0 on. */
  get seeds(): number {
    return [...this.records.values()].reduce((most, { seed }) => Math.max(most, seed + 1), 0);
  }
}

function keyOf({ defect, space, strategy, seed }: Trial): string {
  return `${defect} ${space} ${strategy} ${seed}`;
}
