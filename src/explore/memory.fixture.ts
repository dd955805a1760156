/** How much memory a search holds while it runs: sampled after everything that can be collected was. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { InProcess } from "../execute/driver.ts";
import { mannWhitney, quantile } from "../power/statistics.ts";
import type { Subject } from "../subjects/subject.ts";
import { type Budget, type Campaign, newTally } from "./campaign.ts";
import { Search } from "./fuzz.ts";
import { Pace } from "./pace.ts";
import { standardSpaces } from "./spaces.ts";

/** A growth of less than this between the halves is that of tables that grow ever more seldom, in bytes. */
const SLACK = 256 * 1024;

/** What the samples of a search say. */
export interface MemoryTrend {
  /** Heap and array buffers in bytes, after collection, at regular intervals; the first third is left out. */
  readonly samples: readonly number[];
  /** The medians of the two halves. */
  readonly before: number;
  readonly after: number;
  /** How likely it is that the second half is as far above the first by chance. */
  readonly chance: number;
  /** Whether memory grows: beyond chance, and by more than what tables take that grow ever more seldom. */
  readonly grows: boolean;
}

/** A campaign on an implementation in this process, the same each time. */
export function campaignOf(subject: Subject): Campaign {
  const spaces = standardSpaces(subject.hello);
  return { driver: new InProcess(subject), spaces, seed: "flat", maxCommands: 50, injectAll: false };
}

/** Searches until `budget` is spent, and takes so many samples on the way. `onSample` is told of each. */
export async function memoryOf(
  campaign: Campaign,
  budget: Budget,
  count: number,
  onSample: (bytes: number) => void = () => {},
): Promise<MemoryTrend> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("there is no gc");
  const all: number[] = [];
  const pace = new Pace(() => {
    const runs = tally.runs + tally.underWay.runs;
    const done = Math.max(pace.seconds / budget.seconds, runs / budget.runs);
    if (done < (all.length + 1) / count) return;
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    all.push(heapUsed + arrayBuffers);
    onSample(heapUsed + arrayBuffers);
  });
  const tally = newTally(campaign.driver.hello.surface);
  const search = new Search(campaign, budget, pace, tally);
  for (let met = await search.next(); met !== undefined; met = await search.next()) await search.workOut(met);
  return trendOf(all.slice(Math.floor(all.length / 3)));
}

/** Compares the two halves. */
export function trendOf(samples: readonly number[]): MemoryTrend {
  const half = Math.floor(samples.length / 2);
  const [first, second] = [samples.slice(0, half), samples.slice(half)];
  const chance = mannWhitney(second, first);
  const [before, after] = [quantile(first, 0.5), quantile(second, 0.5)];
  return { samples, before, after, chance, grows: chance < 0.001 && after - before > SLACK };
}
