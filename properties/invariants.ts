/**
 * The checks of the contract by name. Every finding names the one that failed, and every planted defect
 * names the one that must catch it.
 */

/**
 * A check's name and what it demands. `answer` and `panic` judge answers, the others the state shown; those from
 * `frames` on concern implementations that show their frames, or the machine below.
 */
export const CHECKS = {
  answer: "every request is answered as the contract says",
  panic: "no request makes the implementation throw or die",
  order: "areas are in address order, not empty, made of whole pages, and do not overlap; so are pages",
  areas: "areas say for every page of the command's range what the model says",
  pages: "the page table holds exactly the model's pages, flags included",
  outside: "nothing outside the command's range changes",
  refusal: "a refused command, and a query, change nothing",
  failure: "after a failed command each page is as before or as the command would have left it",
  injected: "an injected failure fires only inside a command that carries it and is not refused",
  frames: "as many data frames are handed out as allocated pages have one, and no more frames than there are",
  identity: "an allocated page keeps its frame, which is handed out as data and no other page's",
  walk: "what a processor reads from the page tables in memory is what `pages` shows",
  tables: "the frames handed out for page tables are those that a walk from the root reaches",
  tlb: "every cached translation is what a fresh walk of the page tables gives",
  bytes: "memory holds what was written to a page, and zeros where nothing was",
  drop: "all frames are given back when the instance is given up",
} as const satisfies Readonly<Record<string, string>>;

/** What is demanded of an implementation in a process of its own besides: that it keeps to the protocol. */
export const PIPE_CHECKS = {
  crash: "the implementation goes on until it is told to quit, and then ends with status 0",
  hang: "every request is answered in time",
  garbage: "every answer is one of the trace language, and one to its request",
  "out-of-step": "every request is answered by exactly one line",
  flood: "answers keep to the limits of the trace language",
} as const satisfies Readonly<Record<string, string>>;

/** The name of a check of the contract. */
export type Check = keyof typeof CHECKS;

/** The name of a check of the protocol. */
export type PipeCheck = keyof typeof PIPE_CHECKS;

/** What the check called `name` demands; nothing for a name that isn't one's. */
export function demandOf(name: string): string {
  return Object.entries({ ...CHECKS, ...PIPE_CHECKS }).find(([known]) => known === name)?.[1] ?? "";
}
