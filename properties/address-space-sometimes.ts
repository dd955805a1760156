/** The `sometimes` properties of the address-space surface. */
import type { SpaceFootprint } from "../models/space-footprint.ts";
import type { Answer } from "../src/trace/answer.ts";
import type { Command, Request } from "../src/trace/request.ts";
import { bit, findFreeSituations, injectionSituations, rangeSituations, when } from "./sometimes.ts";

/** What is known of a request besides its answer. One object, filled again and again, serves all requests. */
export interface SpaceFacts {
  /** What the command met and did, if it was done. */
  readonly footprint: SpaceFootprint;
  /** What became of it. A query counts as refused. */
  outcome: "done" | "refused" | "failed";
  /** How many injected failures fired. */
  injected: number;
  /** Whether its range ends beyond the last address. */
  overflows: boolean;
  /** Whether the TLB held a translation for a part of its range before it. */
  cached: boolean;
  /** Whether its range began or ended inside a huge page. */
  cutsHuge: boolean;
}

/** The situations that a request was just met in, as a set of bits: see `SOMETIMES`. */
export function spaceSituationsOf(request: Request, answer: Answer, facts: SpaceFacts): number {
  switch (request.op) {
    case "map":
    case "unmap":
    case "protect":
    case "clear":
      return changeSituations(request, answer, facts) | failureSituations(request, facts);
    case "fault":
      return faultSituations(facts) | failureSituations(request, facts);
    case "access":
    case "store":
    case "load":
      return accessSituations(answer, facts) | failureSituations(request, facts);
    case "write":
      return when(answer.kind === "err" && answer.name === "NotMapped", WRITE_REFUSED);
    case "read":
      return when(hasBytes(answer), READ_BACK);
    case "find-free":
      return findFreeSituations(request, answer);
    case "areas":
    case "pages":
    case "frames":
    case "injected":
    case "find":
    case "translate":
    case "overlaps":
    case "can-access":
      return 0;
  }
}

function changeSituations(command: Command, answer: Answer, facts: SpaceFacts): number {
  const { footprint, outcome } = facts;
  if (outcome === "failed") return 0;
  if (outcome === "refused" && answer.kind === "err" && answer.name === "InvalidParam" && !facts.overflows) {
    return when(!("size" in command) || command.size > 0, OUTSIDE_REFUSED);
  }
  const ranges = rangeSituations(command, answer, footprint);
  if (outcome === "refused") return ranges;
  const changes = command.op === "protect" ? footprint.changed > 0 : footprint.mapped > 0;
  return (
    ranges |
    when(changes && facts.cached, CACHED_CHANGED) |
    when(changes && facts.cutsHuge, HUGE_SPLIT) |
    when(footprint.reused, REUSED) |
    when(footprint.reopened, REOPENED)
  );
}

function failureSituations(command: Command, { outcome, injected }: SpaceFacts): number {
  const ranOut = outcome === "failed" && injected === 0;
  return injectionSituations(command, outcome === "done", injected) | when(ranOut, RAN_OUT);
}

function faultSituations({ outcome, footprint, injected }: SpaceFacts): number {
  switch (outcome) {
    case "done":
      return (
        when(footprint.broughtIn, FAULT_BROUGHT_IN) |
        when(footprint.spurious, SPURIOUS) |
        when(footprint.reused, REUSED)
      );
    case "refused":
      return FAULT_REFUSED;
    case "failed":
      return when(injected > 0, KEPT_OUT);
  }
}

function accessSituations(answer: Answer, { outcome, footprint, injected, cached }: SpaceFacts): number {
  switch (outcome) {
    case "done":
      return (
        when(footprint.broughtIn, ACCESS_BROUGHT_IN) |
        when(footprint.reused, REUSED) |
        when(cached, TLB_HIT) |
        when(hasBytes(answer), READ_BACK)
      );
    case "refused":
      return 0;
    case "failed":
      return when(injected > 0, KEPT_OUT);
  }
}

/** Whether the answer has bytes and some of them are not 0. */
function hasBytes(answer: Answer): boolean {
  return answer.kind === "bytes" && answer.bytes.some(isNotZero);
}

function isNotZero(byte: number): boolean {
  return byte !== 0;
}

const OUTSIDE_REFUSED = bit("a range that leaves the space or cuts a page is refused");
const FAULT_BROUGHT_IN = bit("a fault brings a page in");
const SPURIOUS = bit("a fault finds that its page is there");
const FAULT_REFUSED = bit("a fault is refused");
const ACCESS_BROUGHT_IN = bit("an access brings a page in");
const TLB_HIT = bit("an access finds its translation in the TLB");
const CACHED_CHANGED = bit("a range changes that the TLB holds translations of");
const HUGE_SPLIT = bit("a huge page is split");
const RAN_OUT = bit("frames run out");
const REUSED = bit("a page gets a frame that another page had");
const REOPENED = bit("a guard page that was written to is opened again");
const READ_BACK = bit("bytes are read that were written");
const KEPT_OUT = bit("an injected failure keeps a page out");
const WRITE_REFUSED = bit("a write finds a page that is not accessible");
