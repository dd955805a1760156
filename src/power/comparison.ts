import type { SpaceSize } from "./space-size.ts";
import { geometricMean, holm, mannWhitney, quantile } from "./statistics.ts";
import { OURS, STRATEGY_NAMES, type StrategyName } from "./strategies.ts";
import type { TrialRecord } from "./trial.ts";

/** How many times as many commands the best plain strategy has to take, in the geometric mean over the defects. */
export const WANTED_FACTOR: { readonly [S in SpaceSize]: number } = { small: 1.5, large: 5 };

/** A difference is significant when it would come up by chance less often, corrected for the number of defects. */
export const SIGNIFICANT = 0.001;

/** What half of the trials, and nine in ten, don't exceed. */
export interface Spread {
  readonly median: number;
  readonly ninth: number;
}

/** What came of the trials of one strategy on one defect. A miss counts as a finding where the trial was stopped. */
export interface Figures {
  readonly trials: number;
  readonly found: number;
  readonly commands: Spread;
  readonly milliseconds: Spread;
  /** Commands, trial by trial. */
  readonly samples: readonly number[];
}

/** The figures of a defect, of those strategies that there are trials of. */
export interface Row {
  readonly defect: string;
  readonly figures: ReadonlyMap<StrategyName, Figures>;
}

/** A defect that takes ours significantly more commands than a plain strategy. */
export interface Worse {
  readonly defect: string;
  readonly than: StrategyName;
  /** Corrected. */
  readonly p: number;
}

/** The strategies beside each other, in spaces of one size. */
export interface Comparison {
  readonly space: SpaceSize;
  readonly budget: number;
  readonly strategies: readonly StrategyName[];
  readonly rows: readonly Row[];
  /** The geometric mean of the medians of commands, over those defects that every strategy has trials of. */
  readonly means: ReadonlyMap<StrategyName, number>;
  /** How many these are. */
  readonly compared: number;
  /** Where the first of a strategy's trials was stopped that had found nothing, if that was before the budget. */
  readonly stopped: ReadonlyMap<StrategyName, number>;
  /** The plain strategy with the lowest mean, and how many times ours that is; `undefined` where one is missing. */
  readonly best: { readonly strategy: StrategyName; readonly factor: number } | undefined;
  /** The defects that ours missed in some trial. */
  readonly missed: readonly string[];
  readonly worse: readonly Worse[];
  /** Whether there are trials enough for any difference to be significant. */
  readonly isTelling: boolean;
}

/**
 * Compares what came of trials in spaces of one size. Those of ours are known for this budget; those of the plain
 * strategies may have been stopped before.
 */
export function compare(space: SpaceSize, budget: number, records: readonly TrialRecord[]): Comparison {
  const mine = records.filter((record) => record.space === space);
  const strategies = STRATEGY_NAMES.filter((name) => mine.some(({ strategy }) => strategy === name));
  const rows = rowsOf(mine, budget);
  const complete = rows.filter(({ figures }) => figures.size === strategies.length);
  const means = new Map(strategies.map((name) => [name, meanOf(name, complete)]));
  const plain = strategies.filter((name) => name !== OURS);
  const ours = rows.filter(({ figures }) => isMissed(figures.get(OURS)));
  return {
    space,
    budget,
    strategies,
    rows,
    means,
    compared: complete.length,
    stopped: stoppedBefore(budget, mine),
    best: complete.length === 0 ? undefined : bestOf(means, plain),
    missed: ours.map(({ defect }) => defect),
    worse: plain.flatMap((than) => worseThan(than, rows)),
    isTelling: isTelling(complete),
  };
}

/**
 * Whether ours keeps what is wanted of it, in comparison with the best plain strategy; that it misses nothing, and is
 * worse on no defect, is wanted in the small space only.
 */
export function holds({ space, best, missed, worse, isTelling }: Comparison): boolean {
  if (best === undefined || !isTelling) return false;
  const isGood = missed.length === 0 && worse.every(({ than }) => than !== best.strategy);
  return best.factor >= WANTED_FACTOR[space] && (isGood || space === "large");
}

function rowsOf(records: readonly TrialRecord[], budget: number): Row[] {
  const grouped = new Map<string, Map<StrategyName, TrialRecord[]>>();
  for (const record of records) {
    const strategies = grouped.get(record.defect) ?? new Map<StrategyName, TrialRecord[]>();
    grouped.set(record.defect, strategies);
    strategies.set(record.strategy, [...(strategies.get(record.strategy) ?? []), record]);
  }
  return [...grouped].map(([defect, strategies]) => ({
    defect,
    figures: new Map([...strategies].map(([name, trials]) => [name, figuresOf(trials, budget)])),
  }));
}

function figuresOf(records: readonly TrialRecord[], budget: number): Figures {
  const samples = records.map(({ commands, check, budget: end }) =>
    Math.min(commands, check === null ? Math.min(end, budget) : budget),
  );
  // Of a trial that went on beyond the budget, the part of the time that belongs to it.
  const times = records.map(
    ({ commands, milliseconds }, at) => (milliseconds * (samples[at] ?? 0)) / commands,
  );
  return {
    trials: records.length,
    found: records.filter(({ check, commands }) => check !== null && commands <= budget).length,
    commands: spreadOf(samples),
    milliseconds: spreadOf(times),
    samples,
  };
}

function stoppedBefore(budget: number, records: readonly TrialRecord[]): Map<StrategyName, number> {
  const stopped = new Map<StrategyName, number>();
  for (const { check, strategy, budget: end } of records) {
    if (check !== null || end >= budget) continue;
    stopped.set(strategy, Math.min(end, stopped.get(strategy) ?? end));
  }
  return stopped;
}

function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), ninth: quantile(values, 0.9) };
}

function meanOf(name: StrategyName, rows: readonly Row[]): number {
  return geometricMean(rows.map(({ figures }) => figures.get(name)?.commands.median ?? 1));
}

function bestOf(
  means: ReadonlyMap<StrategyName, number>,
  plain: readonly StrategyName[],
): Comparison["best"] {
  const ours = means.get(OURS);
  const [best] = plain.toSorted((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
  if (ours === undefined || best === undefined) return undefined;
  return { strategy: best, factor: (means.get(best) ?? 0) / ours };
}

function isMissed(figures: Figures | undefined): boolean {
  return figures !== undefined && figures.found < figures.trials;
}

/** One plain strategy at a time: corrected for all comparisons at once, it would be easier for ours to pass. */
function worseThan(than: StrategyName, rows: readonly Row[]): Worse[] {
  const tests = rows.flatMap(({ defect, figures }) => {
    const [ours, theirs] = [figures.get(OURS), figures.get(than)];
    return ours && theirs ? [{ defect, p: mannWhitney(ours.samples, theirs.samples) }] : [];
  });
  const corrected = holm(tests.map(({ p }) => p));
  return tests
    .map(({ defect }, at) => ({ defect, than, p: corrected[at] ?? 1 }))
    .filter(({ p }) => p < SIGNIFICANT);
}

/** Whether every trial of one strategy being worse than every one of another would be significant. */
function isTelling(rows: readonly Row[]): boolean {
  const trials = rows.flatMap(({ figures }) => [...figures.values()].map((each) => each.trials));
  const fewest = Math.min(...trials);
  if (!Number.isFinite(fewest)) return false;
  const low = Array.from({ length: fewest }, (_, at) => at);
  const high = low.map((at) => at + fewest);
  return mannWhitney(high, low) * rows.length < SIGNIFICANT;
}
