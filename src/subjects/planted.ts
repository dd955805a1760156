/** Subjects with names, and how one comes of planted defects: of one, or of several in one instance. */
import type { FormatName } from "../trace/hardware.ts";
import type { Surface } from "../trace/space.ts";
import { addressSpaceSubject } from "./address-space.ts";
import { type Defect, partsWith as memorySetWith } from "./defects/defect.ts";
import { memorySetSubject } from "./memory-set.ts";
import { type AddressSpaceDefect, partsWith as addressSpaceWith } from "./space-defects/defect.ts";
import type { Subject } from "./subject.ts";

/** A subject that can be asked for by name. */
export interface NamedSubject {
  readonly name: string;
  readonly surface: Surface;
  /** What it is, in a line. */
  readonly summary: string;
  /** For a planted defect, the check that must catch it; absent for several at once. */
  readonly killedBy?: string;
  /** The format of its page tables; absent on the memory-set surface, which has none. */
  readonly format?: FormatName;
  /** The same with page tables of another format; absent where there is no choice. */
  readonly inFormat?: (format: FormatName) => NamedSubject;
  readonly subject: Subject;
}

/** The format of page tables unless another is asked for. */
export const DEFAULT_FORMAT: FormatName = "x86-64";

/** The memory set with these defects, at least one: what they change of the same is changed by the first one first. */
export function plantedInSet(defects: readonly Defect[]): NamedSubject {
  const open = defects.every(({ remembers }) => remembers === undefined);
  return {
    ...wordsFor(defects),
    surface: "memory-set",
    subject: memorySetSubject({ ...memorySetWith(defects.map(({ parts }) => parts)), open }),
  };
}

/** The address space with these defects, as for `plantedInSet`. There must be a format that all of them live in. */
export function plantedInSpace(
  defects: readonly AddressSpaceDefect[],
  format: FormatName = onlyFormatOf(defects) ?? DEFAULT_FORMAT,
): NamedSubject {
  const open = defects.every(({ remembers }) => remembers === undefined);
  const isFree = onlyFormatOf(defects) === undefined;
  return {
    ...wordsFor(defects),
    surface: "address-space",
    format,
    ...(isFree && { inFormat: (other) => plantedInSpace(defects, other) }),
    subject: addressSpaceSubject(format, { ...addressSpaceWith(defects.map(({ parts }) => parts)), open }),
  };
}

/** The one format that the defects live in; `undefined` if they live in all. */
function onlyFormatOf(defects: readonly AddressSpaceDefect[]): FormatName | undefined {
  return defects.find(({ format }) => format !== undefined)?.format;
}

function wordsFor(
  defects: readonly (Defect | AddressSpaceDefect)[],
): Pick<NamedSubject, "name" | "summary" | "killedBy"> {
  const [first, ...others] = defects;
  const names = defects.map(({ name }) => name);
  return {
    name: `defect:${names.sort().join("+")}`,
    summary: defects.map(({ summary }) => summary).join("; "),
    ...(first !== undefined && others.length === 0 && { killedBy: first.killedBy }),
  };
}
