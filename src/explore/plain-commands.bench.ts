/**
 * The plain way to fuzz a `MemorySet` with fast-check, as its documentation teaches it: one class a
 * command, `fc.commands`, `fc.modelRun`, on the same stack, model and comparison as ours. What the fuzz
 * loop is measured against.
 */
import fc from "fast-check";
import { Judge } from "../execute/judge.ts";
import type { Instance, Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { Observation } from "../trace/observation.ts";
import type { Request } from "../trace/request.ts";
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
export function runPlainCommands(subject: Subject, space: Space, maxCommands: number, runs: number, seed: number): number {
  let executed = 0;
  const terms = { space, hello: subject.hello };
  const observed = new Observation();
  const property = fc.property(
    fc.commands(plainCommands(space), { maxCommands, size: "max" }),
    (commands: Iterable<fc.Command<Judge, Real>>) => {
      const setup = () => ({ model: new Judge(terms), real: { instance: subject.create(space), observed } });
      fc.modelRun(setup, commands);
      for (const _command of commands) executed++;
    },
  );
  fc.assert(property, { numRuns: runs, seed });
  return executed;
}

function plainCommands(space: Space): fc.Arbitrary<PlainCommand>[] {
  const pages = space.size / space.page;
  const range = {
    start: fc.nat(pages - 1).map((page) => virtAddr(space.base + page * space.page)),
    size: fc.integer({ min: 0, max: pages }).map((count) => count * space.page),
  };
  const flags = fc.nat(63);
  const backend = fc.constant({ kind: "mock" } as const);
  const map = { ...range, flags, backend, op: fc.constant("map" as const), replace: fc.boolean() };
  const requests: fc.Arbitrary<Request>[] = [
    fc.record(map),
    fc.record({ ...range, op: fc.constant("unmap" as const) }),
    fc.record({ ...range, flags, op: fc.constant("protect" as const) }),
    fc.record({ op: fc.constant("clear" as const) }),
    fc.record({ op: fc.constant("find" as const), addr: range.start }),
  ];
  return requests.map((request) => request.map((plain) => new PlainCommand(plain)));
}
