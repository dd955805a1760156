import type { Driver } from "../execute/driver.ts";
import type { Pace } from "../explore/pace.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Lets the first Ctrl-C (or a request to terminate) end the session with its results, and a second one at once. */
export function stopOnSignal(pace: Pace, driver: Driver): { readonly release: () => void } {
  const release = () => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
  };
  const stop = () => {
    release();
    for (const signal of SIGNALS) stayFor(signal);
    pace.stop();
    driver.interrupt();
  };
  driver.onLost(() => pace.stop());
  for (const signal of SIGNALS) process.on(signal, stop);
  return { release };
}

/**
 * Whoever listens too, to clean up after itself, ends the process if it finds nobody else: write-file-atomic does while a
 * file is written. So somebody else is there until all have heard of the signal.
 */
function stayFor(signal: (typeof SIGNALS)[number]): void {
  if (process.listenerCount(signal) === 0) return;
  const stay = () => {};
  process.on(signal, stay);
  process.nextTick(() => process.removeListener(signal, stay));
}
