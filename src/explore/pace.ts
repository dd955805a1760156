import { setImmediate } from "node:timers/promises";

/** How long the loop runs before it lets the rest of the process have its turn, in milliseconds. */
const TURN = 25;

/**
 * Keeps a long loop in touch with the rest of the process: between two turns, signals and timers are served and
 * progress is shown. `stop` ends the loop at its next breath.
 */
export class Pace {
  private readonly progress: () => void;
  private readonly started: number;
  private turnEnds = performance.now() + TURN;
  private stopRequested = false;

  /** `progress` is called once in each turn; so many seconds, from `before`, have passed already. */
  constructor(progress: () => void = () => {}, before = 0) {
    this.progress = progress;
    this.started = performance.now() - before * 1000;
  }

  /** Seconds since the start, of which there may have been some before. */
  get seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  /** Whether someone asked to stop. */
  get stopped(): boolean {
    return this.stopRequested;
  }

  /** Asks the loop to stop. */
  stop(): void {
    this.stopRequested = true;
  }

  /** Whether the turn is over: time for `breathe`. */
  get turnIsOver(): boolean {
    return performance.now() >= this.turnEnds;
  }

  /** Shows progress and lets the rest of the process have its turn. */
  async breathe(): Promise<void> {
    this.progress();
    await setImmediate();
    this.turnEnds = performance.now() + TURN;
  }
}
