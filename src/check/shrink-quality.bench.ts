/**
 * How good shrinking is: each planted defect is found and shrunk under many seeds, and what comes out is compared.
 *
 *     npm run -s bench:shrink -- [memory-set|address-space] [seeds] [part of a name]
 *
 * A line for each defect: how often the most frequent trace came out, how many different ones did, its length, under how
 * many seeds it was proved that none is shorter, how many traces were run (mean and most), and how long it took (median,
 * in milliseconds): by small changes alone, and with the search for a shorter one behind them. In the style of the
 * shrinking challenge for property-based testing libraries.
 */
import { SUBJECTS } from "../subjects/registry.ts";
import { type Quality, qualityOf } from "./shrink-quality.fixture.ts";

function line(name: string, greedy: Quality, exact: Quality): string {
  const columns = [
    `${exact.most}/${exact.seeds}`.padStart(8),
    `${exact.distinct}`.padStart(4),
    `${exact.length}`.padStart(4),
    `${exact.proved}`.padStart(7),
    `${Math.round(exact.executions.mean)}`.padStart(7),
    `${exact.executions.most}`.padStart(7),
    greedy.milliseconds.toFixed(1).padStart(9),
    exact.milliseconds.toFixed(1).padStart(9),
  ];
  return `${name.padEnd(42)}${columns.join("")}\n`;
}

const [surface = "memory-set", seeds = "100", part = ""] = process.argv.slice(2);
const planted = SUBJECTS.filter(
  (each) => each.surface === surface && each.killedBy !== undefined && each.name.includes(part),
);
process.stdout.write(`${"".padEnd(42)}    same diff len proved   runs   most ms alone ms exact\n`);
let good = 0;
for (const defect of planted) {
  const greedy = await qualityOf(defect, Number(seeds), false);
  const exact = await qualityOf(defect, Number(seeds), true);
  if (exact.most >= 0.95 * exact.seeds) good++;
  process.stdout.write(line(defect.name, greedy, exact));
}
process.stdout.write(`${good} of ${planted.length} come to one trace under at least 95 of 100 seeds\n`);
