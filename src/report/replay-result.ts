/** What came of replaying cases, as data: for programs, for the exit status and for the last line. */
import { printJson } from "../trace/escape.ts";
import type { Finding } from "../trace/finding.ts";
import type { FormatName } from "../trace/hardware.ts";

/** What came of one case or path. */
export interface ReplayResult {
  readonly file: string;
  readonly id?: string;
  /** The name of the subject, and the format of its page tables where it has them. */
  readonly subject?: string;
  readonly format?: FormatName;
  /** The `reset` line of the space. */
  readonly space?: string;
  /**
   * `known` is a finding that was saved as a known bug of this implementation, `unsuited` a sound case that it can't
   * be asked.
   */
  readonly status: "agree" | "finding" | "known" | "stale" | "broken" | "unsuited";
  readonly finding?: Finding;
  /** For one that was not run: why. One that is stale or broken names the place and the remedy. */
  readonly reason?: string;
}

/**
 * What came of all of them: a finding before anything else, then what could not be read, then what didn't fit.
 * `unsuited` when there were cases and none could be asked.
 */
export type ReplayOutcome = "agree" | "finding" | "stale" | "unreadable" | "unsuited";

/** The outcome of all results together. */
export function outcomeOf(results: readonly ReplayResult[]): ReplayOutcome {
  const some = (status: ReplayResult["status"]) => results.some((result) => result.status === status);
  if (some("finding")) return "finding";
  if (some("broken")) return "unreadable";
  if (some("stale")) return "stale";
  return some("unsuited") && !some("agree") && !some("known") ? "unsuited" : "agree";
}

/** The one JSON object of `replay --json`. */
export function replayJson(results: readonly ReplayResult[]): string {
  const entries = results.map(({ file, id, subject, format, space, status, finding, reason }) => ({
    file,
    id,
    subject,
    format,
    space,
    status,
    finding,
    reason,
  }));
  return `${printJson({ outcome: outcomeOf(results), entries })}\n`;
}

/** The line that ends a report on several cases, or on none. */
export function replaySummary(results: readonly ReplayResult[]): string {
  if (results.length === 0) return "no cases: there is no *.json file there";
  const count = (status: ReplayResult["status"]) =>
    results.filter((result) => result.status === status).length;
  const findings = count("finding");
  const unsuited = count("unsuited");
  const known = count("known");
  const parts = [
    `${count("agree")} agree`,
    ...(known === 0 ? [] : [`${known} known`]),
    `${findings} finding${findings === 1 ? "" : "s"}`,
    `${count("stale")} stale`,
    `${count("broken")} broken`,
    ...(unsuited === 0 ? [] : [`${unsuited} unsuited`]),
  ];
  return `${results.length} case${results.length === 1 ? "" : "s"}: ${parts.join(", ")}`;
}
