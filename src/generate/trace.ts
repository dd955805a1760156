import fc from "fast-check";
import { candidates } from "../shrink/candidates.ts";
import { findMisfit } from "../trace/preconditions.ts";
import type { Request } from "../trace/request.ts";
import { isRequest } from "../trace/request-schema.ts";
import { type Hello, MEMORY_SET_HELLO, type Space, type Terms } from "../trace/space.ts";
import { AddressSpaceSource } from "./address-space-source.ts";
import { MemorySetSource } from "./memory-set-source.ts";
import type { RequestSource } from "./request-source.ts";
import { DEFAULT_WEIGHTS, type Weights } from "./swarm.ts";

/** What a trace is generated for. */
export interface TraceOptions {
  /** What the implementation declares; by default all that the memory-set surface offers. */
  readonly hello?: Hello;
  /** The longest trace, in requests; 50 unless given. At least 1. */
  readonly maxCommands?: number;
  /** How often each kind of request comes up. */
  readonly weights?: Weights;
}

/** The longest trace unless told otherwise, in requests. */
export const DEFAULT_MAX_COMMANDS = 50;

/**
 * An arbitrary for whole traces that fit `space`, for properties of your own:
 *
 *     fc.assert(fc.property(trace(space), (requests) => execute(requests, subject, space) === undefined));
 *
 * It draws a run's randomness straight from fast-check's random source, brings mapcheck's own shrinker, and
 * shrinks a trace that it didn't generate, from a file say, as well as one that it did.
 */
export function trace(space: Space, options: TraceOptions = {}): fc.Arbitrary<readonly Request[]> {
  return new TraceArbitrary({ space, hello: options.hello ?? MEMORY_SET_HELLO }, options);
}

class TraceArbitrary extends fc.Arbitrary<readonly Request[]> {
  private readonly terms: Terms;
  private readonly maxCommands: number;
  private readonly source: RequestSource;

  constructor(terms: Terms, { maxCommands = DEFAULT_MAX_COMMANDS, weights = DEFAULT_WEIGHTS }: TraceOptions) {
    super();
    this.terms = terms;
    this.maxCommands = maxCommands;
    this.source = sourceFor(terms, weights);
  }

  override generate(random: fc.Random): fc.Value<readonly Request[]> {
    this.source.begin(draw(random), draw(random), draw(random));
    const requests: Request[] = [];
    const length = this.source.length(this.maxCommands);
    for (let index = 0; index < length; index++) requests.push(this.source.next());
    return new fc.Value<readonly Request[]>(requests, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is readonly Request[] {
    return Array.isArray(value) && value.every(isRequest) && findMisfit(value, this.terms) === undefined;
  }

  override shrink(requests: readonly Request[]): fc.Stream<fc.Value<readonly Request[]>> {
    const simpler = fc.stream(candidates(requests, this.terms));
    return simpler.map((candidate) => new fc.Value<readonly Request[]>(candidate, undefined));
  }
}

function sourceFor(terms: Terms, weights: Weights): RequestSource {
  switch (terms.hello.surface) {
    case "memory-set":
      return new MemorySetSource(terms, weights);
    case "address-space":
      return new AddressSpaceSource(terms, weights);
  }
}

/** One integer of 30 bits, which fast-check draws at half the price of 32. */
function draw(random: fc.Random): number {
  return random.nextInt(0, 0x3fffffff);
}
