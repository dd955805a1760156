/** How far a suite is. */
export interface SuiteTally {
  /** States whose transitions are known. */
  states: number;
  traces: number;
  /** Traces that are saved. */
  saved: number;
}

/** Nothing so far. */
export function newSuiteTally(): SuiteTally {
  return { states: 0, traces: 0, saved: 0 };
}
