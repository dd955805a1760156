import { SOMETIMES, type Sometimes } from "../../properties/sometimes.ts";
import { ANSWER_CLASSES, type Answer, answerCode } from "../trace/answer.ts";
import { OPS, type Op, type Request } from "../trace/request.ts";
import type { Surface } from "../trace/space.ts";

/** What a campaign met: how often each verb got each class of answer, and each `sometimes` property. */
export class Statistics {
  /** Requests carried out, queries included. */
  requests = 0;
  /** Whether the implementation showed the machine below: its page tables, TLB and frames. */
  showsMachine = false;
  private readonly names: readonly Sometimes[];
  private readonly answers = new Float64Array(OPS.length * ANSWER_CLASSES.length);
  private readonly met: Float64Array;

  constructor(surface: Surface) {
    this.names = SOMETIMES[surface];
    this.met = new Float64Array(this.names.length);
  }

  /**
   * Counts one request and what came of it: `situations` are those that it was met in, bit i for the one with
   * index i. The arguments are not bundled in an object: storing a new request in an old object costs more than
   * all the counting.
   */
  note(request: Request, answer: Answer, situations: number): void {
    this.requests++;
    const row = OPS.indexOf(request.op) * ANSWER_CLASSES.length;
    increment(this.answers, row + answerCode(answer));
    for (let rest = situations; rest !== 0; rest &= rest - 1) {
      increment(this.met, 31 - Math.clz32(rest & -rest));
    }
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

function increment(counts: Float64Array, index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}
