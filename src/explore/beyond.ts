import { isVague } from "../shrink/same-finding.ts";
import type { Finding } from "../trace/finding.ts";
import { findMisfit } from "../trace/preconditions.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";

/**
 * The trace to run to see what lies beyond a finding: without the request that showed it, and without what then breaks a
 * precondition. `undefined` where nothing comes after it, or where no single request is to blame.
 */
export function beyond(
  requests: readonly Request[],
  finding: Finding,
  terms: Terms,
): readonly Request[] | undefined {
  if (isVague(finding) || finding.check === "drop") return undefined;
  let rest = requests.toSpliced(finding.at, 1);
  for (let misfit = findMisfit(rest, terms); misfit !== undefined; misfit = findMisfit(rest, terms)) {
    rest = rest.toSpliced(misfit.at, 1);
  }
  return rest.length > finding.at ? rest : undefined;
}
