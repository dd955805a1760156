import type { Driver } from "../execute/driver.ts";
import type { Runner } from "../execute/runner.ts";
import { trace } from "../generate/trace.ts";
import type { Space } from "../trace/space.ts";

/** A space, and what draws and runs traces in it. */
export class Ground {
  readonly space: Space;
  readonly runner: Runner;
  readonly traces;

  constructor(driver: Driver, space: Space, maxCommands: number) {
    this.space = space;
    this.runner = driver.runnerIn(space);
    this.traces = trace(space, { hello: driver.hello, maxCommands });
  }
}
