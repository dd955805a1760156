import { NOWHERE, PLACES } from "../../properties/place.ts";
import { SOMETIMES, type Sometimes } from "../../properties/sometimes.ts";
import { ANSWER_CLASSES, type Answer, answerCode } from "../trace/answer.ts";
import { BACKEND_KINDS } from "../trace/observation.ts";
import { isCommand, OPS, type Op, type Request } from "../trace/request.ts";
import type { Surface } from "../trace/space.ts";
import { type BehaviourCounts, Behaviours } from "./behaviours.ts";

/** What was counted, as plain data. */
export interface StatisticsCounts {
  readonly requests: number;
  readonly showsMachine: boolean;
  readonly answers: Float64Array;
  readonly met: Float64Array;
  readonly behaviours: BehaviourCounts;
}

/** What a campaign met: how often each verb got each class of answer, and each `sometimes` property. */
export class Statistics {
  /** Requests carried out, queries included. */
  requests = 0;
  /** Whether the implementation showed the machine below: its page tables, TLB and frames. */
  showsMachine = false;
  /** Which behaviours were seen in the runs that count. */
  readonly behaviours = new Behaviours();
  private readonly names: readonly Sometimes[];
  private readonly answers = new Float64Array(OPS.length * ANSWER_CLASSES.length);
  private readonly met: Float64Array;

  constructor(surface: Surface) {
    this.names = SOMETIMES[surface];
    this.met = new Float64Array(this.names.length);
  }

  /**
   * Counts one request and what came of it: `situations` are those that it was met in, bit i for the one with
   * index i, and `place` is how its range lay on the areas and pages before it. The arguments are not bundled in an
   * object: storing a new request in an old object costs more than all the counting.
   */
  note(request: Request, answer: Answer, situations: number, place = NOWHERE): void {
    this.requests++;
    const op = OPS.indexOf(request.op);
    const answered = answerCode(answer);
    increment(this.answers, op * ANSWER_CLASSES.length + answered);
    this.behaviours.note(
      ((op * WAYS + wayOf(request)) * ANSWER_CLASSES.length + answered) * PLACES + place,
      situations,
    );
    for (let rest = situations; rest !== 0; rest &= rest - 1) {
      increment(this.met, 31 - Math.clz32(rest & -rest));
    }
  }

  /** What was counted so far. No run is under way. */
  counts(): StatisticsCounts {
    const { requests, showsMachine, answers, met, behaviours } = this;
    return { requests, showsMachine, answers, met, behaviours: behaviours.counts() };
  }

  /** Counts what was counted elsewhere, in other runs. */
  add({ requests, showsMachine, answers, met, behaviours }: StatisticsCounts): void {
    this.requests += requests;
    this.showsMachine ||= showsMachine;
    addTo(this.answers, answers);
    addTo(this.met, met);
    this.behaviours.add(behaviours);
  }

  /** For each verb that was carried out, how often it got each class of answer. */
  answerTable(): { readonly op: Op; readonly answers: Readonly<Record<string, number>> }[] {
    const width = ANSWER_CLASSES.length;
    return OPS.map((op, row) => {
      const counts = this.answers.subarray(row * width, (row + 1) * width);
      const named = ANSWER_CLASSES.map((name, column) => [name, counts[column] ?? 0] as const);
      return { op, answers: Object.fromEntries(named.filter(([, count]) => count > 0)) };
    }).filter(({ answers }) => Object.keys(answers).length > 0);
  }

  /** Every `sometimes` property and how often it came true. */
  sometimes(): { readonly name: Sometimes; readonly count: number }[] {
    return this.names.map((name, index) => ({ name, count: this.met[index] ?? 0 }));
  }
}

/** How many ways there are to ask for an operation. */
const WAYS = 3 * 2 * BACKEND_KINDS.length;

/** In which way an operation is asked for: with which failure injected, and for a map with which backend. */
function wayOf(request: Request): number {
  if (!isCommand(request)) return 0;
  const { inject } = request;
  const injected = inject === undefined ? 0 : inject.kind === "frame" ? 1 : 2;
  if (request.op !== "map") return injected;
  return injected + 3 * ((request.replace ? 1 : 0) + 2 * BACKEND_KINDS.indexOf(request.backend.kind));
}

function addTo(sums: Float64Array, counts: Float64Array): void {
  for (const [index, count] of counts.entries()) increment(sums, index, count);
}

function increment(counts: Float64Array, index: number, by = 1): void {
  counts[index] = (counts[index] ?? 0) + by;
}
