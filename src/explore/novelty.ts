import type { Counterexample } from "../shrink/same-finding.ts";
import { roughSignatureOf, signatureOf } from "../shrink/signature.ts";
import { isAwaitedInVain } from "./recurrence.ts";

/** How many findings of one rough kind may turn out to be old ones before fewer of them are looked at. */
const FRUITLESS = 8;
/** The same where each look takes the time limit of a run, again and again. */
const FRUITLESS_WAITS = 1;

/** What there was of one rough kind of findings. */
export interface RoughKind {
  /** How often it came up. */
  readonly met: number;
  /** How many of those that were shrunk were old ones in a row. */
  readonly fruitless: number;
}

/** What is known of the findings so far, as plain data. */
export interface KnownFindings {
  /** The signatures of those that are no news. */
  readonly signatures: readonly string[];
  /** With their rough signatures. */
  readonly kinds: readonly (readonly [rough: string, kind: RoughKind])[];
}

/**
 * Tells new findings from those that were there before. An implementation with a few mistakes shows them all the time:
 * most of these findings are not worth shrinking.
 */
export class Novelty {
  private readonly seen: Set<string>;
  private readonly kinds: Map<string, RoughKind>;

  constructor({ signatures, kinds }: KnownFindings = { signatures: [], kinds: [] }) {
    this.seen = new Set(signatures);
    this.kinds = new Map(kinds);
  }

  /** What is known by now. */
  get known(): KnownFindings {
    return { signatures: [...this.seen], kinds: [...this.kinds] };
  }

  /**
   * Whether a finding, not shrunk yet, should be. Where the last eight of its rough kind were old ones, or the last one
   * that had to be waited for in vain, every second one is, after one more every fourth, and so on. Without time to
   * shrink, only the first of each rough kind is worth a look: others may be the same.
   */
  isWorthShrinking(found: Counterexample, hasTime = true): boolean {
    const key = roughSignatureOf(found);
    const { met: before, fruitless } = this.kinds.get(key) ?? { met: 0, fruitless: 0 };
    const met = before + 1;
    this.kinds.set(key, { met, fruitless });
    if (!hasTime) return before === 0;
    const most = isAwaitedInVain(found.finding) ? FRUITLESS_WAITS : FRUITLESS;
    return fruitless < most || met % 2 ** Math.min(fruitless - most + 1, 30) === 0;
  }

  /**
   * Takes note of a finding that was shrunk. Says whether it is a new one. `raw` is what it was shrunk from. One that
   * didn't come back could not be shrunk, so there is one of each rough kind.
   */
  isNew(shrunk: Counterexample, raw: Counterexample, isStable = true): boolean {
    const key = roughSignatureOf(raw);
    const kind = this.kinds.get(key);
    const signature = isStable ? signatureOf(shrunk) : `unstable ${key}`;
    const isNew = !this.seen.has(signature);
    this.seen.add(signature);
    if (kind) this.kinds.set(key, { ...kind, fruitless: isNew ? 0 : kind.fruitless + 1 });
    return isNew;
  }
}
