/** A thread of the power bench: runs one trial after another. */
import { findSubject } from "../subjects/registry.ts";
import { STRATEGIES } from "./strategies.ts";
import { runTrial, type Trial, type TrialRecord } from "./trial.ts";

/** Runs one trial. The defect is the name of a subject. */
export default function run(trial: Trial): TrialRecord {
  const found = findSubject(trial.defect);
  if (found === undefined) throw new Error(`there is no subject called ${trial.defect}`);
  return runTrial(trial, found.subject, STRATEGIES[trial.strategy]);
}
