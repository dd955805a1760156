/** Which answers the contract of the address-space surface allows, where more than one is right. */
import type { AddressSpaceModel } from "../../models/address-space.ts";
import { UNKNOWN } from "../../models/space-pages.ts";
import { type Answer, type PageRecord, sameAnswer } from "../trace/answer.ts";
import { NO_FRAMES } from "../trace/observation.ts";
import { printAnswer } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";

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
      if (expected.kind !== "address" || expected.address !== UNKNOWN) return sameAnswer(expected, answer);
      return isAddress(answer) && isRightAddress(model, request.addr, answer);
    case "pages":
      return (
        expected.kind === "pages" && answer.kind === "pages" && allowsPages(expected.pages, answer.pages)
      );
    case "frames":
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
    case "areas":
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
