import { canComeUpWithin } from "../../properties/possible.ts";
import type { Sometimes } from "../../properties/sometimes.ts";
import { Statistics } from "../execute/statistics.ts";
import type { Scope } from "../generate/scope.ts";
import type { Hello, Terms } from "../trace/space.ts";

/** The queries that every command is followed by; a scope has no others. */
const OBSERVING: readonly Hello["queries"][number][] = ["areas", "pages", "frames", "injected"];

/** Which of the situations that a scope's commands can lead to were met. A scope without splits proves nothing of them. */
export class Coverage {
  private readonly terms: Terms;
  private readonly statistics: Statistics;
  private isComplete = false;

  constructor({ space, commands, backends, inject }: Scope, hello: Hello) {
    const queries = hello.queries.filter((query) => OBSERVING.includes(query));
    const within = { ...hello, commands, backends, queries, inject: inject ? hello.inject : [] };
    this.terms = { space, hello: within };
    this.statistics = new Statistics(hello.surface);
  }

  /** What learns of the next steps; nothing does once all has come up. To be asked for once a state. */
  get witness(): Statistics | undefined {
    this.isComplete ||= this.statistics.requests > 0 && this.never().length === 0;
    return this.isComplete ? undefined : this.statistics;
  }

  /** What came up. */
  met(): Sometimes[] {
    return this.statistics
      .sometimes()
      .filter(({ count }) => count > 0)
      .map(({ name }) => name);
  }

  /** What could have come up, and didn't. */
  never(): Sometimes[] {
    const { statistics, terms } = this;
    return statistics
      .sometimes()
      .filter(({ name, count }) => count === 0 && canComeUpWithin(name, terms, statistics.showsMachine))
      .map(({ name }) => name);
  }
}
