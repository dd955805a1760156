import { Tinypool } from "tinypool";
import { workerModule } from "../cli/worker-module.ts";
import { progressOn } from "../report/progress.ts";
import { count } from "../report/statistics.ts";
import { type Result, success } from "../trace/result.ts";
import type { Trial, TrialRecord } from "./trial.ts";

/** Is given each trial as soon as it has ended. A failure ends all, with its error. */
export type Take = (record: TrialRecord) => Promise<Result<void, string>>;

/** Runs trials in their order, as many at a time as there are threads, and says on standard error how far it is. */
export async function runTrials(
  trials: readonly Trial[],
  workers: number,
  take: Take,
): Promise<Result<void, string>> {
  const threads = Math.min(workers, trials.length);
  if (threads === 0) return success(undefined);
  const url = new URL("trial-worker.ts", import.meta.url).href;
  const pool = new Tinypool({ filename: workerModule(url), minThreads: threads, maxThreads: threads });
  const progress = progressOn(process.stderr);
  const started = performance.now();
  const queue = trials.values();
  let done = 0;
  let taken: Result<void, string> = success(undefined);
  const lane = async () => {
    // All lanes take from the one queue.
    for (const trial of queue) {
      const record: TrialRecord = await pool.run(trial);
      const result = await take(record);
      if (!result.ok) taken = result;
      if (!taken.ok) return;
      done++;
      const seconds = (performance.now() - started) / 1000;
      const line = () => `${count(done)} of ${count(trials.length)} trials, ${seconds.toFixed(0)} s`;
      progress.update(seconds, line);
    }
  };
  await Promise.all(Array.from({ length: threads }, lane));
  progress.done();
  await pool.destroy();
  return taken;
}
