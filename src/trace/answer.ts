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

/** `ok fault`. */
export const FAULT: Answer = { kind: "fault" };

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

/** The classes that answers fall into, for statistics and for telling findings apart. */
export const ANSWER_CLASSES = [
  "ok",
  "true",
  "false",
  "none",
  "value",
  "fault",
  ...ERROR_NAMES,
  "panic",
] as const;

/** The class of an answer: `none` and `value` for queries that look for something. */
export type AnswerClass = (typeof ANSWER_CLASSES)[number];

/** The class of `answer`. */
export function answerClass(answer: Answer): AnswerClass {
  return ANSWER_CLASSES[answerCode(answer)] ?? "value";
}

/** The index in `ANSWER_CLASSES` of the class of `answer`. */
export function answerCode(answer: Answer): number {
  switch (answer.kind) {
    case "ok":
      return 0;
    case "truth":
      return answer.truth ? 1 : 2;
    case "address":
      return answer.address === null ? 3 : 4;
    case "area":
      return answer.area === null ? 3 : 4;
    case "areas":
    case "pages":
    case "bytes":
    case "frames":
    case "count":
      return 4;
    case "fault":
      return 5;
    case "err":
      return 6 + ERROR_NAMES.indexOf(answer.name);
    case "panic":
      return ANSWER_CLASSES.length - 1;
  }
}

/** Whether the two answers say the same. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "ok":
    case "fault":
      return b.kind === a.kind;
    case "truth":
      return b.kind === "truth" && a.truth === b.truth;
    case "address":
      return b.kind === "address" && a.address === b.address;
    case "area":
      return b.kind === "area" && sameAreas(a.area ? [a.area] : [], b.area ? [b.area] : []);
    case "areas":
      return b.kind === "areas" && sameAreas(a.areas, b.areas);
    case "pages":
      return b.kind === "pages" && samePages(a.pages, b.pages);
    case "bytes":
      return b.kind === "bytes" && sameList(a.bytes, b.bytes, (x, y) => x === y);
    case "frames":
      return b.kind === "frames" && a.data === b.data && a.table === b.table;
    case "count":
      return b.kind === "count" && a.count === b.count;
    case "err":
      return b.kind === "err" && a.name === b.name;
    case "panic":
      return b.kind === "panic" && a.text === b.text;
  }
}

function sameAreas(a: readonly AreaRecord[], b: readonly AreaRecord[]): boolean {
  return sameList(
    a,
    b,
    (x, y) =>
      x.start === y.start && x.end === y.end && x.flags === y.flags && sameBackend(x.backend, y.backend),
  );
}

function samePages(a: readonly PageRecord[], b: readonly PageRecord[]): boolean {
  return sameList(a, b, (x, y) => x.addr === y.addr && x.flags === y.flags && x.physical === y.physical);
}

function sameBackend(a: Backend, b: Backend): boolean {
  return a.kind === "linear" ? b.kind === "linear" && a.physical === b.physical : a.kind === b.kind;
}

function sameList<T>(a: ArrayLike<T>, b: ArrayLike<T>, same: (x: T, y: T) => boolean): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [a[index], b[index]];
    if (x === undefined || y === undefined || !same(x, y)) return false;
  }
  return true;
}
