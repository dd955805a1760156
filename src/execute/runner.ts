import type { Answer } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import type { Observation } from "../trace/observation.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import type { Judge } from "./judge.ts";
import type { Statistics } from "./statistics.ts";

/** Looks on while a trace is judged: called after each judged request, before a finding ends the run. */
export type Watch = (request: Request, answer: Answer, observed: Observation) => void;

/**
 * A run under way. Called, once, it has the run judged, as soon as the answers are there; statistics and whoever
 * watches learn of it only then.
 */
export type Flight = (
  statistics?: Statistics,
  watch?: Watch,
) => Finding | undefined | Promise<Finding | undefined>;

/** Runs traces in one space and has them judged. */
export interface Runner {
  readonly terms: Terms;
  readonly judge: Judge;
  /** Begins a run of a trace that fits `terms`, on a fresh instance. Runs are judged in the order they began in. */
  begin(requests: readonly Request[]): Flight;
}
