/** Going back to a marked place, and what comes then: the same as the first time, and as on a fresh instance. */
import fc from "fast-check";
import { expect } from "vitest";
import { snapshotOfObservation } from "../explore/snapshot.ts";
import { trace } from "../generate/trace.ts";
import type { Subject } from "../subjects/subject.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import type { Hardware } from "../trace/hardware.ts";
import { SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { Preconditions } from "../trace/preconditions.ts";
import { printAnswer } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";
import { Executor } from "./executor.ts";

/** A place, and two ways on from there. */
export interface Fork {
  readonly path: readonly Request[];
  readonly detour: readonly Request[];
  readonly tail: readonly Request[];
}

/** Random traces, cut in three; of the last part only what may come right behind the first. */
function forks(subject: Subject, space: Space): fc.Arbitrary<Fork> {
  const cuts = fc.tuple(fc.nat(25), fc.nat(12));
  return fc.tuple(trace(space, { hello: subject.hello }), cuts).map(([requests, [from, length]]) => {
    const path = requests.slice(0, from);
    const preconditions = new Preconditions({ space, hello: subject.hello });
    for (const request of path) preconditions.note(request);
    const tail = requests.slice(from + length).filter((request) => {
      const fits = preconditions.misfitOf(request) === undefined;
      if (fits) preconditions.note(request);
      return fits;
    });
    return { path, detour: requests.slice(from, from + length), tail };
  });
}

/** What is in the TLB. */
function cachedBy(hardware: Hardware | undefined): string[] {
  const lines: string[] = [];
  hardware?.forEachCached((...entry) => lines.push(entry.join()));
  return lines;
}

/** All that can be seen of some requests, up to a finding, which comes last. */
function goOn(executor: Executor, requests: readonly Request[]): { seen: unknown[]; isFound: boolean } {
  const seen: unknown[] = [];
  for (const request of requests) {
    const finding = executor.step(request, undefined, (_request, answer, observed) => {
      const { injected, hardware } = observed;
      const shown = answer.kind === "panic" ? answer : snapshotOfObservation(observed, SIXTEEN_PAGES.page);
      seen.push([printAnswer(answer), shown, injected, cachedBy(hardware)]);
    });
    if (finding) return { seen: [...seen, finding], isFound: true };
    const fingerprint = new Fingerprint();
    executor.fingerprint(fingerprint);
    seen.push(fingerprint.bytes.slice(0, fingerprint.length).join());
  }
  return { seen, isFound: false };
}

/** The same, and what is found at the end where nothing was before. */
function goToTheEnd(executor: Executor, requests: readonly Request[]): unknown[] {
  const { seen, isFound } = goOn(executor, requests);
  return isFound ? seen : [...seen, executor.close()];
}

/**
 * What the tail shows: on an instance that went there afresh, and on one that went back, again and again. `undefined`
 * where something is found on the path or the detour: then nobody goes on.
 */
export function tailsOf(subject: Subject, space: Space, { path, detour, tail }: Fork) {
  const executor = new Executor(subject, space);
  executor.start();
  if (goOn(executor, path).isFound) return undefined;
  const afresh = goToTheEnd(executor, tail);
  executor.restart();
  goOn(executor, path);
  executor.mark();
  if (goOn(executor, detour).isFound) return undefined;
  const wentBack = executor.back();
  const { seen, isFound } = goOn(executor, tail);
  if (isFound) return { wentBack, afresh, wayBack: [seen] };
  executor.back();
  const toTheEnd = goToTheEnd(executor, tail);
  // From the end, too, and to the start from there.
  executor.back();
  const fromTheEnd = goToTheEnd(executor, tail);
  executor.restart();
  goOn(executor, path);
  const fromTheStart = goToTheEnd(executor, tail);
  const wayBack = [[...seen, afresh.at(-1)], toTheEnd, fromTheEnd, fromTheStart];
  return { wentBack, afresh, wayBack };
}

/** Whether going back is the same as going there afresh, in so many random cases. */
export function checkGoingBack(subject: Subject, space: Space, numRuns: number) {
  const property = fc.property(forks(subject, space), (fork) => {
    const tails = tailsOf(subject, space, fork);
    fc.pre(tails !== undefined);
    expect(tails.wentBack).toBe(true);
    for (const way of tails.wayBack) expect(way).toEqual(tails.afresh);
  });
  return fc.check(property, { numRuns, seed: 7, endOnFailure: true });
}
