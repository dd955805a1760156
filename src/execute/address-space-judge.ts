import { AddressSpaceModel } from "../../models/address-space.ts";
import { adopt } from "../../models/address-space-adoption.ts";
import { takeSpaceBoundaries } from "../../models/boundaries.ts";
import { findSpaceDisagreement, type SpaceDisagreement } from "../../properties/address-space-agreement.ts";
import { spacePlace } from "../../properties/address-space-place.ts";
import { type SpaceFacts, spaceSituationsOf } from "../../properties/address-space-sometimes.ts";
import { HardwareInspection } from "../../properties/hardware-agreement.ts";
import { faultOfAddressSpace } from "../../properties/model-soundness.ts";
import { NOWHERE } from "../../properties/place.ts";
import { type Answer, OK } from "../trace/answer.ts";
import type { Finding } from "../trace/finding.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import { NO_FRAMES, type Observation } from "../trace/observation.ts";
import { type Command, isCommand, type Request } from "../trace/request.ts";
import { addressLimit, type Terms } from "../trace/space.ts";
import { allowsAnswer, describeAllowed, isRightAddress, printAnswerTo } from "./address-space-answer.ts";
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
  wrongInjected,
} from "./verdict.ts";

/** Pages that one table of the lowest level holds. */
const TABLE_PAGES = 512;
/** Tables that a command may need besides those of the lowest level: the contract allows for 7. */
const SPARE_TABLES = 7;

/** The judge of the address-space surface. */
export class AddressSpaceJudge implements Judge {
  readonly model: AddressSpaceModel;
  private readonly terms: Terms;
  private readonly limit: number;
  private readonly inspection: HardwareInspection;
  private at = 0;
  private injected = 0;
  private answer: Answer = OK;
  // Whether the model has done what the last request has to do.
  private settled = true;
  // What showed of the frames before the request at hand.
  private data = 0;
  private table = NO_FRAMES;
  private readonly facts: SpaceFacts;

  constructor(terms: Terms) {
    this.terms = terms;
    this.limit = addressLimit(terms.hello);
    this.model = new AddressSpaceModel(terms);
    this.inspection = new HardwareInspection(this.model);
    this.facts = {
      footprint: this.model.state.footprint,
      outcome: "refused",
      injected: 0,
      overflows: false,
      cached: false,
      cutsHuge: false,
    };
  }

  reset(): void {
    this.model.reset();
    this.inspection.reset();
    this.at = 0;
    this.injected = 0;
    this.settled = true;
    this.data = 0;
    this.table = NO_FRAMES;
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
    this.facts.outcome = "refused";
    if (statistics !== undefined) this.lookAhead(request);
    const place = statistics?.behaviours.isCounting ? spacePlace(this.model, request) : NOWHERE;
    const finding = isCommand(request)
      ? this.judgeCommand(request, answer, observed)
      : this.judgeQuery(request, answer, observed);
    this.at++;
    if (statistics !== undefined) {
      this.facts.injected = observed.injected;
      const situations = finding ? 0 : spaceSituationsOf(request, answer, this.facts);
      statistics.showsMachine ||= observed.hardware !== undefined;
      statistics.note(request, answer, situations, place);
    }
    return finding;
  }

  finish(observed: Observation): Finding | undefined {
    if (this.at === 0 || observed.hardware === undefined) return undefined;
    const wrong = this.inspection.findWrongByte(observed.hardware, true);
    return wrong && findingAt(this.at - 1, wrong.check, this.answer, wrong.expected, wrong.observed);
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
    return faultOfAddressSpace(this.model);
  }

  fingerprint(into: Fingerprint): void {
    this.model.state.fingerprint(into);
    // What may run out depends on it.
    into.number(this.table - NO_FRAMES);
  }

  snapshot(): () => void {
    const { at, answer, injected, data, table } = this;
    const restoreInspection = this.inspection.snapshot();
    const restoreModel = this.model.state.snapshot();
    return () => {
      this.at = at;
      this.answer = answer;
      this.injected = injected;
      this.settled = true;
      this.data = data;
      this.table = table;
      restoreInspection();
      restoreModel();
    };
  }

  private judgeCommand(command: Command, answer: Answer, observed: Observation): Finding | undefined {
    const expected = this.model.expectCommand(command);
    const outcome = this.outcomeOf(command, expected, answer, observed);
    if (outcome === undefined) return this.wrongAnswer(command, expected, answer);
    this.facts.outcome = outcome === "partial" ? "refused" : outcome;
    this.injected = observed.injected;
    const mayFire = command.inject !== undefined && (outcome !== "refused" || answer.kind !== "err");
    const wrong = wrongInjected(observed.injected, mayFire);
    if (wrong) return findingAt(this.at, "injected", answer, wrong.expected, wrong.observed);
    this.settled = true;
    if (outcome === "done") this.model.commit(command);
    else if (command.op === "write") this.model.state.expectUnwritten(command.addr, command.bytes.length);
    if (isTakenOver(outcome, this.terms.hello)) adopt(this.model, command, observed);
    this.followBoundaries(observed);
    const finding = this.compare(command, outcome, answer, observed);
    if (finding || command.op !== "access" || isRightAddress(this.model, command.addr, answer))
      return finding;
    // Only now, as the frame of a page that just came in shows afterwards.
    return this.wrongAnswer(command, expected, answer);
  }

