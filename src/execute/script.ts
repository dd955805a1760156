import { MappingHistory } from "../trace/mapping-history.ts";
import { printRequest, printSpace } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";

/** Requests for one run as they are written. */
export interface Script {
  readonly text: string;
  /** How many lines are answered to it. */
  readonly lines: number;
  /** Whether so many pages may be mapped that they are listed at the end only. */
  readonly many: boolean;
}

/** What is written first. An adapter need not write anything out before a `sync`. */
export const GREETING: Script = { text: "hello 1\nsync\n", lines: 2, many: false };

/** The queries that observe the state, in the order in which they are asked after each request. */
const OBSERVING = ["areas", "pages", "frames", "injected"] as const;

/** One of the queries that observe the state. */
export type Observing = (typeof OBSERVING)[number];

/** Up to so many pages are listed after every request. */
const MANY_PAGES = 4096;

/** Puts together what is written for each run in one space. */
export class ScriptWriter {
  /** What is asked after the instance was given up. */
  readonly observingDropped: readonly Observing[];
  /** Whether the instance is given up at the end of a run. */
  readonly drops: boolean;
  /** How many of the last requests are answered with a plain `ok`; the one before them isn't. */
  readonly lastOks: number;
  private readonly observing: readonly Observing[];
  private readonly observingMany: readonly Observing[];
  private readonly addrBits: number;
  private readonly reset: string;
  private readonly afterEach: string;
  private readonly afterEachOfMany: string;
  private readonly end: string;
  private readonly endLines: number;
  /** Absent on the memory-set surface, where areas are never so large. */
  private readonly history: MappingHistory | undefined;

  constructor(terms: Terms) {
    const { space, hello } = terms;
    const { queries, inject, commands, addrBits } = hello;
    this.addrBits = addrBits;
    this.observing = OBSERVING.filter(
      (query) => queries.includes(query) && (query !== "injected" || inject.length > 0),
    );
    this.observingMany = this.observing.filter((query) => query !== "pages");
    this.drops = commands.includes("drop");
    this.observingDropped = this.observing.filter((query) => this.drops && query === "frames");
    this.reset = `${printSpace(space, addrBits)}\n`;
    this.afterEach = linesOf(this.observing);
    this.afterEachOfMany = linesOf(this.observingMany);
    const last = [...(this.drops ? ["drop"] : []), ...this.observingDropped, "sync"];
    this.end = linesOf(last);
    this.endLines = last.length;
    this.lastOks = this.drops && this.observingDropped.length === 0 ? 2 : 1;
    this.history = hello.surface === "address-space" ? new MappingHistory(terms) : undefined;
  }

  /** What is written for a run of these requests. */
  write(requests: readonly Request[]): Script {
    const many = this.mapsMany(requests);
    const each = many ? this.observingMany.length : this.observing.length;
    const afterEach = many ? this.afterEachOfMany : this.afterEach;
    const last = requests.length - 1;
    let text = this.reset;
    let lines = 1 + this.endLines;
    let at = 0;
    for (const request of requests) {
      text += `${printRequest(request, this.addrBits)}\n${at === last ? this.afterEach : afterEach}`;
      lines += 1 + (at === last ? this.observing.length : each);
      at++;
    }
    return { text: text + this.end, lines, many };
  }

  /** What such a script asks after a request, the last one or another. */
  queriesAfter({ many }: Script, isLast: boolean): readonly Observing[] {
    return many && !isLast ? this.observingMany : this.observing;
  }

  private mapsMany(requests: readonly Request[]): boolean {
    const { history } = this;
    if (history === undefined) return false;
    history.reset();
    for (const request of requests) {
      history.note(request);
      if (history.mappedPages > MANY_PAGES) return true;
    }
    return false;
  }
}

function linesOf(verbs: readonly string[]): string {
  return verbs.map((verb) => `${verb}\n`).join("");
}
