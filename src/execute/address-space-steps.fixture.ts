/** Steps on the address-space surface, for tests of its judge. */
import { ADDRESS_SPACE_HELLO } from "../trace/address-space.fixture.ts";
import type { Finding } from "../trace/finding.ts";
import { SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Hello, Space } from "../trace/space.ts";
import { judgeSteps, type Step } from "./judge.fixture.ts";
import { judgeFor } from "./judge.ts";

/** A lazy area of three pages, none of them with a frame. */
export const LAZY: Step = {
  request: "map 0x1000 0x3000 rw alloc:lazy",
  answer: "ok",
  areas: "0x1000-0x4000 rw alloc:lazy",
  pages: "none",
  frames: "data=0 table=1",
};

/** Its middle page comes in. */
export const IN: Step = {
  ...LAZY,
  request: "fault 0x2000 w",
  answer: "ok true",
  pages: "0x2000=0x80003000:rw",
  frames: "data=1 table=4",
};

/** An eager area of two pages. */
export const EAGER: Step = {
  request: "map 0x1000 0x2000 rw alloc:eager",
  answer: "ok",
  areas: "0x1000-0x3000 rw alloc:eager",
  pages: "0x1000=0x80001000:rw;0x2000=0x80005000:rw",
  frames: "data=2 table=4",
};

/** A linear area of two pages. */
export const LINEAR: Step = {
  request: "map 0x1000 0x2000 rw linear:0x80001000",
  answer: "ok",
  areas: "0x1000-0x3000 rw linear:0x80001000",
  pages: "0x1000=0x80001000:rw;0x2000=0x80002000:rw",
  frames: "data=0 table=4",
};

/** Has the steps judged, from an empty space on. The first finding ends it. */
export function judge(
  steps: readonly Step[],
  hello: Partial<Hello> = {},
  space: Partial<Space> = {},
): Finding | undefined {
  const terms = { space: { ...SIXTEEN_PAGES, ...space }, hello: { ...ADDRESS_SPACE_HELLO, ...hello } };
  return judgeSteps(judgeFor(terms), terms.space.page, steps);
}
