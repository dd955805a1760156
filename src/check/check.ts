import type { Sometimes } from "../../properties/sometimes.ts";
import { discardEntry } from "../corpus/save.ts";
import type { Driver } from "../execute/driver.ts";
import { Executor } from "../execute/executor.ts";
import { Ground } from "../explore/ground.ts";
import type { Pace } from "../explore/pace.ts";
import { runAfter } from "../explore/recurrence.ts";
import {
  asMet,
  entryOf,
  fileOf,
  findingOf,
  type SessionFinding,
  saveDraft,
  saveIn,
  type WorkedOut,
} from "../explore/session-finding.ts";
import { Shrinking } from "../explore/shrinking.ts";
import type { Target } from "../explore/target.ts";
import type { Scope } from "../generate/scope.ts";
import { type Counterexample, sameFinding } from "../shrink/same-finding.ts";
import { Coverage } from "./coverage.ts";
import { Alone, type Crew } from "./crew.ts";
import { type Bounds, type Cut, Exploration, type Survey } from "./exploration.ts";
import { Paths } from "./paths.ts";
import { Running } from "./running.ts";
import { Stepping } from "./stepping.ts";
import { Steps } from "./steps.ts";
import { Symmetric } from "./symmetry.ts";

/** What is to be checked. */
export interface CheckPlan {
  readonly target: Target;
  readonly scope: Scope;
  readonly bounds: Bounds;
  /** Whether every sequence is run by itself, up to the depth in `bounds`, and no two histories are taken for one state. */
  readonly paths: boolean;
  /** Whether states that mirror each other are taken for one, as `Symmetric` says; absent for no. Not with `paths`. */
  readonly symmetry?: boolean;
  /** Has the work done by several, given whoever can do it alone; absent for one. */
  readonly crewOf?: (alone: Crew) => Crew;
  /** The directory that a finding is saved in; `undefined` when it isn't to be. */
  readonly saveTo: string | undefined;
}

/** What checking came to, and how far it got. */
export interface CheckResult extends Omit<Survey, "run"> {
  readonly finding: SessionFinding | undefined;
  /** What cut it short; `undefined` when all of the scope was explored, or something found. */
  readonly cut: Cut | undefined;
  readonly seconds: number;
  /** Situations that the scope's commands could have led to and didn't; of a scope that was explored to its end. */
  readonly never: readonly Sometimes[];
  readonly problems: readonly string[];
  /** Why the implementation can't be asked any more; `undefined` if it can. */
  readonly lost: string | undefined;
}

/** How many requests random traces have, which shrinking needs to know and never draws. */
const NO_COMMANDS = 1;

/** A check under way. */
export class Check {
  readonly survey: Survey;
  private readonly plan: CheckPlan;
  private readonly pace: Pace;

  constructor(plan: CheckPlan, pace: Pace) {
    this.plan = plan;
    this.pace = pace;
    this.survey = surveyFor(plan, pace);
  }

  /** Explores the scope, and works out and saves what is found. */
  async run(): Promise<CheckResult> {
    const { target } = this.plan;
    const { survey, pace } = this;
    const { found, cut, faultOfModel, ...why } = await survey.run();
    const { seconds } = pace;
    const problems: string[] = [];
    if (faultOfModel !== undefined)
      problems.push(`a bug of mapcheck's own model, please report it: ${faultOfModel}`);
    // What shows only when the implementation is told to end.
    const late = await target.driver.renew();
    const finding = found
      ? await this.keep(found, false, problems)
      : late && !cut && (await this.keep(late, true, problems));
    const lost = why.lost ?? target.driver.lost;
    const { states, frontier, sequences, transitions, depth, memory, met, tellsAll } = survey;
    return {
      finding: finding || undefined,
      cut: lost === undefined ? cut : "lost",
      states,
      frontier,
      sequences,
      transitions,
      depth,
      seconds,
      memory,
      met,
      never: finding || cut || lost ? [] : survey.never,
      tellsAll,
      problems,
      lost,
    };
  }

  /** Saves the finding as it was met, works it out, and saves what it becomes. */
  private async keep(met: Counterexample, isLate: boolean, problems: string[]): Promise<SessionFinding> {
    const { target, saveTo, scope } = this.plan;
    const raw = asMet(met, scope.space, null);
    const draft = await saveDraft(raw, target, saveTo);
    const found = await this.workOut(raw, isLate);
    const saved = await saveIn(saveTo, entryOf(found, target));
    if (saved?.ok === false) problems.push(saved.error);
    const discarded = saved?.ok && draft?.ok ? await discardEntry(draft.value) : undefined;
    if (discarded?.ok === false) problems.push(discarded.error);
    return findingOf(found, fileOf(saved), target);
  }

  /** Sees the finding again on an instance of its own, and makes its trace as simple as it gets: it is short already. */
  private async workOut(raw: WorkedOut, isLate: boolean): Promise<WorkedOut> {
    const { target, scope } = this.plan;
    const { driver } = target;
    const ground = new Ground(driver, scope.space, NO_COMMANDS);
    const again = this.pace.stopped ? undefined : await runAfter([], ground.runner, raw.requests, driver);
    // Whoever interrupts this doesn't make it unstable.
    if (this.pace.stopped) return { ...raw, stable: true };
    const stable = again !== undefined && sameFinding(raw, { ...raw, finding: again });
    const shrunk = stable
      ? await new Shrinking(driver, [], isLate, this.pace).shrink(raw, ground, [])
      : undefined;
    await driver.renew();
    return { ...raw, ...shrunk, stable, stderr: driver.stderr };
  }
}

function surveyFor(plan: CheckPlan, pace: Pace): Survey {
  const { target, scope, bounds, paths, symmetry = false } = plan;
  const { driver } = target;
  if (!paths) {
    const alone = aloneOn(driver, scope, symmetry);
    return new Exploration(plan.crewOf?.(alone) ?? alone, bounds, pace);
  }
  const runner = driver.runnerIn(scope.space);
  const steps = new Steps(scope, runner.terms);
  return new Paths(driver, runner, steps, new Coverage(scope, driver.hello), bounds, pace);
}

/** How many states are expanded before anybody looks up: in this process, and where each step is a run of a process. */
const SLICE = 32;
const SLICE_OF_RUNS = 1;

/** One that expands states of an implementation in this thread. `symmetry`: of those that mirror each other only one. */
export function aloneOn(driver: Driver, scope: Scope, symmetry: boolean): Crew {
  const runner = driver.runnerIn(scope.space);
  const steps = new Steps(scope, runner.terms);
  const coverage = new Coverage(scope, driver.hello);
  const isHere = runner instanceof Executor;
  const each = isHere ? new Stepping(runner, steps, coverage) : new Running(driver, runner, steps, coverage);
  const expander = symmetry ? new Symmetric(each, runner.judge, scope.space) : each;
  return new Alone(expander, coverage, isHere ? SLICE : SLICE_OF_RUNS, steps.banBytes);
}
