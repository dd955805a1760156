import { MemorySetModel } from "../../models/memory-set.ts";
import { type Disagreement, findDisagreement } from "../../properties/agreement.ts";
import type { Check } from "../../properties/invariants.ts";
import { type Answer, answerClass, sameAnswer } from "../trace/answer.ts";
import type { Finding, FindingKind } from "../trace/finding.ts";
import type { Observation } from "../trace/observation.ts";
import { printAnswer } from "../trace/print.ts";
import { type Command, isCommand, type Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { describeModelPage, describeObservedPage } from "./describe.ts";
import type { Statistics } from "./statistics.ts";

/** What became of a command: refused or failed ones leave their range as it was, or half-way. */
type Outcome = "done" | "refused" | "failed";

/**
 * The judge holds the model. It takes requests one by one, each with what was answered and what could be
 * observed afterwards, and says whether the contract allows it. It knows no subject: a driver, here in
 * process or over a pipe, brings answers and observations.
 */
export class Judge {
  readonly model: MemorySetModel;
  private readonly terms: Terms;
  private at = 0;
  private injected = 0;

  constructor(terms: Terms) {
    this.terms = terms;
    this.model = new MemorySetModel(terms);
  }

  /** Begins a run: an empty instance, nothing judged yet. */
  reset(): void {
    this.model.reset();
    this.at = 0;
    this.injected = 0;
  }

  /**
   * Judges one request. `observed` is what showed after it; it is not looked at after a `panic`.
   * `statistics`, where given, learn what was met. After a finding the run is over.
   */
  step(
    request: Request,
    answer: Answer,
    observed: Observation,
    statistics?: Statistics,
  ): Finding | undefined {
    if (answer.kind === "panic") return this.finding("panic", "panic", answer, "no panic", answer.text);
    const finding = isCommand(request)
      ? this.judgeCommand(request, answer, observed)
      : this.judgeQuery(request, answer, observed);
    this.at++;
    statistics?.note(request, answer, this.model.footprint, observed.injected);
    return finding;
  }

  private judgeCommand(command: Command, answer: Answer, observed: Observation): Finding | undefined {
    const expected = this.model.expectCommand(command);
    const outcome = outcomeOf(expected, answer, observed);
    if (outcome === undefined) return this.wrongAnswer(expected, answer);
    this.injected = observed.injected;
    const mayFire = command.inject !== undefined && outcome !== "refused";
    if (observed.injected !== 0 && !(mayFire && isCount(observed.injected))) {
      const expected = mayFire ? "injected as often as a call failed" : "injected 0";
      return this.finding("invariant", "injected", answer, expected, `injected ${observed.injected}`);
    }
    if (outcome === "done") this.model.commit(command);
    if (outcome === "failed" && this.terms.hello.failure === "consistent")
      this.model.adopt(command, observed);
    return this.compare(command, outcome, answer, observed);
  }

  private judgeQuery(
    query: Exclude<Request, Command>,
    answer: Answer,
    observed: Observation,
  ): Finding | undefined {
    const expected = this.model.expectQuery(query, this.injected);
    if (!sameAnswer(expected, answer)) return this.wrongAnswer(expected, answer);
    if (observed.injected !== this.injected) {
      const [before, after] = [this.injected, observed.injected];
      return this.finding("invariant", "injected", answer, `injected ${before}`, `injected ${after}`);
    }
    return this.compare(query, "refused", answer, observed);
  }

  private compare(
    request: Request,
    outcome: Outcome,
    answer: Answer,
    observed: Observation,
  ): Finding | undefined {
    const disagreement = findDisagreement(this.model.pages, observed, this.model.page);
    if (disagreement === undefined) return undefined;
    const { view, page } = disagreement;
    return this.finding(
      "invariant",
      this.checkOf(disagreement, request, outcome),
      answer,
      describeModelPage(this.model, view, page),
      describeObservedPage(observed, view, page, this.model.page),
    );
  }

  /** The check that a disagreement fails. Whether an area begins at its end is still the range's affair. */
  private checkOf({ view, page, boundary }: Disagreement, request: Request, outcome: Outcome): Check {
    if (view === "area-order" || view === "page-order") return "order";
    if (outcome === "refused" || !isCommand(request)) return "refusal";
    const { from, to } = this.model.pagesOf(request);
    if (page < from || page > to || (page === to && !boundary)) return "outside";
    return outcome === "failed" ? "failure" : view;
  }

  private wrongAnswer(expected: Answer, answer: Answer): Finding {
    const { addrBits } = this.terms.hello;
    return this.finding(
      "answer",
      "answer",
      answer,
      printAnswer(expected, addrBits),
      printAnswer(answer, addrBits),
    );
  }

  private finding(
    kind: FindingKind,
    check: Check,
    answer: Answer,
    expected: string,
    observed: string,
  ): Finding {
    return { kind, check, at: this.at, expected, observed, answer: answerClass(answer) };
  }
}

/** How the contract reads the answer to a command, or `undefined` where it doesn't allow it. */
function outcomeOf(expected: Answer, answer: Answer, observed: Observation): Outcome | undefined {
  if (sameAnswer(expected, answer)) return expected.kind === "ok" ? "done" : "refused";
  const failed = answer.kind === "err" && (answer.name === "BadState" || answer.name === "NoMemory");
  return failed && expected.kind === "ok" && observed.injected > 0 ? "failed" : undefined;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
