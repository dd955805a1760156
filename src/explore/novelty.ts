import type { Counterexample } from "../shrink/same-finding.ts";
import { roughSignatureOf, signatureOf } from "../shrink/signature.ts";
import { isAwaitedInVain } from "./recurrence.ts";

/** How many findings of one rough kind may turn out to be old ones before fewer of them are looked at. */
const FRUITLESS = 8;
/** The same where each look takes the time limit of a run, again and again. */
const FRUITLESS_WAITS = 1;

/**
 * Tells new findings from those that were there before. An implementation with a few mistakes shows them all the time:
 * most of these findings are not worth shrinking.
 */
export class Novelty {
  private readonly seen: Set<string>;
  // Of each rough kind: how often it came up, and how many of those that were shrunk were old ones in a row.
  private readonly kinds = new Map<string, { met: number; fruitless: number }>();

  /** `known` are the signatures of findings that are no news. */
  constructor(known: Iterable<string> = []) {
    this.seen = new Set(known);
  }

  /**
   * Whether a finding, not shrunk yet, should be. Where the last eight of its rough kind were old ones, or the last one
   * that had to be waited for in vain, every second one is, after one more every fourth, and so on.
   */
  isWorthShrinking(found: Counterexample): boolean {
    const key = roughSignatureOf(found);
    const kind = this.kinds.get(key) ?? { met: 0, fruitless: 0 };
    this.kinds.set(key, kind);
    kind.met++;
    const most = isAwaitedInVain(found.finding) ? FRUITLESS_WAITS : FRUITLESS;
    return kind.fruitless < most || kind.met % 2 ** Math.min(kind.fruitless - most + 1, 30) === 0;
  }

  /**
   * Takes note of a finding that was shrunk. Says whether it is a new one. `raw` is what it was shrunk from. One that
   * didn't come back could not be shrunk, so there is one of each rough kind.
   */
  isNew(shrunk: Counterexample, raw: Counterexample, isStable = true): boolean {
    const kind = this.kinds.get(roughSignatureOf(raw));
    const signature = isStable ? signatureOf(shrunk) : `unstable ${roughSignatureOf(raw)}`;
    const isNew = !this.seen.has(signature);
    this.seen.add(signature);
    if (kind) kind.fruitless = isNew ? 0 : kind.fruitless + 1;
    return isNew;
  }
}
