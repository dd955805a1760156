import type { Check } from "../../../properties/invariants.ts";
import { MemorySet } from "../../memory/memory-set.ts";
import type { MockBackend, MockPageTable } from "../../memory/mock.ts";
import type { Flags } from "../../trace/flags.ts";
import type { MemorySetParts } from "../memory-set.ts";

/** A mistake planted on purpose, to prove that the harness sees it. */
export interface Defect {
  /** The subject is called `defect:<name>`. */
  readonly name: string;
  /** What goes wrong, in a line. */
  readonly summary: string;
  /** The check that must catch it. */
  readonly killedBy: Check;
  /** The parts of the stack that are replaced. */
  readonly parts: Partial<MemorySetParts>;
  /** Present where these remember something of their own. */
  readonly remembers?: true;
}

/** What every planted defect of the set itself starts from: the stack's own class, unchanged. */
export class StackSet extends MemorySet<Flags, MockPageTable, MockBackend> {}

/** What `protect` asks for each area. */
export type UpdateFlags = (oldFlags: Flags) => Flags | undefined;
