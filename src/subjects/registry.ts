import type { FormatName } from "../trace/hardware.ts";
import type { Surface } from "../trace/space.ts";
import { type AddressSpaceParts, addressSpaceSubject } from "./address-space.ts";
import type { Defect } from "./defects/defect.ts";
import { FAILURE_DEFECTS } from "./defects/failing.ts";
import { LOOKUP_DEFECTS } from "./defects/lookup.ts";
import { MAP_DEFECTS } from "./defects/mapping.ts";
import { PROTECT_DEFECTS } from "./defects/protection.ts";
import { UNMAP_DEFECTS } from "./defects/unmapping.ts";
import { memorySetSubject } from "./memory-set.ts";
import { ADDRESS_SPACE_DEFECTS } from "./space-defects/all.ts";
import type { Subject } from "./subject.ts";

/** A subject that can be asked for by name. */
export interface NamedSubject {
  readonly name: string;
  readonly surface: Surface;
  /** What it is, in a line. */
  readonly summary: string;
  /** For a planted defect, the check that must catch it. */
  readonly killedBy?: string;
  /** The format of its page tables; absent on the memory-set surface, which has none. */
  readonly format?: FormatName;
  /** The same with page tables of another format; absent where there is no choice. */
  readonly inFormat?: (format: FormatName) => NamedSubject;
  readonly subject: Subject;
}

/** The format of page tables unless another is asked for. */
export const DEFAULT_FORMAT: FormatName = "x86-64";

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
  "address-space": onAddressSpace({
    name: "address-space",
    summary: "the stack's own AddressSpace over real page tables in simulated memory",
  }),
  "memory-set": {
    name: "memory-set",
    surface: "memory-set",
    summary: "the stack's own MemorySet over a mock page table",
    subject: memorySetSubject(),
  },
};

/** The subject that is tested unless another is named. */
export const DEFAULT_SUBJECT = STACK["address-space"];

/** Every subject, the stack first. */
export const SUBJECTS: readonly NamedSubject[] = [
  STACK["address-space"],
  STACK["memory-set"],
  ...DEFECTS.map(({ name, summary, killedBy, parts, remembers }): NamedSubject => {
    return {
      name: `defect:${name}`,
      surface: "memory-set",
      summary,
      killedBy,
      subject: memorySetSubject({ ...parts, open: remembers === undefined }),
    };
  }),
  ...ADDRESS_SPACE_DEFECTS.map((defect) => onAddressSpace({ ...defect, name: `defect:${defect.name}` })),
];

/** The subject called `name`, in the format that it has unless told otherwise. */
export function findSubject(name: string): NamedSubject | undefined {
  return SUBJECTS.find((subject) => subject.name === name);
}

/** What there is to know of a subject of the address-space surface, whatever its page tables are. */
interface AddressSpaceVariant {
  readonly name: string;
  readonly summary: string;
  readonly killedBy?: string;
  /** The one format that it lives in; absent where it lives in all. */
  readonly format?: FormatName;
  /** The parts of the stack that are replaced. */
  readonly parts?: Partial<AddressSpaceParts>;
  /** Whether they remember what nobody can bring back. */
  readonly remembers?: true;
}

function onAddressSpace(
  variant: AddressSpaceVariant,
  format: FormatName = variant.format ?? DEFAULT_FORMAT,
): NamedSubject {
  const { name, summary, killedBy, parts, remembers } = variant;
  return {
    name,
    surface: "address-space",
    summary,
    ...(killedBy !== undefined && { killedBy }),
    format,
    ...(variant.format === undefined && { inFormat: (other) => onAddressSpace(variant, other) }),
    subject: addressSpaceSubject(format, { open: remembers === undefined, ...parts }),
  };
}
