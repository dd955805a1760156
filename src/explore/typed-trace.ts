import type { Driver } from "../execute/driver.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { type RecordedReplay, type Replay, recordReplay } from "./replay.ts";

/** What somebody has typed so far, and what came of it. */
export interface Typed {
  readonly space: Space;
  readonly requests: readonly Request[];
  /** Of all requests, on a fresh instance. */
  readonly recorded: RecordedReplay & { readonly replay: Exclude<Replay, Refused> };
}

/** What can't be asked. */
export type Refused = Extract<Replay, { readonly status: "stale" | "unsuited" }>;

/**
 * A trace that is typed request by request. Each time all of it is run anew, on an implementation that has done nothing
 * before: so what shows is what the trace shows when it is replayed, and every step can be taken back.
 */
export class TypedTrace {
  private readonly driver: Driver;
  private readonly past: Typed[] = [];
  private typed: Typed;

  constructor(driver: Driver, space: Space) {
    this.driver = driver;
    this.typed = emptyIn(space);
  }

  /** How it stands. */
  get now(): Typed {
    return this.typed;
  }

  /** Adds a request, and runs it all. One that can't be asked is not added, and says why. */
  async ask(request: Request): Promise<Refused | undefined> {
    const { space, requests } = this.typed;
    const { surface } = this.driver.hello;
    const longer = [...requests, request];
    await this.driver.renew();
    const { replay, steps } = await recordReplay({ surface, space, requests: longer }, this.driver);
    if (replay.status === "stale" || replay.status === "unsuited") return replay;
    this.moveTo({ space, requests: longer, recorded: { replay, steps } });
    return undefined;
  }

  /** Begins with nothing, in this space. */
  beginIn(space: Space): void {
    this.moveTo(emptyIn(space));
  }

  /** Takes the last request back, or the last beginning. Says whether there was one. */
  undo(): boolean {
    const before = this.past.pop();
    if (before === undefined) return false;
    this.typed = before;
    return true;
  }

  private moveTo(typed: Typed): void {
    this.past.push(this.typed);
    this.typed = typed;
  }
}

function emptyIn(space: Space): Typed {
  return { space, requests: [], recorded: { replay: { status: "agree" }, steps: [] } };
}
