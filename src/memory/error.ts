/**
 * Why an operation on a memory set failed. Upstream: `MappingError`.
 * - `InvalidParam`: a range is empty where it must not be, its end is no address, or a number is no
 *   non-negative integer. Nothing has changed.
 * - `AlreadyExists`: the range overlaps an area. Nothing has changed.
 * - `BadState`: a call of the mapping backend failed. What was finished before that call stays done.
 */
export type MappingError = "InvalidParam" | "AlreadyExists" | "BadState";

/** The outcome of an operation that has no value to give. */
export type MappingResult = { readonly ok: true } | { readonly ok: false; readonly error: MappingError };

// Shared, so that an operation allocates nothing for its outcome.

/** Success. */
export const DONE: MappingResult = Object.freeze({ ok: true });

/** Failure with `InvalidParam`. */
export const INVALID_PARAM: MappingResult = Object.freeze({ ok: false, error: "InvalidParam" });

/** Failure with `AlreadyExists`. */
export const ALREADY_EXISTS: MappingResult = Object.freeze({ ok: false, error: "AlreadyExists" });

/** Failure with `BadState`. */
export const BAD_STATE: MappingResult = Object.freeze({ ok: false, error: "BadState" });
