import { takeBoundaries } from "../../models/boundaries.ts";
import { MemorySetModel } from "../../models/memory-set.ts";
import { findDisagreement } from "../../properties/agreement.ts";
import { faultOfMemorySet } from "../../properties/model-soundness.ts";
import { memorySetPlace, NOWHERE } from "../../properties/place.ts";
import { situationsOf } from "../../properties/sometimes.ts";
import { type Answer, OK, sameAnswer } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import type { Observation } from "../trace/observation.ts";
import { printAnswer } from "../trace/print.ts";
import { type Command, isCommand, type Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";
import { describeExpected, describeObserved } from "./describe.ts";
import type { Judge } from "./judge.ts";
import type { Statistics } from "./statistics.ts";
import {
  checkOf,
  findingAt,
  framesLeft,
  injectedByQuery,
  isCarriedOut,
  isTakenOver,
  type Outcome,
  outcomeOf,
  type Panic,
  panicAt,
  sameButForBoundaries,
  wrongInjected,
} from "./verdict.ts";

/** The judge of the memory-set surface. */
export class MemorySetJudge implements Judge {
  readonly model: MemorySetModel;
  private readonly terms: Terms;
  private at = 0;
  private injected = 0;
  private answer: Answer = OK;
  // Whether the model has done what the last request has to do.
  private settled = true;

  constructor(terms: Terms) {
    this.terms = terms;
    this.model = new MemorySetModel(terms);
  }

  reset(): void {
    this.model.reset();
    this.at = 0;
    this.injected = 0;
    this.settled = true;
  }

  step(
    request: Request,
    answer: Answer,
    observed: Observation,
    statistics?: Statistics,
  ): Finding | undefined {
    this.settled = false;
    if (answer.kind === "panic") return panicAt(this.at, answer);
    this.answer = answer;
    // Only where it matters: it has to be looked up before the request changes anything.
    const place = statistics?.behaviours.isCounting ? memorySetPlace(this.model, request) : NOWHERE;
    const finding = isCommand(request)
      ? this.judgeCommand(request, answer, observed)
      : this.judgeQuery(request, answer, observed);
    this.at++;
    if (statistics !== undefined) {
      const situations = situationsOf(request, answer, this.model.footprint, observed.injected);
      statistics.note(request, answer, situations, place);
    }
    return finding;
  }

  /** `step` sees everything that there is to see on this surface. */
  finish(): undefined {
    return undefined;
  }

  drop(observed: Observation, panic?: Panic): Finding | undefined {
    if (this.at === 0) return undefined;
    return panic ? panicAt(this.at - 1, panic) : framesLeft(this.at - 1, this.answer, observed);
  }

  settle(request: Request): void {
    if (this.settled || !isCommand(request)) return;
    this.settled = true;
    this.foresee(request);
  }

  foresee(command: Command): void {
    if (isCarriedOut(this.model.expectCommand(command))) this.model.commit(command);
  }

  faultOfModel(): string | undefined {
    return faultOfMemorySet(this.model);
  }

  fingerprint(into: Fingerprint): void {
    this.model.pages.fingerprint(into);
  }

  snapshot(): () => void {
    const { at, answer, injected } = this;
    const restoreModel = this.model.pages.snapshot();
    return () => {
      this.at = at;
      this.answer = answer;
      this.injected = injected;
      this.settled = true;
      restoreModel();
    };
  }

  private judgeCommand(command: Command, answer: Answer, observed: Observation): Finding | undefined {
    const expected = this.model.expectCommand(command);
    const outcome = this.outcomeOf(command, expected, answer, observed);
    if (outcome === undefined) return this.wrongAnswer(expected, answer);
    this.injected = observed.injected;
    const mayFire = command.inject !== undefined && outcome !== "refused";
    const wrong = wrongInjected(observed.injected, mayFire);
    if (wrong) return findingAt(this.at, "injected", answer, wrong.expected, wrong.observed);
    this.settled = true;
    if (outcome === "done") this.model.commit(command);
    if (isTakenOver(outcome, this.terms.hello)) this.model.adopt(command, observed);
    this.followBoundaries(observed);
    return this.compare(command, outcome, answer, observed);
  }

  private judgeQuery(
    query: Exclude<Request, Command>,
    answer: Answer,
    observed: Observation,
  ): Finding | undefined {
    this.followBoundaries(observed);
    const expected = this.model.expectQuery(query, this.injected);
    if (!this.allows(expected, answer)) return this.wrongAnswer(expected, answer);
    const changed = injectedByQuery(this.at, answer, this.injected, observed);
    return changed ?? this.compare(query, "refused", answer, observed);
  }

  /** How the contract reads the answer to a command, or `undefined` where it doesn't allow it. */
  private outcomeOf(
    command: Command,
    expected: Answer,
    answer: Answer,
    observed: Observation,
  ): Outcome | undefined {
    const right = sameAnswer(expected, answer);
    if (right && expected === OK) return "done";
    const failed =
      answer.kind === "err" &&
      (answer.name === "BadState" || answer.name === "NoMemory") &&
      observed.injected > 0;
    return outcomeOf(expected, right, this.model.manners.isLimit(command, answer), failed);
  }

  /** Whether a query may be answered so. */
  private allows(expected: Answer, answer: Answer): boolean {
    if (sameAnswer(expected, answer)) return true;
    return this.model.manners.freeBoundaries && sameButForBoundaries(expected, answer);
  }

  private followBoundaries(observed: Observation): void {
    const { manners, pages, page } = this.model;
    if (manners.freeBoundaries) takeBoundaries(pages, observed, page);
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
    const area = this.model.areaAt(page);
    return findingAt(
      this.at,
      checkOf(disagreement, isCommand(request) ? this.model.pagesOf(request) : undefined, outcome),
      answer,
      // The page table has the pages of the areas.
      describeExpected(view, page * this.model.page, area, area),
      describeObserved(observed, view, page * this.model.page, this.model.page),
    );
  }

  private wrongAnswer(expected: Answer, answer: Answer): Finding {
    const { addrBits } = this.terms.hello;
    return findingAt(
      this.at,
      "answer",
      answer,
      printAnswer(expected, addrBits),
      printAnswer(answer, addrBits),
    );
  }
}
