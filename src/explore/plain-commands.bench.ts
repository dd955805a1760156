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
import type { Command, Request } from "../trace/request.ts";
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

/** One arbitrary a verb, with the arguments and the injected failures that our own traces have. */
function plainCommands(space: Space): fc.Arbitrary<PlainCommand>[] {
  const pages = space.size / space.page;
  const start = fc.nat(pages - 1).map((page) => virtAddr(space.base + page * space.page));
  const size = fc.nat(pages).map((count) => count * space.page);
  const some = fc.integer({ min: 1, max: pages }).map((count) => count * space.page);
  const flags = fc.nat(63);
  const backend = fc.constant({ kind: "mock" } as const);
  const limit = fc.constant({ start: space.base, end: virtAddr(space.base + space.size) });
  const align = fc.constantFrom(space.page, 2 * space.page, 4 * space.page);
  const plain: fc.Arbitrary<Request>[] = [
    injected(fc.record({ op: fc.constant("map" as const), start, size, flags, backend, replace: fc.boolean() })),
    injected(fc.record({ op: fc.constant("unmap" as const), start, size })),
    injected(fc.record({ op: fc.constant("protect" as const), start, size, flags })),
    injected(fc.record({ op: fc.constant("clear" as const) })),
    fc.record({ op: fc.constant("find" as const), addr: start }),
    fc.record({ op: fc.constant("overlaps" as const), start, size: some }),
    fc.record({ op: fc.constant("find-free" as const), hint: start, size: some, limit, align }),
  ];
  return plain.map((requests) => requests.map((request) => new PlainCommand(request)));
}

function injected<C extends Command>(commands: fc.Arbitrary<C>): fc.Arbitrary<C> {
  const failures = fc.option(fc.record({ kind: fc.constant("backend" as const), after: fc.nat(3) }), { freq: 12 });
  return fc.tuple(commands, failures).map(([command, inject]) => (inject ? { ...command, inject } : command));
}
