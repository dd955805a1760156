/** What campaigns have counted, to be compared. */
import type { Tally } from "./campaign.ts";

/** All that a tally holds, in an order that doesn't depend on how it came about. */
export function countsOf({ statistics, underWay, done, ...others }: Tally) {
  const { runs, requests } = underWay;
  return { ...others, ...statistics.counts(), done: done.list, underWay: { runs, requests } };
}
