import { commandsOf, type Scope } from "../generate/scope.ts";
import { virtAddr } from "../trace/address.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import { MappingHistory } from "../trace/mapping-history.ts";
import { misfitOf, Preconditions } from "../trace/preconditions.ts";
import type { Command, Injection, Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";

/**
 * What can be done in the states of a scope, by number: first the commands as they are, then the same with one kind of
 * failure or another in their first call, in their second, and so on.
 */
export class Steps {
  /** The commands without a failure. Their numbers are their places here. */
  readonly plain: readonly Command[];
  /** The kinds of failure that are tried. */
  readonly kinds: readonly Injection["kind"][];
  private readonly terms: Terms;
  private readonly all: readonly number[];
  private readonly injected: Command[] = [];
  private readonly hasHistory: boolean;

  constructor(scope: Scope, terms: Terms) {
    this.terms = terms;
    this.plain = commandsOf(scope).filter((command) => misfitOf(command, terms) === undefined);
    this.all = this.plain.map((_, step) => step);
    this.kinds = scope.inject ? terms.hello.inject : [];
    // Only stores, loads and writes depend on what came before, and only where there are linear areas.
    this.hasHistory =
      scope.backends.includes("linear") &&
      scope.commands.some((name) => name === "store" || name === "load" || name === "write");
  }

  /** The number of a command with a failure of the kind with this index, after so many calls. */
  injectedAt(command: number, kind: number, after: number): number {
    return command + this.plain.length * (1 + after * this.kinds.length + kind);
  }

  /** The command with a number that was given out. */
  requestOf(step: number): Command {
    const request = this.plain[step] ?? this.injected[step] ?? this.inject(step);
    if (request === undefined) throw new Error(`there is no step ${step}`);
    return request;
  }

  /** The commands without a failure that may come after these, by number. */
  after(requests: readonly Request[]): readonly number[] {
    // On the memory-set surface no precondition depends on what came before.
    if (this.terms.hello.surface === "memory-set") return this.all;
    const preconditions = new Preconditions(this.terms);
    for (const request of requests) preconditions.note(request);
    return this.all.filter((step) => preconditions.misfitOf(this.requestOf(step)) === undefined);
  }

  /**
   * Writes what else decides which commands may come after these: pages that may be linear ones, as far as the text of
   * the trace goes, though they are not. Two histories that differ there are not one state.
   */
  addHistory(requests: readonly Request[], last: Request | undefined, into: Fingerprint): void {
    if (!this.hasHistory) return;
    const history = new MappingHistory(this.terms);
    for (const request of requests) history.note(request);
    if (last) history.note(last);
    const { base, size, page } = this.terms.space;
    for (let start = base; start < base + size; start = virtAddr(start + page)) {
      into.byte(history.mayBeLinear(start, page) ? 1 : 0);
    }
  }

  private inject(step: number): Command | undefined {
    const command = this.plain[step % this.plain.length];
    const code = Math.floor(step / this.plain.length) - 1;
    const kind = this.kinds[code % this.kinds.length];
    if (command === undefined || kind === undefined) return undefined;
    const injected: Command = { ...command, inject: { kind, after: Math.floor(code / this.kinds.length) } };
    this.injected[step] = injected;
    return injected;
  }
}