  private judgeQuery(
    query: Exclude<Request, Command>,
    answer: Answer,
    observed: Observation,
  ): Finding | undefined {
    this.followBoundaries(observed);
    const expected = this.model.expectQuery(query, this.injected, this.table);
    if (!allowsAnswer(this.model, query, expected, answer)) return this.wrongAnswer(query, expected, answer);
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
    const right = allowsAnswer(this.model, command, expected, answer);
    if (right && expected === OK) return "done";
    const failed = isFailure(command, answer) && (observed.injected > 0 || this.mayRunOut(command));
    return outcomeOf(expected, right, this.model.manners.isLimit(command, answer), failed);
  }

  private followBoundaries(observed: Observation): void {
    const { manners, state } = this.model;
    if (manners.freeBoundaries) takeSpaceBoundaries(state, observed);
  }

  /** Whether fewer frames are left than the pages of the command and their tables could need. */
  private mayRunOut(command: Command): boolean {
    const { frames } = this.terms.space;
    if (frames === 0) return false;
    // How many are out is not known.
    if (this.model.manners.pagesComeAndGo) return true;
    const { from, to } = this.model.pagesOf(command);
    const pages = command.op === "clear" ? this.model.state.pages.count : to - from;
    const left = frames - this.data - Math.max(this.table, 0);
    return left < pages + Math.ceil(pages / TABLE_PAGES) + SPARE_TABLES;
  }

  private compare(
    request: Request,
    outcome: Outcome,
    answer: Answer,
    observed: Observation,
  ): Finding | undefined {
    const disagreement = findSpaceDisagreement(this.model, observed);
    if (disagreement) return this.wrongState(disagreement, request, outcome, answer, observed);
    const finding = this.model.manners.pagesComeAndGo ? undefined : this.compareFrames(answer, observed);
    if (finding || observed.hardware === undefined) return finding;
    const wrong = this.inspection.findDisagreement(observed.hardware, observed);
    return wrong && findingAt(this.at, wrong.check, answer, wrong.expected, wrong.observed);
  }

  private compareFrames(answer: Answer, observed: Observation): Finding | undefined {
    const { dataFrames } = this.model;
    if (observed.dataFrames !== NO_FRAMES && observed.dataFrames !== dataFrames) {
      const shown = `frames data=${observed.dataFrames}`;
      return findingAt(this.at, "frames", answer, `frames data=${dataFrames}`, shown);
    }
    const { frames } = this.terms.space;
    if (frames > 0 && observed.dataFrames + observed.tableFrames > frames) {
      const shown = `frames data=${observed.dataFrames} table=${observed.tableFrames}`;
      return findingAt(this.at, "frames", answer, `at most ${frames} frames handed out`, shown);
    }
    this.data = dataFrames;
    this.table = observed.tableFrames;
    return undefined;
  }

  private wrongState(
    disagreement: SpaceDisagreement,
    request: Request,
    outcome: Outcome,
    answer: Answer,
    observed: Observation,
  ): Finding {
    const { view, page } = disagreement;
    const addr = page * this.model.page;
    return findingAt(
      this.at,
      checkOf(disagreement, isCommand(request) ? this.model.pagesOf(request) : undefined, outcome),
      answer,
      describeExpected(view, addr, this.model.areaAt(page), this.model.translationAt(page)),
      describeObserved(observed, view, addr, this.model.page),
    );
  }

  private wrongAnswer(request: Request, expected: Answer, answer: Answer): Finding {
    const { addrBits } = this.terms.hello;
    return findingAt(
      this.at,
      "answer",
      answer,
      describeAllowed(this.model, request, expected, addrBits),
      printAnswerTo(request, answer, addrBits),
    );
  }

  /** Notes for statistics what is known of the state before the request. */
  private lookAhead(request: Request): void {
    const { facts, inspection } = this;
    facts.overflows = false;
    facts.cached = false;
    facts.cutsHuge = false;
    if (!isCommand(request)) return;
    switch (request.op) {
      case "map":
      case "unmap":
      case "protect": {
        const end = request.start + request.size;
        facts.overflows = end >= this.limit;
        facts.cached = inspection.wasCached(request.start, end);
        facts.cutsHuge = inspection.wasInsideHuge(request.start) || inspection.wasInsideHuge(end);
        return;
      }
      case "clear":
        facts.cached = inspection.wasCached(0, this.limit);
        return;
      case "access":
      case "store":
      case "load":
        facts.cached = inspection.wasCached(request.addr, request.addr + 1);
        return;
      case "fault":
      case "write":
        return;
    }
  }
}

/** Whether the answer can mean that the command failed for want of a frame or by its backend. */
function isFailure(command: Command, answer: Answer): boolean {
  switch (command.op) {
    case "map":
    case "unmap":
    case "protect":
    case "clear":
      return answer.kind === "err" && (answer.name === "BadState" || answer.name === "NoMemory");
    case "fault":
      return answer.kind === "truth" && !answer.truth;
    case "access":
    case "store":
    case "load":
      return answer.kind === "fault";
    case "write":
      return false;
  }
}
