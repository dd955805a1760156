import type { Answer } from "../trace/answer.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import type { Observation } from "../trace/observation.ts";
import type { Injection, Request } from "../trace/request.ts";
import type { Hello, Space } from "../trace/space.ts";

/** Something that can be tested: an implementation of a surface of the contract, in this process. */
export interface Subject {
  /** What the implementation says of itself. The harness asks for nothing that this doesn't declare. */
  readonly hello: Hello;
  /** A fresh, empty instance. */
  create(space: Space): Instance;
}

/** One address space (or set of areas) under test. */
export interface Instance {
  /** Carries out one request, with the failure that it may carry injected. An exception is a finding. */
  apply(request: Request): Answer;
  /**
   * Shows the whole state: every area and every page in address order, and how many injected failures
   * fired in the last command. `into` is empty when this is called. Observing changes nothing.
   */
  observe(into: Observation): void;
  /**
   * Gives the instance up, without unmapping anything first. Afterwards `into` shows how many frames are
   * still handed out: none may be. Nothing is asked of the instance any more, unless a snapshot is brought back.
   */
  drop?(into: Observation): void;
  /**
   * Writes what there is to the state besides what `observe` shows, in some order of its own: whatever can make a
   * difference to what happens next. Two instances in which the same shows and the same is written are taken for one.
   * An instance with nothing to hide writes nothing. Without this method `check` can't know.
   */
  fingerprint?(into: Fingerprint): void;
  /**
   * How many calls the last command made that a failure of this kind can be injected into, with a failure or without.
   * Without this method `check` finds out by trying, with one run of the command more for each kind. Modules of users
   * are not asked.
   */
  callsOf?(kind: Injection["kind"]): number;
  /**
   * Remembers the whole state. What it returns brings the instance back to it, as often as it is called, also from a
   * later snapshot, and after `drop`. Without this method `check` comes back to a state by running its trace again on a fresh instance.
   */
  snapshot?(): () => void;
}
