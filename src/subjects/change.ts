/** What a part of the stack, a class or an object, becomes by a planted defect: a part that differs in some methods. */
export type Change<Part> = (part: Part) => Part;

/** The part after all of the changes, the first one innermost; what is `undefined` changes nothing. */
export function changed<Part>(part: Part, changes: readonly (Change<Part> | undefined)[]): Part {
  return changes.reduce<Part>((before, change) => (change === undefined ? before : change(before)), part);
}

/** The methods that a change of a class gives its instances, as words: the method, and `what` it is one of. */
export function methodsOf<Part extends new (...args: never) => object>(
  what: string,
  part: Part,
  change: Change<Part> | undefined,
): readonly string[] {
  const words: string[] = [];
  for (let Kind: unknown = change?.(part); typeof Kind === "function" && Kind !== part; ) {
    const names = Object.getOwnPropertyNames(Kind.prototype).filter((name) => name !== "constructor");
    words.push(...names.map((name) => `${name} of ${what}`));
    Kind = Object.getPrototypeOf(Kind);
  }
  return words;
}
