/** Entries of tables in memory: eight bytes each, handled as two halves of 32 bits. */

/** The low half of the entry of a table with this index. */
export function lowAt(words: Uint32Array, index: number): number {
  return words[2 * index] ?? 0;
}

/** The high half of the entry of a table with this index. */
export function highAt(words: Uint32Array, index: number): number {
  return words[2 * index + 1] ?? 0;
}
