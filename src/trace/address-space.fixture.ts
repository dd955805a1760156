/** The terms of the address-space surface, for tests. */
import { virtAddr } from "./address.ts";
import { ALL_FLAGS } from "./flags.ts";
import { SIXTEEN_PAGES } from "./literal.fixture.ts";
import { type Hello, ADDRESS_SPACE_HELLO as LEAST_HELLO, type Space } from "./space.ts";

/** An implementation with 48 bits of addresses that can be asked all there is. */
export const ADDRESS_SPACE_HELLO: Hello = {
  ...LEAST_HELLO,
  pageFlags: ALL_FLAGS,
  failure: "atomic",
  inject: ["frame", "backend"],
};

/** Sixteen pages from address 0. */
export const SMALL_TERMS = { space: SIXTEEN_PAGES, hello: ADDRESS_SPACE_HELLO };

/** 256 GiB from 64 TiB on, below the middle. */
export const LARGE_SPACE: Space = { base: virtAddr(2 ** 46), size: 2 ** 38, page: 0x1000, frames: 0 };

export const LARGE_TERMS = { space: LARGE_SPACE, hello: ADDRESS_SPACE_HELLO };
