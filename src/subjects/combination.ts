/** Several planted defects in one instance: `defect:a+b`. */
import { guess } from "../trace/nearest.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { type Defect, touchedBy as touchedInSet } from "./defects/defect.ts";
import { DEFAULT_FORMAT, type NamedSubject, plantedInSet, plantedInSpace } from "./planted.ts";
import { type AddressSpaceDefect, touchedBy as touchedInSpace } from "./space-defects/defect.ts";

/** The planted defects that there are. */
export interface PlantedDefects {
  readonly "memory-set": readonly Defect[];
  readonly "address-space": readonly AddressSpaceDefect[];
}

/**
 * The subject with all of the defects that are named. Their order makes no difference: they are in the order of the
 * alphabet in its name. The error is a line for the user.
 */
export function combine(names: readonly string[], planted: PlantedDefects): Result<NamedSubject, string> {
  const wrong = mistakeIn(names, planted);
  if (wrong !== undefined) return failure(wrong);
  const inSet = planted["memory-set"].filter(({ name }) => names.includes(name));
  const inSpace = planted["address-space"].filter(({ name }) => names.includes(name));
  const [one, other] = [inSet[0], inSpace[0]];
  if (one !== undefined && other !== undefined) {
    return failure(
      `${one.name} is planted in the memory set and ${other.name} in the address space; name defects of one of them`,
    );
  }
  if (other === undefined) return layered(inSet, ({ parts }) => touchedInSet(parts), plantedInSet);
  const [native, ...natives] = inSpace.filter(({ format }) => format !== undefined);
  const stranger = natives.find(({ format }) => format !== native?.format);
  if (native !== undefined && stranger !== undefined) {
    return failure(
      `${native.name} is about ${native.format} alone and ${stranger.name} about ${stranger.format}; leave one out`,
    );
  }
  const { format = DEFAULT_FORMAT } = native ?? {};
  return layered(inSpace, ({ parts }) => touchedInSpace(parts, format), plantedInSpace);
}

/** What is wrong with the names, each looked at alone, and how often they come up. */
function mistakeIn(names: readonly string[], planted: PlantedDefects): string | undefined {
  if (names.includes("")) return "a + stands between the names of two planted defects, as in defect:a+b";
  const all = [...planted["memory-set"], ...planted["address-space"]].map(({ name }) => name);
  const strange = names.find((name) => !all.includes(name));
  if (strange !== undefined) {
    const meant = guess(strange.replace(/^defect:/, ""), all);
    return `there is no such defect as ${strange}${meant}, mapcheck subjects lists all`;
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return twice === undefined ? undefined : `${twice} is named twice; leave it out once`;
}

/** The subject that `plant` makes of the defects, the innermost ones first, unless two of these change the same. */
function layered<D extends { readonly name: string; readonly innermost?: true }>(
  defects: readonly D[],
  touched: (defect: D) => readonly string[],
  plant: (defects: readonly D[]) => NamedSubject,
): Result<NamedSubject, string> {
  const inner = defects.filter(({ innermost }) => innermost);
  const by = new Map<string, string>();
  for (const defect of inner) {
    for (const what of touched(defect)) {
      const other = by.get(what);
      by.set(what, defect.name);
      if (other === undefined || other === defect.name) continue;
      return failure(`${other} and ${defect.name} can't be combined: both change ${what}; leave one out`);
    }
  }
  return success(plant([...inner, ...defects.filter(({ innermost }) => !innermost)]));
}
