/** Which answers the contract of the address-space surface allows, where more than one is right. */
import type { AddressSpaceModel } from "../../models/address-space.ts";
import { UNKNOWN } from "../../models/space-pages.ts";
import { mayBeShown } from "../../properties/address-space-agreement.ts";
import { type Answer, type PageRecord, sameAnswer } from "../trace/answer.ts";
import { NO_FRAMES, NO_PHYSICAL } from "../trace/observation.ts";
import { printAnswer } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import { sameButForBoundaries } from "./verdict.ts";

/**
 * Whether the model, which says `expected` to the request, allows the answer. The physical address of an `access`
 * is not looked at: see `isRightAddress`.
 */
export function allowsAnswer(
  model: AddressSpaceModel,
  request: Request,
  expected: Answer,
  answer: Answer,
): boolean {
  switch (request.op) {
    case "access":
      return sameAnswer(expected, answer) || (expected.kind === "ok" && isAddress(answer));
    case "load":
      if (expected.kind !== "ok") return sameAnswer(expected, answer);
      return (
        answer.kind === "bytes" &&
        answer.bytes.length === request.size &&
        model.hasBytes(request.addr, answer.bytes)
      );
    case "translate":
      if (model.manners.pagesComeAndGo && isNone(answer)) return true;
      if (expected.kind !== "address" || expected.address !== UNKNOWN) return sameAnswer(expected, answer);
      return isAddress(answer) && isRightAddress(model, request.addr, answer);
    case "pages":
      if (expected.kind !== "pages" || answer.kind !== "pages") return false;
      return model.manners.pagesComeAndGo
        ? mayAllBeShown(model, answer.pages)
        : allowsPages(expected.pages, answer.pages);
    case "areas":
      if (sameAnswer(expected, answer)) return true;
      return model.manners.freeBoundaries && sameButForBoundaries(expected, answer);
    case "frames":
      if (model.manners.pagesComeAndGo) return answer.kind === "frames";
      if (expected.kind !== "frames" || answer.kind !== "frames") return false;
      return (
        answer.data === expected.data && (expected.table === NO_FRAMES || answer.table === expected.table)
      );
    case "map":
    case "unmap":
    case "protect":
    case "clear":
    case "fault":
    case "write":
    case "store":
    case "injected":
    case "find":
    case "overlaps":
    case "read":
    case "find-free":
    case "can-access":
      return sameAnswer(expected, answer);
  }
}

/** Whether the physical address in the answer, if there is one, is what the model knows of `addr`. */
export function isRightAddress(model: AddressSpaceModel, addr: number, answer: Answer): boolean {
  if (answer.kind !== "address" || answer.address === null) return true;
  const physical = model.physicalAt(addr);
  if (physical === UNKNOWN) return answer.address % model.page === addr % model.page;
  return answer.address === physical;
}

/** The answer that the model wants, as a line. */
export function describeAllowed(
  model: AddressSpaceModel,
  request: Request,
  expected: Answer,
  addrBits: number,
): string {
  const wanted = describeWanted(model, request, expected, addrBits);
  if (!model.manners.pagesComeAndGo) return wanted;
  if (request.op === "pages") return `some of these pages: ${wanted}`;
  return request.op === "translate" && !isNone(expected) ? `${wanted}, or ok none` : wanted;
}

function describeWanted(
  model: AddressSpaceModel,
  request: Request,
  expected: Answer,
  addrBits: number,
): string {
  if (expected.kind === "address" && expected.address === UNKNOWN) return "ok and some physical address";
  if (request.op === "access" && expected.kind === "ok") {
    const address = model.physicalAt(request.addr);
    if (address !== null && address !== UNKNOWN) {
      return printAnswer({ kind: "address", address }, addrBits, "access");
    }
  }
  if (request.op === "load" && expected.kind === "ok") {
    return printAnswer({ kind: "bytes", bytes: model.bytesAt(request.addr, request.size) });
  }
  return printAnswerTo(request, expected, addrBits);
}

/** The answer to a request as a line. */
export function printAnswerTo({ op }: Request, answer: Answer, addrBits: number): string {
  return printAnswer(answer, addrBits, op);
}

function isAddress(answer: Answer): boolean {
  return answer.kind === "address" && answer.address !== null;
}

function isNone(answer: Answer): boolean {
  return answer.kind === "address" && answer.address === null;
}

/** Where pages come and go: whether the pages, in order, are some of those that may be there. */
function mayAllBeShown(model: AddressSpaceModel, pages: readonly PageRecord[]): boolean {
  return pages.every(({ addr, flags, physical = NO_PHYSICAL }, index) => {
    const isAfter = addr > (pages[index - 1]?.addr ?? -1);
    return isAfter && addr % model.page === 0 && mayBeShown(model, addr / model.page, flags, physical);
  });
}

/** Physical addresses may be left out, by a system that doesn't know them. */
function allowsPages(expected: readonly PageRecord[], answered: readonly PageRecord[]): boolean {
  return (
    expected.length === answered.length &&
    expected.every(({ addr, flags, physical }, index) => {
      const page = answered[index];
      if (page?.addr !== addr || page.flags !== flags) return false;
      return physical === undefined || page.physical === undefined || page.physical === physical;
    })
  );
}
