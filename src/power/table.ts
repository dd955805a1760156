/** What the power bench prints. */
import { count, counted } from "../report/statistics.ts";
import {
  type Comparison,
  type Figures,
  holds,
  OURS,
  type Row,
  SIGNIFICANT,
  WANTED_FACTOR,
} from "./comparison.ts";
import type { StrategyName } from "./strategies.ts";

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
    ...aligned(cells),
    "",
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

function aligned(cells: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => {
    const padded = row.map((cell, column) =>
      column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `  ${padded.join("  ")}`.trimEnd();
  });
}

/** What is wanted of ours, and whether it is so. */
function conclusions(comparison: Comparison): string[] {
  const { space, means, compared, best, missed, worse, isTelling } = comparison;
  const each = [...means].map(([name, mean]) => `${name} ${count(Math.round(mean))}`);
  const names = worse.map(({ defect, than, p }) => `${defect} (than ${than}, p ${p.toExponential(0)})`);
  const conclusion = [
    `commands, geometric mean of the medians over ${counted(compared, "defect")}: ${each.join(", ")}`,
    best === undefined
      ? "there is no plain strategy to compare ours with"
      : `the best plain strategy, ${best.strategy}, takes ${best.factor.toFixed(2)} times as many as ours; wanted: ${WANTED_FACTOR[space]}`,
    `missed by ours in some trial: ${listed(missed)}${space === "small" ? "; wanted: none" : ""}`,
    `on which ours is significantly worse (Mann-Whitney, p < ${SIGNIFICANT} corrected): ${listed(names)}; wanted: none`,
  ];
  if (!isTelling) conclusion.push("so few trials can't show a significant difference, however large it is");
  return [...conclusion, `all that is wanted: ${holds(comparison) ? "yes" : "no"}`];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => name.replace("defect:", "")).join(", ");
}
