/** Runs written down as text, for tests of the judge: what was asked, answered and shown. */
import { virtAddr } from "../trace/address.ts";
import type { AreaRecord, PageRecord } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import { Observation } from "../trace/observation.ts";
import { parseAnswer, parseRequest } from "../trace/parse.ts";
import type { Request } from "../trace/request.ts";
import type { Result } from "../trace/result.ts";
import type { Judge } from "./judge.ts";
import type { Statistics } from "./statistics.ts";

/** One request of a run, its answer, and the state that an implementation shows after it. */
export interface Step {
  readonly request: string;
  readonly answer: string;
  /** As in an answer to `areas`. */
  readonly areas: string;
  /** As in an answer to `pages`; what the areas say where it is left out. */
  readonly pages?: string;
  /** Whether no pages are shown at all. */
  readonly hidesPages?: boolean;
  /** As in an answer to `frames`; not shown where it is left out. */
  readonly frames?: string;
  /** 0 where it is left out. */
  readonly injected?: number;
}

/** Has the steps judged, from an empty set on. The first finding ends it. */
export function judgeSteps(
  judge: Judge,
  page: number,
  steps: readonly Step[],
  statistics?: Statistics,
): Finding | undefined {
  const observed = new Observation();
  let finding: Finding | undefined;
  for (const step of steps) {
    const request = parsed(parseRequest(step.request));
    show(observed, step, page);
    finding ??= judge.step(request, parsed(parseAnswer(step.answer, request)), observed, statistics);
  }
  return finding;
}

/** Has an observation show what a step says. */
export function show(
  observed: Observation,
  { areas, pages, hidesPages, frames, injected = 0 }: Omit<Step, "request" | "answer">,
  page: number,
): void {
  observed.reset();
  observed.injected = injected;
  const shown = areasIn(areas);
  for (const { start, end, flags, backend } of shown) {
    observed.area(start, end, flags, backend.kind, backend.kind === "linear" ? backend.physical : undefined);
  }
  observed.showsPages = hidesPages !== true;
  const present = pages === undefined ? shown.flatMap((area) => pagesOf(area, page)) : pagesIn(pages);
  if (observed.showsPages) {
    for (const { addr, flags, physical } of present) observed.page(addr, flags, physical);
  }
  if (frames === undefined) return;
  const counted = parsed(parseAnswer(`ok ${frames}`, { op: "frames" }));
  if (counted.kind !== "frames") return;
  observed.dataFrames = counted.data;
  observed.tableFrames = counted.table;
}

function pagesOf({ start, end, flags }: AreaRecord, page: number): PageRecord[] {
  return Array.from({ length: (end - start) / page }, (_, index) => ({
    addr: virtAddr(start + index * page),
    flags,
  }));
}

const AREAS: Request = { op: "areas" };
const PAGES: Request = { op: "pages" };

function areasIn(text: string): readonly AreaRecord[] {
  const answer = parsed(parseAnswer(`ok ${text}`, AREAS));
  return answer.kind === "areas" ? answer.areas : [];
}

function pagesIn(text: string): readonly PageRecord[] {
  const answer = parsed(parseAnswer(`ok ${text}`, PAGES));
  return answer.kind === "pages" ? answer.pages : [];
}

function parsed<T>(result: Result<T, { readonly message: string }>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
