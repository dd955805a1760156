/** A set of mapping flags, as bits. Six bits are in use; every combination of them is a value. */
export type Flags = number;

/** Readable. */
export const READ = 1;
/** Writable. */
export const WRITE = 2;
/** Executable. */
export const EXECUTE = 4;
/** Accessible from user mode. */
export const USER = 8;
/** Device memory. */
export const DEVICE = 16;
/** Uncached. */
export const UNCACHED = 32;

/** No flags at all: a guard page, PROT_NONE. */
export const NO_FLAGS = 0;
/** The flags that `protect` changes; it leaves the others as they are. */
export const RWX = READ | WRITE | EXECUTE;
/** All six. */
export const ALL_FLAGS = 63;

/** The letters of the flags; the letter at index i stands for bit i. */
export const FLAG_LETTERS = "rwxudn";

/** The flags that a text stands for, such as `rw`, or `-` for none; `undefined` for another text. */
export function flagsFrom(text: string): Flags | undefined {
  const letters = text === "-" ? "" : text;
  const flags = [...letters].reduce((sum, letter) => sum | (1 << FLAG_LETTERS.indexOf(letter)), NO_FLAGS);
  const right = [...FLAG_LETTERS].filter((_, bit) => (flags & (1 << bit)) !== 0).join("");
  return text !== "" && right === letters ? flags : undefined;
}

/** The flags after a `protect` to `wanted`: its r, w, x bits, and the other bits of `old`. */
export function withProtection(old: Flags, wanted: Flags): Flags {
  return (old & ~RWX) | (wanted & RWX);
}

/** Whether `a` and `b` allow the same accesses: their r, w, x bits are equal. */
export function sameProtection(a: Flags, b: Flags): boolean {
  return (a & RWX) === (b & RWX);
}
