import type { Certificate } from "../corpus/schema.ts";
import type { Driver, PastRun } from "../execute/driver.ts";
import { fartherInMemory, isLinear } from "../shrink/backends.ts";
import { boundariesOf, moveBoundaries } from "../shrink/boundaries.ts";
import { compareTraces } from "../shrink/order.ts";
import { type Interruption, type Reduction, reduce, upToFinding } from "../shrink/reduce.ts";
import { relocate } from "../shrink/relocate.ts";
import { type Counterexample, sameAlone, sameFinding } from "../shrink/same-finding.ts";
import type { Finding } from "../trace/finding.ts";
import { findMisfit } from "../trace/preconditions.ts";
import { isCommand, type Request } from "../trace/request.ts";
import { isRequest } from "../trace/request-schema.ts";
import type { Space } from "../trace/space.ts";
import type { ExactEnd } from "./exact-end.ts";
import type { Ground } from "./ground.ts";
import type { Pace } from "./pace.ts";
import { isAwaitedInVain, runAfter } from "./recurrence.ts";

/** A counterexample that was shrunk, perhaps until it was proved that none is shorter. */
interface Minimized extends Reduction {
  readonly certificate?: Certificate;
}

/** A shrunk counterexample and the space in which it takes place. */
export interface Shrunk extends Minimized {
  readonly space: Space;
}

/** A shrunk counterexample, and what runs traces where it takes place. */
interface Grounded extends Minimized {
  readonly ground: Ground;
}

/** Failures of the last command that are tried in place of a limit of frames. */
const FAILURES = 16;

/** Shrinks one finding. */
export class Shrinking {
  private readonly driver: Driver;
  private readonly before: readonly PastRun[];
  private readonly pace: Interruption;
  private readonly exactEnd: ExactEnd | undefined;
  // Whether each trace is run on an implementation that has done nothing before.
  private renewing: boolean;

  /**
   * `before` are the earlier runs that the finding needs; `isLate` says that it shows only when the implementation is
   * told to end.
   */
  constructor(driver: Driver, before: readonly PastRun[], isLate: boolean, pace: Pace, exactEnd?: ExactEnd) {
    this.driver = driver;
    this.exactEnd = exactEnd;
    this.before = before;
    this.renewing = isLate || before.length > 0;
    this.pace = withDeadline(pace, driver.shrinkSeconds);
  }

  /**
   * Shrinks where the finding was made, and then in the simplest of `homes` in which it shows too. Traces are run one
   * after another on an implementation that may keep something from one to the next; so the result is seen again on
   * one that has done nothing before, or all is done anew, and slower.
   */
  async shrink(found: Counterexample, ground: Ground, homes: readonly Ground[]): Promise<Shrunk> {
    const hangs = isAwaitedInVain(found.finding);
    if (hangs) this.driver.beImpatient(true);
    const shrunk = await this.shrinkThroughHomes(found, ground, homes);
    if (hangs) this.driver.beImpatient(false);
    if (this.pace.stopped) return withoutGround(shrunk);
    const again = await this.seenAgain(shrunk, shrunk.ground);
    if (again) return withoutGround({ ...shrunk, finding: again });
    if (this.renewing) {
      const { requests, finding } = found;
      return { ...upToFinding(requests, finding), executions: shrunk.executions, space: ground.space };
    }
    this.renewing = true;
    return withoutGround(await this.shrinkThroughHomes(found, ground, homes));
  }

  private async shrinkThroughHomes(
    found: Counterexample,
    start: Ground,
    homes: readonly Ground[],
  ): Promise<Grounded> {
    let ground = start;
    let best = await this.reduceOn(ground, found);
    let { executions } = best;
    const moveTo = async (home: Ground): Promise<boolean> => {
      for (const moved of movedTo(home.space, best.requests, ground.space)) {
        const there = await this.counterexampleOn(home, moved);
        executions++;
        if (!there || !(sameFinding(best, there) || sameAlone(best, there))) continue;
        best = await this.reduceOn(home, there);
        executions += best.executions;
        ground = home;
        return true;
      }
      return false;
    };
    // Once it is simpler it may fit where it didn't before.
    for (let at = 0; at < homes.length && !this.pace.stopped; at++) {
      const home = homes[at];
      if (home === undefined || home === ground) break;
      if (await moveTo(home)) at = -1;
    }
    return { ...best, executions, ground };
  }

