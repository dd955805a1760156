/** A thread of `check`: opens the implementation that it is told to, and expands slices of states. */
import { aloneOn } from "../check/check.ts";
import { type Crew, lostSlice, type Slice } from "../check/crew.ts";
import type { SliceTask } from "../check/pool.ts";
import { StateStore } from "../check/state-store.ts";
import type { Scope } from "../generate/scope.ts";
import { type Result, success } from "../trace/result.ts";
import { reopenTarget, type TargetChoice } from "./target.ts";

/** What a thread has to know. */
export interface CheckSetup {
  readonly choice: TargetChoice;
  readonly scope: Scope;
  /** Whether states that mirror each other are taken for one. */
  readonly symmetry: boolean;
}

/** A slice to expand, by an implementation that is opened once. */
interface Task extends SliceTask {
  readonly setup: CheckSetup;
}

let opened: Promise<Result<Crew, string>> | undefined;

/** Expands some states. */
export default async function expand({ setup, states, range }: Task): Promise<Slice> {
  opened ??= open(setup);
  const crew = await opened;
  return crew.ok ? crew.value.expand(StateStore.of(states), range, async () => true) : lostSlice(crew.error);
}

async function open({ choice, scope, symmetry }: CheckSetup): Promise<Result<Crew, string>> {
  const target = await reopenTarget(choice);
  return target.ok ? success(aloneOn(target.value.driver, scope, symmetry)) : target;
}
