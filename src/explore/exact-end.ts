import type { Certificate } from "../corpus/schema.ts";
import type { Interruption } from "../shrink/reduce.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import type { Ground } from "./ground.ts";

/** What a search came to. Unless `first` is shorter, no shorter trace shows the same within what was looked through. */
export interface Proof {
  /** The first of the shortest traces that show the same, which may be as long; `undefined` where there was no time for these. */
  readonly first: Counterexample | undefined;
  readonly certificate: Certificate;
}

/** The end of shrinking: looks for a trace that is simpler than any that small changes lead to. */
export interface ExactEnd {
  /** Searches for one that is shorter than `found`, or as long; `undefined` where that can't be done, or not in time. */
  search(found: Counterexample, ground: Ground, pace: Interruption): Promise<Proof | undefined>;
}
