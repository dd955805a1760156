/** What a dialect changes about the contract, for the models and judges of both surfaces. */
import { type Answer, ERRORS, OK } from "../src/trace/answer.ts";
import type { Dialect } from "../src/trace/dialect.ts";
import type { Command } from "../src/trace/request.ts";
import type { Terms } from "../src/trace/space.ts";
import { EAGER, FLAG_BITS, KIND_BITS, KIND_STEP, LAZY, LINEAR, PRESENT, RWX } from "./space-pages.ts";

/** What a `protect` is answered that stops at a hole: what lies before the hole has changed. */
export const STOPPED: Answer = { kind: "err", name: "NoMemory" };

/** What a `protect` is answered that meets a hole, when any page of its range may have changed. */
export const ANY_CHANGED: Answer = { kind: "err", name: "NoMemory" };

/** What a command about a sound range is answered where not all is well with the range. */
export interface RangeAnswers {
  /** When it is empty. */
  readonly atZero: Answer;
  /** When some page of it lies in no area; `OK` where holes are skipped. */
  readonly atHole: Answer;
}

const HOLE_ANSWERS: { readonly [H in Dialect["protect-holes"]]: Answer } = {
  skip: OK,
  stop: STOPPED,
  refuse: ERRORS.NoMemory,
  any: ANY_CHANGED,
};

/** The manners of an implementation, each decided once for all requests. */
export class Manners {
  readonly unmap: RangeAnswers;
  readonly protect: RangeAnswers;
  /** Whether a boundary between neighbours that could lie in one area may be shown or not. */
  readonly freeBoundaries: boolean;
  /** Whether the implementation may bring pages in, and take untouched ones out, when it likes. */
  readonly pagesComeAndGo: boolean;
  /** The flags that `protect` replaces. */
  readonly protectedFlags: number;
  /** The bits that the record of a page of a lazy area begins with. */
  readonly lazy: number;
  // What sizes are rounded up to, in bytes; 1 for as they are.
  private readonly granule: number;
  // Bit i stands for the kind of backend with index i.
  private readonly handledKinds: number;
  private readonly hasLimits: boolean;

  constructor({ space, hello }: Terms) {
    const { dialect } = hello;
    this.unmap = {
      atZero: answerAtZero(dialect["zero-unmap"]),
      atHole: HOLE_ANSWERS[dialect["unmap-holes"]],
    };
    this.protect = {
      atZero: answerAtZero(dialect["zero-protect"]),
      atHole: HOLE_ANSWERS[dialect["protect-holes"]],
    };
    this.freeBoundaries = dialect.boundaries === "free";
    this.pagesComeAndGo = dialect.present === "any";
    this.protectedFlags = dialect["protect-keeps"] === "none" ? FLAG_BITS : RWX;
    // Any page that could be accessed may be present: the model takes it for so, and is lenient where it shows.
    this.lazy = this.pagesComeAndGo ? LAZY | PRESENT : LAZY;
    this.granule = dialect.sizes === "roundup" ? space.page : 1;
    this.handledKinds =
      kindBit(LAZY) |
      (dialect["eager-fault"] === "true" ? kindBit(EAGER) : 0) |
      (dialect["linear-fault"] === "true" ? kindBit(LINEAR) : 0);
    this.hasLimits = dialect["no-memory"] === "any";
  }

  /** The bytes that `size` stands for in a `map`, `unmap` or `protect`. */
  sizeOf(size: number): number {
    return this.granule === 1 ? size : Math.ceil(size / this.granule) * this.granule;
  }

  /** Whether a permitted fault on a page with this record is answered `true`. */
  handlesFault(record: number): boolean {
    return (this.handledKinds & kindBit(record & KIND_BITS)) !== 0;
  }

  /** Whether a limit of the system's own may have made it answer this, whatever the contract says otherwise. */
  isLimit(command: Command, answer: Answer): boolean {
    if (!this.hasLimits || answer.kind !== "err" || answer.name !== "NoMemory") return false;
    return command.op === "map" || command.op === "unmap" || command.op === "protect";
  }
}

function answerAtZero(manner: Dialect["zero-unmap"]): Answer {
  return manner === "ok" ? OK : ERRORS.InvalidParam;
}

function kindBit(kind: number): number {
  return 1 << (kind / KIND_STEP);
}
