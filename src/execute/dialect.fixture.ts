/** Runs under a dialect, written down for both surfaces at once. */
import { ADDRESS_SPACE_HELLO } from "../trace/address-space.fixture.ts";
import { type Dialect, PLAIN_DIALECT } from "../trace/dialect.ts";
import type { Finding } from "../trace/finding.ts";
import { SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { type Hello, MEMORY_SET_HELLO } from "../trace/space.ts";
import { judgeSteps, type Step } from "./judge.fixture.ts";
import { judgeFor } from "./judge.ts";

/** The manners of a dialect that are not the contract's own. */
export type Manners = Partial<Dialect>;

/** A request, its answer, and the areas that show after it; `lazy` in them stands for the surface's backend. */
export type Line = readonly [request: string, answer: string, areas: string, injected?: number];

/** An area of two pages, a hole of one, and an area of one. */
export const MAPPED: readonly Line[] = [
  ["map 0x1000 0x2000 rwu lazy", "ok", "0x1000-0x3000 rwu lazy"],
  ["map 0x4000 0x1000 rwu lazy", "ok", "0x1000-0x3000 rwu lazy;0x4000-0x5000 rwu lazy"],
];

/** What shows of them. */
export const BOTH = "0x1000-0x3000 rwu lazy;0x4000-0x5000 rwu lazy";

/** A surface to try a dialect on. */
export interface Ground {
  readonly surface: Hello["surface"];
  readonly judge: (manners: Manners, lines: readonly Line[], more?: Partial<Hello>) => Finding | undefined;
  /** What the last line of `MAPPED` and this one is caught by. */
  readonly caught: (manners: Manners, line: Line, more?: Partial<Hello>) => string | undefined;
}

/** Both surfaces. */
export const GROUNDS: readonly Ground[] = [
  ground(MEMORY_SET_HELLO, "mock", {}),
  ground(ADDRESS_SPACE_HELLO, "alloc:lazy", { pages: "none" }),
];

function ground(hello: Hello, backend: string, shown: Partial<Step>): Ground {
  const on = (text: string) => text.replaceAll("lazy", backend);
  const judge: Ground["judge"] = (manners, lines, more = {}) => {
    const steps = lines.map(([request, answer, areas, injected = 0]) => {
      return { ...shown, request: on(request), answer: on(answer), areas: on(areas), injected };
    });
    const dialect = { ...PLAIN_DIALECT, ...manners };
    const over = judgeFor({ space: SIXTEEN_PAGES, hello: { ...hello, ...more, dialect } });
    return judgeSteps(over, SIXTEEN_PAGES.page, steps);
  };
  const caught: Ground["caught"] = (manners, line, more) => {
    const finding = judge(manners, [...MAPPED, line], more);
    return finding === undefined || finding.at === MAPPED.length ? finding?.check : `at ${finding.at}`;
  };
  return { surface: hello.surface, judge, caught };
}

/** Has steps on the address-space surface judged. */
export function judgeSpace(
  manners: Manners,
  steps: readonly Step[],
  more: Partial<Hello> = {},
): Finding | undefined {
  const dialect = { ...PLAIN_DIALECT, ...manners };
  const judge = judgeFor({ space: SIXTEEN_PAGES, hello: { ...ADDRESS_SPACE_HELLO, ...more, dialect } });
  return judgeSteps(judge, SIXTEEN_PAGES.page, steps);
}
