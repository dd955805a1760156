/** What a number of runs says about the next one. */

/** How often the bound of a risk may be too low: it holds with 95 % confidence. */
const DOUBT = 0.05;

/** The upper bound of a mean when nothing was counted: a little above -ln 0.05. */
const RULE_OF_THREE = 3;

/** What is known of the risk that the next run shows a behaviour that no run has shown before. */
export interface Risk {
  /** How many behaviours were seen. */
  readonly behaviours: number;
  /** How many of them were seen in one run only. */
  readonly once: number;
  /** How many new behaviours the next run is expected to show. A run can show several, so it may be above 1. */
  readonly estimate: number;
  /** An upper bound, at most 1, of the probability that the next run shows any. */
  readonly bound: number;
}

/**
 * The risk after `runs` runs in which so many behaviours were seen, `once` of them in one run only.
 *
 * The estimate is `once / runs`. Let p be the probability that a run shows some behaviour. The next run after n shows it
 * as a new one with probability p (1 - p)^n, and with probability n p (1 - p)^(n - 1) exactly one of n runs shows it. So,
 * summed over all behaviours, one nth of the expected `once` is the expected number of new ones in run n itself, and
 * the run after it is expected to show no more. No independence of behaviours is needed for that. A run that shows any
 * new behaviour shows one at least, so the probability that it does is no larger than the expected number.
 * Sources: I. J. Good, Biometrika 40 (1953); M. Böhme, "STADS: Software testing as species discovery", ACM TOSEM 27
 * (2018), for campaigns whose runs show several behaviours each.
 *
 * The bound is `mostExpected(once) / runs`. `once` is a sum of yes and no, one for each behaviour. Where these are
 * independent and m is the mean of the sum, it is k or less with no more than the probability that a Poisson variable
 * of mean m has, for m >= k + 1 (W. Hoeffding, Annals of Mathematical Statistics 27 (1956); T. W. Anderson and S. M.
 * Samuels, 5th Berkeley Symposium (1967)). So if m were above `mostExpected(k)`, so small a `once` would come up in less
 * than one campaign of twenty. Behaviours that always come together count several times in `once` and once for whether
 * the next run shows something new, so that they make the bound larger than it need be. What is bounded is the risk
 * that campaigns of this length leave on average over the seeds; that of one of them lies on either side of it.
 */
export function riskAfter(runs: number, behaviours: number, once: number): Risk {
  if (runs === 0) return { behaviours, once, estimate: 1, bound: 1 };
  return { behaviours, once, estimate: once / runs, bound: Math.min(mostExpected(once) / runs, 1) };
}

/**
 * The largest mean of a Poisson variable that is `count` or less with a probability of at least 5 %: the upper end of
 * its one-sided confidence interval. 3 for a count of 0.
 * Sources: F. Garwood, Biometrika 28 (1936); for 0, J. A. Hanley and A. Lippman-Hand, JAMA 249 (1983).
 */
export function mostExpected(count: number): number {
  if (count === 0) return RULE_OF_THREE;
  const logFactorial = logFactorialOf(count);
  let low = count;
  let high = count + 4 * Math.sqrt(count) + 4;
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (chanceOfAtMost(count, middle, logFactorial) > DOUBT) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability that a Poisson variable of this mean, which is above `count`, is `count` or less. */
function chanceOfAtMost(count: number, mean: number, logFactorial: number): number {
  let sum = 0;
  let term = Math.exp(count * Math.log(mean) - mean - logFactorial);
  // From the largest term down to those that no longer change the sum.
  for (let value = count; value >= 0 && sum + term > sum; value--) {
    sum += term;
    term *= value / mean;
  }
  return sum;
}

function logFactorialOf(count: number): number {
  let sum = 0;
  for (let factor = 2; factor <= count; factor++) sum += Math.log(factor);
  return sum;
}
