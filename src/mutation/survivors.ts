import { type Problem, showValue } from "../corpus/problem.ts";
import type { Equivalent } from "./equivalents.ts";
import type { Mutant } from "./report.ts";

/** Something that is not in order, and the file that it is about. */
export interface Complaint extends Problem {
  readonly file: string;
}

/**
 * What is not in order: survivors that nobody has explained, and explanations, in the file `list`, of survivors that
 * there aren't. Explanations for files without a mutant in the report are not looked at.
 */
export function complaintsAbout(
  mutants: readonly Mutant[],
  equivalents: readonly Equivalent[],
  list: string,
): readonly Complaint[] {
  const unexplained = new Set(mutants.filter(({ detected }) => !detected));
  const files = new Set(mutants.map(({ file }) => file));
  const stale: Complaint[] = [];
  for (const equivalent of equivalents.filter(({ file }) => files.has(file))) {
    const meant = [...unexplained].filter((survivor) => isMeant(survivor, equivalent));
    for (const survivor of meant.slice(0, equivalent.times)) unexplained.delete(survivor);
    if (meant.length < equivalent.times) stale.push(complaintOfStale(equivalent, meant.length, list));
  }
  return [...[...unexplained].map((survivor) => complaintOfSurvivor(survivor, list)), ...stale];
}

function isMeant(mutant: Mutant, equivalent: Equivalent): boolean {
  return (
    mutant.file === equivalent.file &&
    mutant.mutator === equivalent.mutator &&
    mutant.text === equivalent.text &&
    mutant.original === equivalent.original &&
    mutant.replacement === equivalent.replacement
  );
}

function complaintOfSurvivor(survivor: Mutant, list: string): Complaint {
  const { file, line } = survivor;
  return {
    file,
    place: { line, column: 1 },
    what: `nobody notices ${nameOf(survivor)}`,
    remedy: `have a property fail with it, simplify the code, or say in ${list} why nobody can notice`,
  };
}

function complaintOfStale(equivalent: Equivalent, found: number, list: string): Complaint {
  const { file, line, times } = equivalent;
  const which = `${nameOf(equivalent)} in ${file}`;
  return {
    file: list,
    place: { line, column: 1 },
    what: found === 0 ? `${which} is noticed or gone` : `${which} survives ${found} times, not ${times}`,
    remedy: found === 0 ? "remove the entry" : "correct its times",
  };
}

function nameOf({ mutator, original, replacement }: Mutant | Equivalent): string {
  return `the ${mutator} that makes ${showValue(replacement)} of ${showValue(original)}`;
}
