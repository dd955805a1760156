import { createRequire } from "node:module";
import type * as sortedBTree from "sorted-btree";

// sorted-btree is a CommonJS package with a default export. A default import of it is the class under
// Vitest and the whole of `module.exports` under Node and tsx; `require` gives the same in all three.
const { default: BTree }: typeof sortedBTree.default = createRequire(import.meta.url)("sorted-btree");

/** A map from numbers to values that keeps its keys in order: a B+ tree. */
export type SortedMap<V> = sortedBTree.default<number, V>;

/** An empty sorted map. */
export function sortedMap<V>(): SortedMap<V> {
  return new BTree<number, V>(undefined, ascending);
}

// One comparator for every tree, so that the engine compiles it into the tree's own search.
function ascending(a: number, b: number): number {
  return a - b;
}
