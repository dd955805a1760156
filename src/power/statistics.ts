/**
 * The smallest of the values that at least this share of them, above 0 and at most 1, don't exceed; 0 if there are none.
 * It is always one of them.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

/** Of numbers above 0; 1 if there are none. */
export function geometricMean(values: readonly number[]): number {
  const logs = values.reduce((sum, value) => sum + Math.log(value), 0);
  return Math.exp(logs / Math.max(values.length, 1));
}

/**
 * How likely it is that values as high as these, compared with the others, come up by chance: the one-sided p of the
 * Mann-Whitney U test, by its normal approximation with the corrections for ties and for continuity. It needs no
 * distribution, so that misses may count as the budget: they are ties. 1 if either side has none.
 * Source: H. B. Mann and D. R. Whitney, Annals of Mathematical Statistics 18 (1947).
 */
export function mannWhitney(values: readonly number[], others: readonly number[]): number {
  const [n, m] = [values.length, others.length];
  const { u, ties } = rank(values, others);
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (!(variance > 0)) return 1;
  return upperTail((u - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}

/** How many pairs of a value and another one the value wins, half of the equal ones counted; and the sum of t³ - t. */
function rank(values: readonly number[], others: readonly number[]) {
  const counts = new Map<number, { mine: number; theirs: number }>();
  const at = (value: number) => {
    const found = counts.get(value) ?? { mine: 0, theirs: 0 };
    counts.set(value, found);
    return found;
  };
  for (const value of values) at(value).mine++;
  for (const other of others) at(other).theirs++;
  let [u, ties, below] = [0, 0, 0];
  for (const [, { mine, theirs }] of [...counts].sort(([a], [b]) => a - b)) {
    u += mine * (below + theirs / 2);
    below += theirs;
    ties += (mine + theirs) ** 3 - (mine + theirs);
  }
  return { u, ties };
}

/**
 * The chance of a standard normal variable to be above `z`, with seven digits right.
 * Source: W. H. Press et al., Numerical Recipes in C, 2nd edition, section 6.2, `erfcc`.
 */
function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const polynomial = ERFC.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  const tail = (t * Math.exp(-x * x + polynomial)) / 2;
  return z >= 0 ? tail : 1 - tail;
}

const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
];

/**
 * The p of several tests, each corrected for their number, in the same order: the chance that any of those that are
 * below a limit is there by chance stays below it.
 * Source: S. Holm, Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const corrected = new Array<number>(ps.length).fill(1);
  let least = 0;
  for (const [rank, { p, index }] of order.entries()) {
    least = Math.max(least, Math.min(p * (ps.length - rank), 1));
    corrected[index] = least;
  }
  return corrected;
}
