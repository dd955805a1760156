/**
 * Why an operation on a page table failed. Upstream: `PagingError`. Nothing has changed then.
 * - `NoMemory`: a table was needed and there is no frame for it.
 * - `NotAligned`: an address or a size is no multiple of the page, or lies beyond what the format can map.
 * - `NotMapped`: there is no page at the address.
 * - `AlreadyMapped`: there is a page in the range.
 */
export type PagingError = "NoMemory" | "NotAligned" | "NotMapped" | "AlreadyMapped";

/** The outcome of an operation that has no value to give. */
export type PagingResult = { readonly ok: true } | { readonly ok: false; readonly error: PagingError };

// Shared, so that an operation allocates nothing for its outcome.

/** Success. */
export const DONE: PagingResult = Object.freeze({ ok: true });

/** Failure with `NoMemory`. */
export const NO_MEMORY: PagingResult = Object.freeze({ ok: false, error: "NoMemory" });

/** Failure with `NotAligned`. */
export const NOT_ALIGNED: PagingResult = Object.freeze({ ok: false, error: "NotAligned" });

/** Failure with `NotMapped`. */
export const NOT_MAPPED: PagingResult = Object.freeze({ ok: false, error: "NotMapped" });

/** Failure with `AlreadyMapped`. */
export const ALREADY_MAPPED: PagingResult = Object.freeze({ ok: false, error: "AlreadyMapped" });
