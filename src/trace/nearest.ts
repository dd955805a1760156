/**
 * The first of `words` that `word` was most likely meant to be: at most two letters away, and nearer the
 * shorter it is; upper and lower case don't matter. `undefined` when none is near.
 */
export function nearest<W extends string>(word: string, words: readonly W[]): W | undefined {
  const wanted = word.toLowerCase();
  for (let edits = 0; edits <= 2 && edits * 2 <= wanted.length; edits++) {
    const found = words.find((candidate) => isWithin(wanted, candidate.toLowerCase(), edits));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What `name` was most likely meant to be, in brackets. */
export function guess(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return meant === undefined ? "" : ` (did you mean ${meant}?)`;
}

/** Whether at most `edits` letters added, left out, replaced or swapped with the next one lead from `a` to `b`. */
function isWithin(a: string, b: string, edits: number): boolean {
  if (a === b) return true;
  if (a[0] === b[0]) return isWithin(a.slice(1), b.slice(1), edits);
  if (edits === 0) return false;
  return (
    isWithin(a.slice(1), b, edits - 1) ||
    isWithin(a, b.slice(1), edits - 1) ||
    isWithin(a.slice(1), b.slice(1), edits - 1) ||
    (a[0] === b[1] && a[1] === b[0] && isWithin(a.slice(2), b.slice(2), edits - 1))
  );
}
