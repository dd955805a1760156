import type { Subject } from "../subjects/subject.ts";
import type { Finding } from "../trace/finding.ts";
import { findMisfit, misfitOfSpace } from "../trace/preconditions.ts";
import { printRequest } from "../trace/print.ts";
import type { Request } from "../trace/request.ts";
import { addressLimit, type Space } from "../trace/space.ts";
import { Executor } from "./executor.ts";

/**
 * Runs a trace on a fresh instance of `subject` and compares every answer, and after every request the
 * whole state, with the contract. Returns the first disagreement, or `undefined` when all agrees.
 *
 * Throws a `RangeError` when the space or a request breaks a precondition of the contract: that is the
 * caller's mistake and says nothing about the subject. What `trace(space, { hello: subject.hello })`
 * generates never does.
 */
export function execute(requests: readonly Request[], subject: Subject, space: Space): Finding | undefined {
  const { hello } = subject;
  const unsound = misfitOfSpace(space, addressLimit(hello), hello.surface);
  if (unsound !== undefined) throw new RangeError(`no trace can run in this space: ${unsound}`);
  const misfit = findMisfit(requests, { space, hello });
  const request = misfit && requests[misfit.at];
  if (request) {
    throw new RangeError(`request ${misfit.at} (${printRequest(request)}) can't be asked: ${misfit.reason}`);
  }
  return new Executor(subject, space).run(requests);
}
