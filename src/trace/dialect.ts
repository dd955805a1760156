/**
 * Other systems keep the promises of the contract with other manners. An implementation says in `hello` which are
 * its own, the model follows, and only what is left over is a finding. `docs/contract.md` says what each one means.
 */

/** What each key of a dialect may be. The first value is the contract's own manner. */
export const MANNERS = {
  boundaries: ["exact", "free"],
  "protect-holes": ["skip", "stop", "refuse", "any"],
  "unmap-holes": ["skip", "refuse"],
  "zero-unmap": ["ok", "invalid"],
  "zero-protect": ["ok", "invalid"],
  sizes: ["exact", "roundup"],
  "no-memory": ["frames", "any"],
  "protect-keeps": ["udn", "none"],
  present: ["fault-only", "any"],
  "eager-fault": ["false", "true"],
  "linear-fault": ["false", "true"],
} as const;

/** One way in which implementations differ. */
export type Manner = keyof typeof MANNERS;

/** The manners of an implementation. */
export type Dialect = { readonly [M in Manner]: (typeof MANNERS)[M][number] };

/** The contract's own manners. */
export const PLAIN_DIALECT: Dialect = {
  boundaries: "exact",
  "protect-holes": "skip",
  "unmap-holes": "skip",
  "zero-unmap": "ok",
  "zero-protect": "ok",
  sizes: "exact",
  "no-memory": "frames",
  "protect-keeps": "udn",
  present: "fault-only",
  "eager-fault": "false",
  "linear-fault": "false",
};

/** Whether a key is one of a dialect. */
export function isManner(key: string): key is Manner {
  return Object.hasOwn(MANNERS, key);
}

/** `dialect` with one manner changed; `undefined` when the key has no such value. */
export function withManner(dialect: Dialect, key: Manner, value: string): Dialect | undefined {
  const known = MANNERS[key].find((each) => each === value);
  return known === undefined ? undefined : { ...dialect, [key]: known };
}

/** The manners that are not the contract's own, in the order of `MANNERS`. */
export function ownManners(dialect: Dialect): { readonly [M in Manner]?: Dialect[M] } {
  return Object.fromEntries(
    Object.entries(dialect).filter(([key, value]) => isManner(key) && value !== PLAIN_DIALECT[key]),
  );
}
