import type { FormatName } from "../trace/hardware.ts";
import { guess } from "../trace/nearest.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { Surface } from "../trace/space.ts";
import { addressSpaceSubject } from "./address-space.ts";
import { combine } from "./combination.ts";
import type { Defect } from "./defects/defect.ts";
import { FAILURE_DEFECTS } from "./defects/failing.ts";
import { LOOKUP_DEFECTS } from "./defects/lookup.ts";
import { MAP_DEFECTS } from "./defects/mapping.ts";
import { PROTECT_DEFECTS } from "./defects/protection.ts";
import { UNMAP_DEFECTS } from "./defects/unmapping.ts";
import { memorySetSubject } from "./memory-set.ts";
import { DEFAULT_FORMAT, type NamedSubject, plantedInSet, plantedInSpace } from "./planted.ts";
import { ADDRESS_SPACE_DEFECTS } from "./space-defects/all.ts";

export { DEFAULT_FORMAT, type NamedSubject } from "./planted.ts";

/** Every planted defect of the memory-set surface. */
export const DEFECTS: readonly Defect[] = [
  ...MAP_DEFECTS,
  ...UNMAP_DEFECTS,
  ...PROTECT_DEFECTS,
  ...LOOKUP_DEFECTS,
  ...FAILURE_DEFECTS,
];

/** The stack itself, as a subject of each surface. */
export const STACK: { readonly [S in Surface]: NamedSubject } = {
  "address-space": soundSpace(DEFAULT_FORMAT),
  "memory-set": {
    name: "memory-set",
    surface: "memory-set",
    summary: "the stack's own MemorySet over a mock page table",
    subject: memorySetSubject(),
  },
};

/** The subject that is tested unless another is named. */
export const DEFAULT_SUBJECT = STACK["address-space"];

/** Every subject that is listed, the stack first. Planted defects can be had together, too. */
export const SUBJECTS: readonly NamedSubject[] = [
  STACK["address-space"],
  STACK["memory-set"],
  ...DEFECTS.map((defect) => plantedInSet([defect])),
  ...ADDRESS_SPACE_DEFECTS.map((defect) => plantedInSpace([defect])),
];

/**
 * The subject called `name`, in the format that it has unless told otherwise: one that is listed, or several planted
 * defects at once, as in `defect:a+b`. The error is a line for the user.
 */
export function subjectCalled(name: string): Result<NamedSubject, string> {
  const listed = SUBJECTS.find((subject) => subject.name === name);
  if (listed !== undefined) return success(listed);
  const [, names] = /^defect:(.*\+.*)$/.exec(name) ?? [];
  if (names !== undefined) {
    return combine(names.split("+"), { "memory-set": DEFECTS, "address-space": ADDRESS_SPACE_DEFECTS });
  }
  const meant = guess(
    name,
    SUBJECTS.map((subject) => subject.name),
  );
  return failure(`there is no such subject${meant}, mapcheck subjects lists all`);
}

/** The subject called `name`, if there is one. */
export function findSubject(name: string): NamedSubject | undefined {
  const found = subjectCalled(name);
  return found.ok ? found.value : undefined;
}

function soundSpace(format: FormatName): NamedSubject {
  return {
    name: "address-space",
    surface: "address-space",
    summary: "the stack's own AddressSpace over real page tables in simulated memory",
    format,
    inFormat: soundSpace,
    subject: addressSpaceSubject(format),
  };
}
