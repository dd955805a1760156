/** Whether a case can be asked at all, decided from its text alone. */
import { ADDRESS_BITS } from "../trace/address.ts";
import { type Dialect, PLAIN_DIALECT } from "../trace/dialect.ts";
import { ALL_FLAGS } from "../trace/flags.ts";
import { findMisfit, misfitOfSpace } from "../trace/preconditions.ts";
import {
  ADDRESS_SPACE_HELLO,
  addressLimit,
  type Hello,
  MEMORY_SET_HELLO,
  OFFERS,
  type Surface,
} from "../trace/space.ts";
import type { EarlierRun } from "./entry.ts";

/** Why a case can't be asked. */
export interface CaseMisfit {
  /** Index of the request that doesn't fit; absent where the whole case is meant. */
  readonly at?: number;
  /** What is wrong, and what to do about it. Neither ends in a full stop. */
  readonly reason: string;
  readonly remedy: string;
}

/** Of a case that was given up by hand. */
export const MARKED_STALE: CaseMisfit = {
  reason: "the case is marked as stale",
  remedy: "delete it, or change its status",
};

/** A run, and those that it needs before it. */
export interface Asked extends EarlierRun {
  readonly before?: readonly EarlierRun[];
}

/** Why the case can't be asked of an implementation that says `hello` of itself; `undefined` where it can. */
export function misfitOfCase({ before = [], ...run }: Asked, hello: Hello): CaseMisfit | undefined {
  for (const earlier of before) {
    const misfit = misfitOfRun(earlier, hello);
    if (misfit) {
      const { reason, remedy } = misfit;
      return { reason: `an earlier run doesn't fit: ${reason}`, remedy };
    }
  }
  return misfitOfRun(run, hello);
}

/** `hello` of an implementation with the same manners that can be asked more than any other: what doesn't fit it fits none. */
export function widest(hello: Hello): Hello {
  const { surface } = hello;
  return {
    ...hello,
    addrBits: ADDRESS_BITS,
    flags: ALL_FLAGS,
    inject: ["frame", "backend"],
    ...OFFERS[surface],
  };
}

/** The widest implementation of a surface, with the manners of `dialect` and otherwise the contract's own. */
export function widestOf(surface: Surface, dialect: Partial<Dialect> = {}): Hello {
  const plain = surface === "memory-set" ? MEMORY_SET_HELLO : ADDRESS_SPACE_HELLO;
  return widest({ ...plain, dialect: { ...PLAIN_DIALECT, ...dialect } });
}

function misfitOfRun({ space, requests }: EarlierRun, hello: Hello): CaseMisfit | undefined {
  const unsound = misfitOfSpace(space, addressLimit(hello), hello.surface);
  if (unsound !== undefined) {
    return { reason: `the space is not sound: ${unsound}`, remedy: "correct the space" };
  }
  if (space.frames > 0 && hello.surface === "address-space" && !hello.queries.includes("frames")) {
    const reason = "the case limits the frames, and they aren't counted";
    return { reason, remedy: "give the space 0 frames" };
  }
  const misfit = findMisfit(requests, { space, hello });
  return misfit && { ...misfit, remedy: "correct the line, or delete the case" };
}
