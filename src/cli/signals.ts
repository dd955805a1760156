import type { Driver } from "../execute/driver.ts";
import type { Pace } from "../explore/pace.ts";

/** Lets the first Ctrl-C (or a request to terminate) end the session with its results, and a second one at once. */
export function stopOnSignal(pace: Pace, driver: Driver): { readonly release: () => void } {
  const release = () => {
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
  };
  const stop = () => {
    release();
    pace.stop();
    driver.interrupt();
  };
  driver.onLost(() => pace.stop());
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return { release };
}
