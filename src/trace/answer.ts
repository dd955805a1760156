import type { PhysAddr, VirtAddr } from "./address.ts";
import type { Flags } from "./flags.ts";
import type { Backend } from "./request.ts";

/** The names of the errors that an implementation may answer. */
export const ERROR_NAMES = [
  "InvalidParam",
  "AlreadyExists",
  "BadState",
  "NoMemory",
  "NotMapped",
  "Unsupported",
] as const;

/** The name of an error that an implementation may answer. */
export type ErrorName = (typeof ERROR_NAMES)[number];

/** One area as a query shows it. */
export interface AreaRecord {
  readonly start: VirtAddr;
  readonly end: VirtAddr;
  readonly flags: Flags;
  /** A linear area's `physical` is the address that its own first byte maps to. */
  readonly backend: Backend;
}

/** One translation as `pages` shows it; without `physical` where the page table doesn't know one. */
export interface PageRecord {
  readonly addr: VirtAddr;
  readonly physical?: PhysAddr;
  readonly flags: Flags;
}

/** What one request was answered. Which kinds can follow `ok` depends on the request. */
export type Answer =
  | { readonly kind: "ok" }
  | { readonly kind: "truth"; readonly truth: boolean }
  | { readonly kind: "address"; readonly address: number | null }
  | { readonly kind: "fault" }
  | { readonly kind: "area"; readonly area: AreaRecord | null }
  | { readonly kind: "areas"; readonly areas: readonly AreaRecord[] }
  | { readonly kind: "pages"; readonly pages: readonly PageRecord[] }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "frames"; readonly data: number; readonly table: number }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "err"; readonly name: ErrorName }
  | { readonly kind: "panic"; readonly text: string };

/** `ok` without a value. Shared, so that the executor's loop allocates no answers for commands. */
export const OK: Answer = { kind: "ok" };

/** `ok true`. */
export const TRUE: Answer = { kind: "truth", truth: true };

/** `ok false`. */
export const FALSE: Answer = { kind: "truth", truth: false };

/** `ok none` for a query that asks for an address. */
export const NO_ADDRESS: Answer = { kind: "address", address: null };

/** One shared answer for each error name. */
export const ERRORS: { readonly [N in ErrorName]: Answer & { readonly kind: "err" } } = {
  InvalidParam: { kind: "err", name: "InvalidParam" },
  AlreadyExists: { kind: "err", name: "AlreadyExists" },
  BadState: { kind: "err", name: "BadState" },
  NoMemory: { kind: "err", name: "NoMemory" },
  NotMapped: { kind: "err", name: "NotMapped" },
  Unsupported: { kind: "err", name: "Unsupported" },
};
