/**
 * The preconditions of the contract: what the harness never asks of an implementation. They are decided
 * from a trace's text alone, here and nowhere else, for generator, shrinker, enumerator and replay.
 */

import { isPowerOfTwo } from "./address.ts";
import { misfitAfter, misfitOnAddressSpace } from "./address-space-preconditions.ts";
import { MappingHistory } from "./mapping-history.ts";
import {
  ACROSS_THE_MIDDLE,
  crossesMiddle,
  misfitOfFindFree,
  misfitOfQueriedRange,
  misfitOfRange,
  NO_INJECTION,
  NOT_AN_ADDRESS,
  NOT_OFFERED,
  OTHER_SURFACE,
  UNKNOWN_FLAGS,
} from "./misfit.ts";
import { isCommand, type Request } from "./request.ts";
import { addressLimit, type Offer, type Space, type Surface, type Terms } from "./space.ts";

/** A valid `map` on the memory-set surface covers at most this many pages. */
export const MAX_MAP_PAGES = 65_536;

/** The only size of a page on the address-space surface, in bytes. */
const ADDRESS_SPACE_PAGE = 4096;

const NOT_PAGES = "a start, size, hint or limit is no multiple of the page";
const TOO_MANY_PAGES = `a map covers more than ${MAX_MAP_PAGES} pages`;

/** A request that breaks a precondition, and the precondition in words. */
export interface Misfit {
  /** Index of the request in its trace. */
  readonly at: number;
  readonly reason: string;
}

/** The first request of a trace that breaks a precondition, or `undefined` when the trace fits. */
export function findMisfit(requests: readonly Request[], terms: Terms): Misfit | undefined {
  const preconditions = new Preconditions(terms);
  for (const [at, request] of requests.entries()) {
    const reason = preconditions.misfitOf(request);
    if (reason !== undefined) return { at, reason };
    preconditions.note(request);
  }
  return undefined;
}

/** The preconditions of the requests of a trace, one after another. */
export class Preconditions {
  readonly #terms: Terms;
  /** On the memory-set surface no precondition depends on what came before. */
  readonly #history: MappingHistory | undefined;

  constructor(terms: Terms) {
    this.#terms = terms;
    this.#history = terms.hello.surface === "address-space" ? new MappingHistory(terms) : undefined;
  }

  /** Forgets the trace, for another one. */
  reset(): void {
    this.#history?.reset();
  }

  /** Why `request` can't come next, in words that never change; `undefined` when it can. */
  misfitOf(request: Request): string | undefined {
    return misfitOf(request, this.#terms) ?? (this.#history && misfitAfter(this.#history, request));
  }

  /** Takes note of the request that comes next, which fits. */
  note(request: Request): void {
    this.#history?.note(request);
  }
}

/** Why no trace can run in this space, or `undefined` when it is a sound one for `surface`. */
export function misfitOfSpace(
  space: Space,
  limit: number,
  surface: Surface = "memory-set",
): string | undefined {
  if (!isPowerOfTwo(space.page)) return "the page size must be a power of two";
  if (surface === "address-space" && space.page !== ADDRESS_SPACE_PAGE) {
    return `the page size must be ${ADDRESS_SPACE_PAGE} on the address-space surface`;
  }
  if (space.base % space.page !== 0) return "the base must be a multiple of the page";
  if (space.size <= 0 || space.size % space.page !== 0) {
    return "the size must be a multiple of the page and not 0";
  }
  if (space.base + space.size >= limit) return "base + size must be below the end of the address space";
  if (crossesMiddle(space.base, space.size, limit)) return ACROSS_THE_MIDDLE;
  return undefined;
}

/**
 * Why the implementation can't be asked this, whatever came before it, in words that never change;
 * `undefined` when it can.
 */
export function misfitOf(request: Request, terms: Terms): string | undefined {
  const { hello } = terms;
  if (isCommand(request) && request.inject && !hello.inject.includes(request.inject.kind))
    return NO_INJECTION;
  const misfit =
    hello.surface === "address-space"
      ? misfitOnAddressSpace(request, terms)
      : misfitOnMemorySet(request, terms);
  return misfit ?? (isOffered(request, hello) ? undefined : NOT_OFFERED);
}

/** Whether the implementation declares what the request needs. */
function isOffered(request: Request, { commands, queries, backends }: Offer): boolean {
  if (!isCommand(request)) return queries.includes(request.op);
  if (!commands.includes(request.op)) return false;
  if (request.op !== "map") return true;
  return backends.includes(request.backend.kind) && (!request.replace || commands.includes("replace"));
}

function misfitOnMemorySet(request: Request, { space, hello }: Terms): string | undefined {
  const limit = addressLimit(hello);
  const { page } = space;
  switch (request.op) {
    case "map":
      if (request.backend.kind !== "mock") return OTHER_SURFACE;
      if ((request.flags & ~hello.flags) !== 0) return UNKNOWN_FLAGS;
      if (request.start + request.size < limit && request.size / page > MAX_MAP_PAGES) return TOO_MANY_PAGES;
      return misfitOfPages(request, page) ?? misfitOfRange(request.start, request.size, limit);
    case "protect":
      if ((request.flags & ~hello.flags) !== 0) return UNKNOWN_FLAGS;
      return misfitOfPages(request, page) ?? misfitOfRange(request.start, request.size, limit);
    case "unmap":
      return misfitOfPages(request, page) ?? misfitOfRange(request.start, request.size, limit);
    case "overlaps":
      return misfitOfQueriedRange(request.start, request.size, limit) ?? misfitOfPages(request, page);
    case "find":
      return request.addr < limit ? undefined : NOT_AN_ADDRESS;
    case "find-free": {
      const { hint, size, limit: within } = request;
      const aligned = [hint, size, within.start, within.end].every((bytes) => bytes % page === 0);
      return misfitOfFindFree(request, page, limit) ?? (aligned ? undefined : NOT_PAGES);
    }
    case "clear":
    case "areas":
    case "pages":
    case "injected":
      return undefined;
    case "fault":
    case "access":
    case "write":
    case "store":
    case "load":
    case "frames":
    case "translate":
    case "read":
    case "can-access":
      return OTHER_SURFACE;
  }
}

function misfitOfPages(range: { readonly start: number; readonly size: number }, page: number) {
  return range.start % page === 0 && range.size % page === 0 ? undefined : NOT_PAGES;
}
