import fc from "fast-check";
import { DEFAULT_MAX_COMMANDS, trace } from "../generate/trace.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { plainSketches } from "./plain-requests.ts";
import { type Sketch, Trail } from "./trail.ts";

/** Draws the trace of a run from a random source of its own; `run` is the run's number, from 0 on. */
export type Drawer = (random: fc.Random, run: number) => readonly Request[];

/** One way to draw traces that fit the terms. */
export type Strategy = (terms: Terms) => Drawer;

/** The names of the strategies, ours first. */
export const STRATEGY_NAMES = ["ours", "commands", "commands-max", "uniform"] as const;

/** One of them. */
export type StrategyName = (typeof STRATEGY_NAMES)[number];

/** The one that is compared with the plain ones. */
export const OURS: StrategyName = "ours";

/** The strategies. How each draws is written in docs/power.md. */
export const STRATEGIES: Readonly<Record<StrategyName, Strategy>> = {
  ours: (terms) => {
    const traces = trace(terms.space, { hello: terms.hello });
    return (random) => traces.generate(random, undefined).value;
  },
  commands: (terms) => drawCommands(terms, {}),
  "commands-max": (terms) => drawCommands(terms, { maxCommands: DEFAULT_MAX_COMMANDS, size: "max" }),
  uniform: drawUniformly,
};

/** As the runner of fast-check draws: its bias depends on the run's number. */
function drawCommands(terms: Terms, constraints: fc.CommandsContraints): Drawer {
  const sketches = plainSketches(terms).map((each) => each.map((sketch) => new PlainCommand(sketch)));
  const nothing = (_commands: Iterable<fc.Command<Trail, Request[]>>) => {};
  const property = fc.property(fc.commands(sketches, constraints), nothing);
  const trail = new Trail(terms);
  return (random, run) => {
    const [commands] = property.generate(random, run).value;
    const requests: Request[] = [];
    trail.begin();
    fc.modelRun(() => ({ model: trail, real: requests }), commands);
    return requests;
  };
}

/** A command as fast-check has them, which puts itself down where another one would be carried out. */
class PlainCommand implements fc.Command<Trail, Request[]> {
  private readonly sketch: Sketch;

  constructor(sketch: Sketch) {
    this.sketch = sketch;
  }

  check(trail: Trail): boolean {
    return trail.admits(this.sketch(trail));
  }

  run(trail: Trail, requests: Request[]): void {
    const request = this.sketch(trail);
    trail.note(request);
    requests.push(request);
  }

  toString(): string {
    return "command";
  }
}

function drawUniformly(terms: Terms): Drawer {
  const sketches = plainSketches(terms);
  const trail = new Trail(terms);
  return (random) => {
    const requests: Request[] = [];
    trail.begin();
    for (let drawn = 0; drawn < DEFAULT_MAX_COMMANDS; drawn++) {
      const sketch = sketches[random.nextInt(0, sketches.length - 1)]?.generate(random, undefined).value;
      const request = sketch?.(trail);
      if (request === undefined || !trail.admits(request)) continue;
      trail.note(request);
      requests.push(request);
    }
    return requests;
  };
}
