import { isDeepStrictEqual } from "node:util";
import type { ShownFrames, Snapshot } from "../explore/snapshot.ts";

/** Whether nothing shows that the two differ in; what only one of them counts says nothing. */
export function sameSnapshot(a: Snapshot, b: Snapshot): boolean {
  return (
    isDeepStrictEqual(a.areas, b.areas) &&
    isDeepStrictEqual(a.pages, b.pages) &&
    sameFrames(a.frames, b.frames)
  );
}

/** As `sameSnapshot`, for the frames alone. */
export function sameFrames(a: ShownFrames | undefined, b: ShownFrames | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  return a.data === b.data && (a.table === undefined || b.table === undefined || a.table === b.table);
}
