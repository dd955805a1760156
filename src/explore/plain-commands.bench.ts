/**
 * The plain way to fuzz a `MemorySet` with fast-check, as its documentation teaches it: one class a
 * command, `fc.commands`, `fc.modelRun`, on the same stack, model and comparison as ours. What the fuzz
 * loop is measured against.
 */
import fc from "fast-check";
import { type Judge, judgeFor } from "../execute/judge.ts";
import { DEFAULT_WEIGHTS } from "../generate/swarm.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { Observation } from "../trace/observation.ts";
import type { Command, MapCommand, Request } from "../trace/request.ts";
import type { Space } from "../trace/space.ts";

interface Real {
  readonly instance: Instance;
  readonly observed: Observation;
}

class PlainCommand implements fc.Command<Judge, Real> {
  private readonly request: Request;

  constructor(request: Request) {
    this.request = request;
  }

  check(): boolean {
    return true;
  }

  run(judge: Judge, { instance, observed }: Real): void {
    observed.reset();
    const answer = instance.apply(this.request);
    instance.observe(observed);
    const finding = judge.step(this.request, answer, observed);
    if (finding) throw new Error(`${finding.check}: expected ${finding.expected}, saw ${finding.observed}`);
  }

  toString(): string {
    return this.request.op;
  }
}

/** Runs the plain way for `runs` runs and returns how many commands it carried out. */
export function runPlainCommands(
  subject: Subject,
  space: Space,
  maxCommands: number,
  runs: number,
  seed: number,
): number {
  let executed = 0;
  const terms = { space, hello: subject.hello };
  const observed = new Observation();
  const property = fc.property(
    fc.commands(plainCommands(space), { maxCommands, size: "max" }),
    (commands: Iterable<fc.Command<Judge, Real>>) => {
      const setup = () => ({ model: judgeFor(terms), real: { instance: subject.create(space), observed } });
      fc.modelRun(setup, commands);
      for (const _command of commands) executed++;
    },
  );
  fc.assert(property, { numRuns: runs, seed });
  return executed;
}

/**
 * One arbitrary a verb, with the arguments and the injected failures that our own traces have, and each
 * verb about as often as in these, so that both ways work on states of much the same size.
 */
function plainCommands(space: Space): fc.Arbitrary<PlainCommand>[] {
  const pages = space.size / space.page;
  const first = fc.nat(pages - 1);
  const addr = first.map((page) => virtAddr(space.base + page * space.page));
  const size = fc.integer({ min: 1, max: pages }).map((count) => count * space.page);
  const range = fc.record({ first, count: fc.nat(pages) }).map(({ first: page, count }) => ({
    start: virtAddr(space.base + page * space.page),
    size: Math.min(count, pages - page) * space.page,
  }));
  const flags = fc.nat(63);
  const limit = { start: space.base, end: virtAddr(space.base + space.size) };
  const align = fc.constantFrom(space.page, 2 * space.page, 4 * space.page);
  const weights = DEFAULT_WEIGHTS;
  return [
    often(weights.map + weights.replace, injected(fc.tuple(range, flags, fc.boolean()).map(mapOf))),
    often(weights.unmap, injected(range.map((at) => ({ op: "unmap", ...at }) as const))),
    often(
      weights.protect,
      injected(fc.tuple(range, flags).map(([at, to]) => ({ op: "protect", ...at, flags: to }) as const)),
    ),
    often(weights.clear, injected(fc.constant({ op: "clear" } as const))),
    often(
      weights.find,
      addr.map((at) => ({ op: "find", addr: at }) as const),
    ),
    often(
      weights.overlaps,
      fc.tuple(first, size).map(([page, bytes]) => overlapsOf(page, bytes, space)),
    ),
    often(
      weights["find-free"],
      fc
        .record({ hint: addr, size, align })
        .map((wanted) => ({ op: "find-free", ...wanted, limit }) as const),
    ),
  ].flat();
}

function mapOf([range, flags, replace]: [{ start: VirtAddr; size: number }, number, boolean]): MapCommand {
  return { op: "map", ...range, flags, backend: { kind: "mock" }, replace };
}

function overlapsOf(page: number, bytes: number, { base, page: pageSize }: Space): Request {
  return { op: "overlaps", start: virtAddr(base + page * pageSize), size: bytes };
}

/** The same arbitrary again and again, as `fc.commands` takes each of those it is given equally often. */
function often(weight: number, requests: fc.Arbitrary<Request>): fc.Arbitrary<PlainCommand>[] {
  return Array.from({ length: Math.max(1, Math.round(weight / 8)) }, () =>
    requests.map((request) => new PlainCommand(request)),
  );
}

/** One command in twelve with a failure. */
function injected<C extends Command>(commands: fc.Arbitrary<C>): fc.Arbitrary<C> {
  const failure = fc.record({ kind: fc.constant("backend" as const), after: fc.nat(3) });
  const failures = fc.oneof(
    { weight: 11, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: failure },
  );
  return fc.tuple(commands, failures).map(([command, inject]) => (inject ? { ...command, inject } : command));
}
