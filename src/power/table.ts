/** What the power bench prints. */
import { count, counted } from "../report/statistics.ts";
import { type Comparison, type Figures, holds, type Row, SIGNIFICANT, WANTED_FACTOR } from "./comparison.ts";
import { OURS, type StrategyName } from "./strategies.ts";

const HEADINGS = ["defect", "strategy", "found", "commands", "90 %", "ms", "90 %", "times ours"];

/** The figures of every defect and strategy, and what they come to. `wanted` is how many trials there should be. */
export function tableOf(comparison: Comparison, wanted: number): string {
  const { space, rows, budget } = comparison;
  const trials = rows
    .flatMap(({ figures }) => [...figures.values()])
    .reduce((sum, each) => sum + each.trials, 0);
  const cells = [HEADINGS, ...rows.flatMap((row) => linesOf(row, comparison))];
  return [
    `${space} space: ${counted(rows.length, "defect")}, ${seedsOf(rows)}, budget ${count(budget)} commands`,
    ...(trials < wanted ? [`incomplete: ${count(trials)} of ${count(wanted)} trials`] : []),
    "",
    ...aligned(cells, 2),
    "",
    ...summary(comparison),
    ...conclusions(comparison).map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** How many trials each defect has with each strategy. */
function seedsOf(rows: readonly Row[]): string {
  const trials = rows.flatMap(({ figures }) => [...figures.values()].map((each) => each.trials));
  const [fewest, most] = [Math.min(...trials), Math.max(...trials)];
  return fewest === most ? counted(most, "seed") : `${fewest} to ${most} seeds`;
}

function linesOf({ defect, figures }: Row, { strategies }: Comparison): string[][] {
  const ours = figures.get(OURS);
  const known = strategies.flatMap((name) => {
    const mine = figures.get(name);
    return mine === undefined ? [] : [lineOf(name, mine, name === OURS ? undefined : ours)];
  });
  return known.map((line, at) => [at === 0 ? defect.replace("defect:", "") : "", ...line]);
}

function lineOf(name: StrategyName, figures: Figures, ours: Figures | undefined): string[] {
  const { found, trials, commands, milliseconds } = figures;
  return [
    name,
    `${found}/${trials}`,
    count(commands.median),
    count(commands.ninth),
    milliseconds.median.toFixed(1),
    milliseconds.ninth.toFixed(1),
    ours === undefined ? "" : (commands.median / ours.commands.median).toFixed(2),
  ];
}

/** Columns, of which the first `left` begin at their left edge and the others end at their right one. */
function aligned(cells: readonly (readonly string[])[], left: number): string[] {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) => {
    const padded = row.map((cell, column) =>
      column < left ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `  ${padded.join("  ")}`.trimEnd();
  });
}

/** What all defects together say of each strategy. */
function summary({ rows, means, compared }: Comparison): string[] {
  const ours = means.get(OURS);
  const lines = [...means].map(([name, mean]) => {
    const figures = rows.flatMap((row) => row.figures.get(name) ?? []);
    const always = figures.filter(({ found, trials }) => found === trials).length;
    const trials = figures.reduce((sum, each) => sum + each.trials, 0);
    const found = figures.reduce((sum, each) => sum + each.found, 0);
    return [
      name,
      `${always} of ${figures.length}`,
      `${count(found)} of ${count(trials)}`,
      count(Math.round(mean)),
      ours === undefined || name === OURS ? "" : (mean / ours).toFixed(2),
    ];
  });
  const headings = ["strategy", "always found", "trials that found", "commands", "times ours"];
  return [
    `commands: the geometric mean of the medians over ${counted(compared, "defect")}`,
    "",
    ...aligned([headings, ...lines], 1),
    "",
  ];
}

/** What is wanted of ours, and whether it is so. */
function conclusions(comparison: Comparison): string[] {
  const { space, best, missed, worse, isTelling } = comparison;
  const names = worse.map(({ defect, than, p }) => `${defect} (than ${than}, p ${p.toExponential(0)})`);
  const wanted = (what: string) => (space === "small" ? `; wanted: ${what}` : "");
  const conclusion = [
    best === undefined
      ? "there is no plain strategy to compare ours with"
      : `the best plain strategy, ${best.strategy}, takes ${best.factor.toFixed(2)} times as many as ours; wanted: ${WANTED_FACTOR[space]}`,
    `missed by ours in some trial: ${listed(missed)}${wanted("none")}`,
    `on which ours is significantly worse (Mann-Whitney, p < ${SIGNIFICANT} corrected): ${listed(names)}${wanted(`none than ${best?.strategy ?? "the best"}`)}`,
  ];
  for (const [name, end] of comparison.stopped) {
    conclusion.push(
      `${name} was stopped before the budget, after ${count(end)} commands or more: a miss counts as a finding there, in its favour`,
    );
  }
  if (!isTelling) conclusion.push("so few trials can't show a significant difference, however large it is");
  return [...conclusion, `all that is wanted: ${holds(comparison) ? "yes" : "no"}`];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => name.replace("defect:", "")).join(", ");
}
