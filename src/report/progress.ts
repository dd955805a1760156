import { createLogUpdate } from "log-update";
import type { Tally } from "../explore/fuzz.ts";
import type { Pace } from "../explore/pace.ts";
import { count } from "./fuzz.ts";

/** Milliseconds between two lines of progress: redrawn on a terminal, one after the other elsewhere. */
const ON_TERMINAL = 100;
const ELSEWHERE = 5000;

/** Shows how far a session is, on standard error. */
export interface Progress {
  /** Called often; draws now and then. */
  readonly update: (tally: Tally, pace: Pace) => void;
  /** Leaves the terminal clean. */
  readonly done: () => void;
}

/** Progress for standard error as it is: a live line on a terminal, a line every five seconds otherwise. */
export function progressOnStderr(): Progress {
  const live = process.stderr.isTTY;
  const draw = createLogUpdate(process.stderr);
  const interval = live ? ON_TERMINAL : ELSEWHERE;
  let next = performance.now() + interval;
  return {
    update: (tally, pace) => {
      if (performance.now() < next) return;
      next = performance.now() + interval;
      const line = progressLine(tally, pace.seconds);
      if (live) draw(line);
      else process.stderr.write(`${line}\n`);
    },
    done: () => {
      if (live) draw.clear();
    },
  };
}

/** Runs, speed, findings and time so far. */
export function progressLine({ runs, statistics }: Tally, seconds: number): string {
  const speed = Math.round(statistics.requests / seconds);
  return `${count(runs)} runs, ${count(speed)} commands/s, no findings, ${seconds.toFixed(0)} s`;
}
