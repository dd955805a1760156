import { Executor } from "../execute/executor.ts";
import { RunSeeds } from "../explore/seeds.ts";
import type { Subject } from "../subjects/subject.ts";
import { type SpaceSize, spacesOf } from "./space-size.ts";
import type { Strategy, StrategyName } from "./strategies.ts";

/** What one search for a planted defect is determined by. */
export interface Trial {
  /** The subject's name. */
  readonly defect: string;
  readonly space: SpaceSize;
  readonly strategy: StrategyName;
  /** From 0 on. */
  readonly seed: number;
  /** Runs begin as long as fewer requests than this were carried out. */
  readonly budget: number;
}

/** What came of it. */
export interface Outcome {
  /** The check that found something first; `null` when nothing was found. */
  readonly check: string | null;
  /** Requests that were carried out, queries and the one that showed the finding included. */
  readonly commands: number;
  /** Drawing and carrying out. */
  readonly milliseconds: number;
}

/** A trial and what came of it: a line of a file. */
export interface TrialRecord extends Trial, Outcome {}

/**
 * Searches until something is found or the budget is spent; nothing is shrunk. The same trial has the same outcome, but
 * for the milliseconds. Every run is carried out whole, so that what is found, and after how many requests, doesn't
 * depend on the budget; a finding may come a few requests after its end.
 */
export function runTrial(trial: Trial, subject: Subject, strategy: Strategy): TrialRecord {
  const started = performance.now();
  const grounds = spacesOf(trial.space, subject.hello).map((space) => {
    const executor = new Executor(subject, space);
    return { executor, draw: strategy(executor.terms) };
  });
  const seeds = new RunSeeds(`power/${trial.defect}/${trial.seed}`);
  let commands = 0;
  let check: string | null = null;
  for (let run = 0; commands < trial.budget && check === null; run++) {
    const ground = grounds[run % grounds.length];
    if (ground === undefined) break;
    const requests = ground.draw(seeds.random(run), run);
    const finding = ground.executor.run(requests);
    commands += finding === undefined ? requests.length : finding.at + 1;
    check = finding?.check ?? null;
  }
  return { ...trial, check, commands, milliseconds: performance.now() - started };
}
