/**
 * Why an operation on an address space failed. Upstream: `AxError`. Nothing has changed then.
 * - `InvalidParam`: a range is empty where it must not be, leaves the space, or is not made of whole pages.
 * - `AlreadyExists`: the range overlaps an area.
 * - `BadState`: the mapping backend failed.
 * - `NoMemory`: there was no frame for a page or a table.
 * - `NotMapped`: there is no accessible page.
 */
export type SpaceError = "InvalidParam" | "AlreadyExists" | "BadState" | "NoMemory" | "NotMapped";

/** The outcome of an operation that has no value to give. */
export type SpaceResult = { readonly ok: true } | { readonly ok: false; readonly error: SpaceError };

// Shared, so that an operation allocates nothing for its outcome.

/** Success. */
export const DONE: SpaceResult = Object.freeze({ ok: true });

/** Failure with `InvalidParam`. */
export const INVALID_PARAM: SpaceResult = Object.freeze({ ok: false, error: "InvalidParam" });

/** Failure with `AlreadyExists`. */
export const ALREADY_EXISTS: SpaceResult = Object.freeze({ ok: false, error: "AlreadyExists" });

/** Failure with `NoMemory`. */
export const NO_MEMORY: SpaceResult = Object.freeze({ ok: false, error: "NoMemory" });

/** Failure with `NotMapped`. */
export const NOT_MAPPED: SpaceResult = Object.freeze({ ok: false, error: "NotMapped" });
