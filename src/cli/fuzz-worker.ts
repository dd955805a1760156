/** A thread of `fuzz`: opens the implementation that it is told to, and carries out units of a campaign. */
import type { Driver } from "../execute/driver.ts";
import { UnderWay } from "../explore/campaign.ts";
import { lostUnit, paceOf, type UnitTask } from "../explore/threads.ts";
import { RandomSource, type RandomTraces } from "../explore/trace-source.ts";
import { type UnitOutcome, UnitRunner } from "../explore/unit.ts";
import { type Result, success } from "../trace/result.ts";
import type { Surface } from "../trace/space.ts";
import { reopenTarget, type TargetChoice } from "./target.ts";

/** What a thread has to know. */
export interface FuzzSetup extends RandomTraces {
  readonly choice: TargetChoice;
  readonly injectAll: boolean;
  readonly surface: Surface;
}

/** A unit to carry out, on an implementation that is opened once. */
interface Task extends UnitTask {
  readonly setup: FuzzSetup;
}

/** An implementation, and how units are carried out on it. */
interface Opened {
  readonly driver: Driver;
  readonly runner: UnitRunner;
}

let opened: Promise<Result<Opened, string>> | undefined;

/** Carries out a unit. */
export default async function run(task: Task): Promise<UnitOutcome> {
  const { setup, unit, underWay } = task;
  opened ??= open(setup);
  const target = await opened;
  if (!target.ok) return lostUnit(unit, target.error, setup.surface);
  const { driver, runner } = target.value;
  const { limit, release } = paceOf(task, () => driver.interrupt());
  const outcome = await runner.run(unit, limit, new UnderWay(underWay));
  release();
  return outcome;
}

async function open({ choice, injectAll, ...traces }: FuzzSetup): Promise<Result<Opened, string>> {
  const target = await reopenTarget(choice);
  if (!target.ok) return target;
  const { driver } = target.value;
  return success({ driver, runner: new UnitRunner(driver, new RandomSource(driver, traces), injectAll) });
}
