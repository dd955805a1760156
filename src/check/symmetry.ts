import type { Judge } from "../execute/judge.ts";
import type { Scope } from "../generate/scope.ts";
import type { Counterexample } from "../shrink/same-finding.ts";
import { Fingerprint } from "../trace/fingerprint.ts";
import { type Flags, RWX } from "../trace/flags.ts";
import type { Hello, Space } from "../trace/space.ts";
import type { Expander, Visit } from "./expander.ts";

/** Where an area lies, in bytes, and its flags. */
interface Placed {
  readonly start: number;
  readonly end: number;
  readonly flags: Flags;
}

/** What is stored of a state begins with this: whether it stands for others too. */
const LEAST = 0;
const OWN = 1;

/**
 * Why not all flags of a scope are alike, or not both ends of its space: in words, with the remedy; `undefined` where
 * they are, as far as the contract goes.
 */
export function whyAsymmetric({ flags, commands }: Scope, { surface, dialect }: Hello): string | undefined {
  if (surface === "address-space")
    return "in an address space neither all flags nor all places are alike; leave it out, or test memory-set";
  // No other command looks at flags, or may end on its way.
  if (!commands.includes("protect")) return undefined;
  const kept = new Set(flags.map((each) => each & ~RWX));
  if (dialect["protect-keeps"] === "udn" && kept.size > 1)
    return "protect leaves u, d and n as they are; name --flags that differ in r, w and x only";
  const holes = dialect["protect-holes"];
  if (holes === "stop" || holes === "any")
    return `with protect-holes=${holes} the lower end of a range is not like the upper one; leave protect out of --commands`;
  return undefined;
}

/**
 * Takes states for one that differ only by a permutation of flags, or by which end of the space is the lower one. Whom
 * it has expand them is told of real states by real steps, and so each path is one that an implementation can go.
 *
 * The fingerprint of a state is then the least of all that these states would have:
 *
 *     state     [  r  ][rw] . [rw]      written 0 0 2, 0 1 1, 1 1 1: pages left out, which flags, how many pages
 *     mirrored  [rw] . [rw][  r  ]      written 0 0 1, 1 0 1, 0 1 2: the lesser one, with r and rw exchanged too
 */
export class Symmetric implements Expander {
  private readonly expander: Expander;
  private readonly judge: Judge;
  private readonly space: Space;
  private readonly real = new Fingerprint();
  private readonly shown = new Fingerprint();
  private readonly mirrored = new Fingerprint();

  /** `judge` is the one of `expander`: it has the state that a step leads to. */
  constructor(expander: Expander, judge: Judge, space: Space) {
    this.expander = expander;
    this.judge = judge;
    this.space = space;
  }

  get transitions(): number {
    return this.expander.transitions;
  }

  get tellsAll(): boolean {
    return this.expander.tellsAll;
  }

  get lost(): string | undefined {
    return this.expander.lost;
  }

  get interrupted(): boolean {
    return this.expander.interrupted;
  }

  get faultOfModel(): string | undefined {
    return this.expander.faultOfModel;
  }

  first(into: Fingerprint): void {
    this.real.reset();
    this.expander.first(this.real);
    into.add(bytesOf(this.least(this.real)));
  }

  expand(
    path: readonly number[],
    visit: Visit,
  ): Counterexample | undefined | Promise<Counterexample | undefined> {
    return this.expander.expand(path, (step, to) => visit(step, this.least(to)));
  }

  /** What stands for the state that the judge is in. `real` is its own fingerprint. */
  private least(real: Fingerprint): Fingerprint {
    const { shown, mirrored } = this;
    shown.reset();
    this.judge.fingerprint(shown);
    const isAllThereIs = shown.equals(real);
    shown.reset();
    if (!isAllThereIs) {
      // Nobody knows what the implementation's own bytes would be in the mirrored state.
      shown.byte(OWN);
      shown.add(bytesOf(real));
      return shown;
    }
    const areas = this.judge.model.areas();
    this.write(areas, shown);
    mirrored.reset();
    this.write(this.mirror(areas), mirrored);
    return isLess(mirrored, shown) ? mirrored : shown;
  }

  /** Writes areas with the least of all permutations of flags: the flags that come up first are the first ones. */
  private write(areas: readonly Placed[], into: Fingerprint): void {
    const { base, page } = this.space;
    const known: Flags[] = [];
    let at: number = base;
    into.byte(LEAST);
    for (const { start, end, flags } of areas) {
      if (!known.includes(flags)) known.push(flags);
      into.number((start - at) / page);
      into.number(known.indexOf(flags));
      into.number((end - start) / page);
      at = end;
    }
  }

  private mirror(areas: readonly Placed[]): Placed[] {
    const { base, size } = this.space;
    const both = base + base + size;
    return areas.map(({ start, end, flags }) => ({ start: both - end, end: both - start, flags })).reverse();
  }
}

function bytesOf({ bytes, length }: Fingerprint): Uint8Array {
  return bytes.subarray(0, length);
}

/** Whether `a` comes before `b`, byte by byte. */
function isLess(a: Fingerprint, b: Fingerprint): boolean {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const difference = (a.bytes[at] ?? 0) - (b.bytes[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return a.length < b.length;
}
