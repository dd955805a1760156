import { commandsOf, type Scope } from "../generate/scope.ts";
import { misfitAfter } from "../trace/address-space-preconditions.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import { MappingHistory } from "../trace/mapping-history.ts";
import { misfitOf } from "../trace/preconditions.ts";
import { printRequest } from "../trace/print.ts";
import type { Command, Injection, Op, Request } from "../trace/request.ts";
import type { Space, Terms } from "../trace/space.ts";

/** Where the numbers begin of requests that are tried as they are. */
const OWN = 2 ** 31;

/** What may not be done on pages that may be linear. */
const BANNED: readonly Op[] = ["store", "load", "write", "read"];

/**
 * What can be done in the states of a scope, by number: first the commands as they are, then the same with one kind of
 * failure or another in their first call, in their second, and so on.
 */
export class Steps {
  /** The commands without a failure. Their numbers are their places here. */
  readonly plain: readonly Command[];
  /** The kinds of failure that are tried. */
  readonly kinds: readonly Injection["kind"][];
  /** How many bytes `Past` writes. */
  readonly banBytes: number;
  private readonly own: readonly Request[];
  private readonly terms: Terms;
  private readonly space: Space;
  private readonly all: readonly number[];
  private readonly injected: Command[] = [];

  /** `own` are requests that are tried besides the commands of the scope, as they are. */
  constructor(scope: Scope, terms: Terms, own: readonly Request[] = []) {
    this.terms = terms;
    this.space = scope.space;
    const fits = (request: Request) => misfitOf(request, terms) === undefined;
    this.plain = commandsOf(scope).filter(fits);
    const known = new Set(this.plain.map((command) => printRequest(command)));
    this.own = own.filter((request) => {
      const isNew = fits(request) && !known.has(printRequest(request));
      known.add(printRequest(request));
      return isNew;
    });
    this.all = [...this.plain.keys(), ...[...this.own.keys()].map((index) => OWN + index)];
    this.kinds = scope.inject ? terms.hello.inject : [];
    // Only these depend on what came before, and only where there are linear areas.
    const hasBans =
      scope.backends.includes("linear") && [...this.plain, ...this.own].some(({ op }) => BANNED.includes(op));
    this.banBytes = hasBans ? Math.ceil(scope.space.size / scope.space.page / 8) : 0;
  }

  /** Whether a step is one of those that are tried as they are. */
  isOwn(step: number): boolean {
    return step >= OWN;
  }

  /** The number of a command with a failure of the kind with this index, after so many calls. */
  injectedAt(command: number, kind: number, after: number): number {
    return command + this.plain.length * (1 + after * this.kinds.length + kind);
  }

  /** The request with a number that was given out. */
  requestOf(step: number): Request {
    const own = this.isOwn(step) ? this.own[step - OWN] : undefined;
    const request = own ?? this.plain[step] ?? this.injected[step] ?? this.inject(step);
    if (request === undefined) throw new Error(`there is no step ${step}`);
    return request;
  }

  /** The commands without a failure, and the requests that are tried as they are, that may come after these, by number. */
  after(requests: readonly Request[]): readonly number[] {
    // On the memory-set surface no precondition depends on what came before.
    if (this.terms.hello.surface === "memory-set") return this.all;
    const history = new MappingHistory(this.terms);
    for (const request of requests) history.note(request);
    return this.all.filter((step) => misfitAfter(history, this.requestOf(step)) === undefined);
  }

  /** What the text of these says of what may come later. */
  pastOf(requests: readonly Request[]): Past {
    return new Past(requests, this.terms, this.space, this.banBytes);
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

/**
 * What a trace bans by its text, so that it may not come after it: stores, loads and writes in pages that may be linear
 * ones as far as the text goes, though they are not. Of two histories that differ in their bans alone, one in which all
 * can be done that can be done in the other is enough: see `StateStore`.
 */
export class Past {
  private readonly space: Space;
  private readonly banBytes: number;
  private readonly history: MappingHistory;
  private readonly later: MappingHistory;
  private readonly bans = new Fingerprint();

  /** Of the pages of `space`, all that anything is done in. `banBytes` is 0 where there is nothing to ban. */
  constructor(requests: readonly Request[], terms: Terms, space: Space, banBytes: number) {
    this.space = space;
    this.banBytes = banBytes;
    this.history = new MappingHistory(terms);
    this.later = new MappingHistory(terms);
    if (banBytes === 0) return;
    for (const request of requests) this.history.note(request);
    this.write(this.history, this.bans);
  }

  /** Writes the bans after the trace, and after `last` where that comes next: a bit for each page. */
  addBans(last: Request | undefined, into: Fingerprint): void {
    if (this.banBytes === 0) return;
    if (last?.op === "map" || last?.op === "unmap" || last?.op === "clear") {
      this.later.copyFrom(this.history);
      this.later.note(last);
      this.write(this.later, into);
    } else {
      // Nothing else takes areas away, or adds some.
      for (let at = 0; at < this.banBytes; at++) into.byte(this.bans.bytes[at] ?? 0);
    }
  }

  private write(history: MappingHistory, into: Fingerprint): void {
    const { base, size, page } = this.space;
    let bans = 0;
    for (let index = 0; index * page < size; index++) {
      if (history.mayBeLinear(base + index * page, page)) bans |= 1 << (index % 8);
      if (index % 8 < 7 && (index + 1) * page < size) continue;
      into.byte(bans);
      bans = 0;
    }
  }
}