  /** Makes the trace simpler step by step, and then as short as it gets, in turn. */
  private async reduceOn(ground: Ground, found: Counterexample): Promise<Minimized> {
    let best = await this.simplify(ground, found);
    for (;;) {
      const proof = this.renewing ? undefined : await this.exactEnd?.search(best, ground, this.pace);
      if (proof === undefined) return best;
      const { first, certificate } = proof;
      if (first === undefined) return { ...best, certificate };
      const other = await this.simplify(ground, first);
      const executions = best.executions + other.executions;
      if (compareTraces(other.requests, best.requests, ground.space.page) >= 0)
        return { ...best, executions, certificate };
      best = { ...other, executions };
    }
  }

  private simplify(ground: Ground, found: Counterexample): Promise<Reduction> {
    return reduce(found, ground.runner.terms, (requests) => this.run(ground, requests), this.pace);
  }

  /** The counterexample that the trace is in that space, if it fits and is one. */
  private async counterexampleOn(
    ground: Ground,
    requests: readonly Request[],
  ): Promise<Counterexample | undefined> {
    if (findMisfit(requests, ground.runner.terms)) return undefined;
    const finding = await this.run(ground, requests);
    return finding && { requests, finding };
  }

  private run(
    { runner }: Ground,
    requests: readonly Request[],
  ): Finding | undefined | Promise<Finding | undefined> {
    return this.renewing ? runAfter(this.before, runner, requests, this.driver) : runner.begin(requests)();
  }

  /** The finding as it shows on an implementation that has done nothing but the runs that it needs. */
  private async seenAgain(
    { requests, finding }: Counterexample,
    { runner }: Ground,
  ): Promise<Finding | undefined> {
    const again = await runAfter(this.before, runner, requests, this.driver);
    if (again === undefined) return undefined;
    return sameFinding({ requests, finding }, { requests, finding: again }) ? again : undefined;
  }
}

/**
 * The trace as it is in the space `to`, at the same distance from its base, or from its end; and with its linear areas a
 * page further in physical memory, or all of it a page further from the base, as they may lie at no distance from it
 * there. Where that space has fewer frames, also with as many fewer pages. Where it has frames without end and `from` has
 * not, also with one failure or another in its last command: what showed because frames ran out may show when one is
 * refused.
 */
function* movedTo(to: Space, requests: readonly Request[], from: Space): Generator<readonly Request[]> {
  const moved = relocate(requests, from, to);
  if (moved === undefined) return;
  yield moved;
  const endsApart = to.base + to.size - (from.base + from.size);
  const fromEnd = requests.map((request) =>
    moveBoundaries(request, from.page, (address) => address + endsApart),
  );
  if (fromEnd.every(isRequest)) yield fromEnd;
  if (moved.some(isLinear)) {
    yield moved.map((request) => fartherInMemory(request, to.page));
    yield moved.map((request) => moveBoundaries(request, to.page, (address) => address + to.page));
  }
  if (to.frames > 0 && from.frames > to.frames) {
    const fewer = withoutPages(moved, from.frames - to.frames, to);
    if (fewer.every(isRequest)) yield fewer;
  }
  const last = moved.at(-1);
  if (from.frames === 0 || to.frames > 0 || last === undefined || !isCommand(last)) return;
  for (let after = 0; after < FAILURES; after++) {
    yield moved.with(-1, { ...last, inject: { kind: "frame", after } });
  }
}

/**
 * The trace from the base of the space on, with so many pages cut out of it: what runs out of many frames by itself may
 * run out of few that way.
 *
 *     base            base + pages
 *     |----[===========|=====]        |[=====]
 */
function withoutPages(
  requests: readonly Request[],
  pages: number,
  { base, page }: Space,
): readonly (Request | undefined)[] {
  const [lowest = base] = boundariesOf(requests, page);
  const cut = pages * page;
  return requests.map((request) =>
    moveBoundaries(request, page, (address) => {
      const from = address - lowest;
      return base + (from >= cut ? from - cut : from);
    }),
  );
}

function withoutGround({ ground, ...reduction }: Grounded): Shrunk {
  return { ...reduction, space: ground.space };
}

/** The pace, as if it were stopped after so many seconds. */
function withDeadline(pace: Pace, seconds: number): Interruption {
  const end = pace.seconds + seconds;
  return {
    get turnIsOver() {
      return pace.turnIsOver;
    },
    get stopped() {
      return pace.stopped || pace.seconds > end;
    },
    breathe: () => pace.breathe(),
  };
}
