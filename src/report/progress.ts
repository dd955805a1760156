import { createLogUpdate } from "log-update";
import type { Tally } from "../explore/campaign.ts";
import { count, counted } from "./statistics.ts";

/** Milliseconds between two lines of progress: redrawn on a terminal, one after the other elsewhere. */
const ON_TERMINAL = 100;
const ELSEWHERE = 5000;

/** Shows how far a session is. */
export interface Progress {
  /** Called often; draws what `line` gives now and then. `seconds` since the start. */
  readonly update: (seconds: number, line: () => string) => void;
  /** Takes the live line away. */
  readonly done: () => void;
}

/** Where progress goes. */
export interface ProgressStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  /** Characters in a line; 0 or absent where that isn't known. */
  readonly columns?: number;
}

/** Progress on `stream`: a live line where it is a terminal of known width, a line every five seconds elsewhere. */
export function progressOn(stream: ProgressStream): Progress {
  const live = stream.isTTY === true && (stream.columns ?? 0) > 0;
  const draw = createLogUpdate(stream, { showCursor: true });
  const interval = (live ? ON_TERMINAL : ELSEWHERE) / 1000;
  let next = interval;
  return {
    update: (seconds, line) => {
      if (seconds < next) return;
      next = seconds + interval;
      if (live) draw(line());
      else stream.write(`${line()}\n`);
    },
    done: () => {
      if (live) draw.clear();
    },
  };
}

/** Runs, speed, findings and time so far. */
export function progressLine(tally: Tally, seconds: number): string {
  const { statistics, findings, underWay } = tally;
  const runs = tally.runs + underWay.runs;
  const speed = count(Math.round((statistics.requests + underWay.requests) / seconds));
  const found = findings === 0 ? "no findings" : counted(findings, "finding");
  return `${counted(runs, "run")}, ${speed} commands/s, ${found}, ${seconds.toFixed(0)} s`;
}
