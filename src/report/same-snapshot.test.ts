import { expect, test } from "vitest";
import type { Snapshot } from "../explore/snapshot.ts";
import { physAddr, virtAddr } from "../trace/address.ts";
import { READ } from "../trace/flags.ts";
import { sameSnapshot } from "./same-snapshot.ts";

const BARE: Snapshot = { areas: [], pages: [] };

test.each<[same: boolean, a: Snapshot["frames"], b: Snapshot["frames"]]>([
  [true, { data: 1, table: 4 }, { data: 1, table: 4 }],
  [true, { data: 1 }, { data: 1, table: 4 }],
  [false, { data: 1 }, { data: 2, table: 4 }],
  [false, { data: 1, table: 4 }, { data: 1, table: 5 }],
  [true, undefined, { data: 1, table: 4 }],
])("frames are the same as far as both sides count them: %j", (same, a, b) => {
  const [one, other] = [a, b].map((frames) => ({ ...BARE, ...(frames && { frames }) }));
  expect(sameSnapshot(one ?? BARE, other ?? BARE)).toBe(same);
  expect(sameSnapshot(other ?? BARE, one ?? BARE)).toBe(same);
});

test("another area or page is not the same", () => {
  const area = { start: virtAddr(0), end: virtAddr(0x1000), flags: READ, backend: "alloc:lazy" } as const;
  const page = { start: virtAddr(0), end: virtAddr(0x1000), flags: READ, physical: physAddr(0x80000000) };
  expect(sameSnapshot(BARE, { ...BARE, areas: [area] })).toBe(false);
  const shown = { ...BARE, pages: [page] };
  expect(sameSnapshot(shown, { ...BARE, pages: [{ ...page, physical: physAddr(0x80001000) }] })).toBe(false);
  expect(sameSnapshot(shown, { ...BARE, pages: [{ ...page }] })).toBe(true);
});
