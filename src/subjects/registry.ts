import type { Surface } from "../trace/space.ts";
import type { Defect } from "./defects/defect.ts";
import { FAILURE_DEFECTS } from "./defects/failing.ts";
import { LOOKUP_DEFECTS } from "./defects/lookup.ts";
import { MAP_DEFECTS } from "./defects/mapping.ts";
import { PROTECT_DEFECTS } from "./defects/protection.ts";
import { UNMAP_DEFECTS } from "./defects/unmapping.ts";
import { memorySetSubject } from "./memory-set.ts";
import type { Subject } from "./subject.ts";

/** A subject that can be asked for by name. */
export interface NamedSubject {
  readonly name: string;
  readonly surface: Surface;
  /** What it is, in a line. */
  readonly summary: string;
  /** For a planted defect, the check that must catch it. */
  readonly killedBy?: string;
  readonly subject: Subject;
}

/** The subject that is tested unless another is named. */
export const DEFAULT_SUBJECT = "memory-set";

/** Every planted defect. */
export const DEFECTS: readonly Defect[] = [
  ...MAP_DEFECTS,
  ...UNMAP_DEFECTS,
  ...PROTECT_DEFECTS,
  ...LOOKUP_DEFECTS,
  ...FAILURE_DEFECTS,
];

/** Every subject, the stack first. */
export const SUBJECTS: readonly NamedSubject[] = [
  {
    name: DEFAULT_SUBJECT,
    surface: "memory-set",
    summary: "the stack's own MemorySet over a mock page table",
    subject: memorySetSubject(),
  },
  ...DEFECTS.map(({ name, summary, killedBy, parts }): NamedSubject => {
    return {
      name: `defect:${name}`,
      surface: "memory-set",
      summary,
      killedBy,
      subject: memorySetSubject(parts),
    };
  }),
];

/** The subject called `name`. */
export function findSubject(name: string): NamedSubject | undefined {
  return SUBJECTS.find((subject) => subject.name === name);
}
