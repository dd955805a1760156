import fc from "fast-check";
import { expect, test } from "vitest";
import { trace } from "../generate/trace.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import { findSubject } from "../subjects/registry.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import { parseTrace } from "../trace/parse.ts";
import type { Request } from "../trace/request.ts";
import { MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import { execute } from "./execute.ts";

const SPACE: Space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };
const STACK = memorySetSubject();

function requests(text: string): Request[] {
  const parsed = parseTrace(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value.requests;
}

test("a trace on which all agrees gives no finding", () => {
  expect(
    execute(requests("map 0x0 0x2000 rw mock\nunmap 0x1000 0x1000\nareas"), STACK, SPACE),
  ).toBeUndefined();
});

test("a property of a user's own holds for the stack", () => {
  fc.assert(
    fc.property(trace(SPACE), (generated) => execute(generated, STACK, SPACE) === undefined),
    { seed: 1 },
  );
});

test("a disagreement is returned, with the place where it showed", () => {
  const defect = findSubject("defect:touching-overlaps");
  expect(defect).toBeDefined();
  const found =
    defect && execute(requests("map 0x0 0x1000 r mock\nmap 0x1000 0x1000 r mock"), defect.subject, SPACE);
  expect(found).toEqual({
    kind: "answer",
    check: "answer",
    at: 1,
    expected: "ok",
    observed: "err AlreadyExists",
    answer: "AlreadyExists",
  });
});

test("each call runs on a fresh instance", () => {
  const once = requests("map 0x0 0x1000 r mock");
  expect([execute(once, STACK, SPACE), execute(once, STACK, SPACE)]).toEqual([undefined, undefined]);
});

test("an exception of the subject is a finding", () => {
  const subject: Subject = {
    hello: MEMORY_SET_HELLO,
    create: () => {
      throw new TypeError("no such thing");
    },
  };
  expect(execute(requests("clear"), subject, SPACE)).toMatchObject({
    kind: "panic",
    check: "panic",
    at: 0,
    observed: "TypeError: no such thing",
  });
});

test("a space that breaks a precondition is refused", () => {
  expect(() => execute([], STACK, { ...SPACE, page: 0x1001 })).toThrow(
    new RangeError("no trace can run in this space: the page size must be a power of two"),
  );
});

test("a space that is too large for the subject's addresses is refused", () => {
  const narrow: Subject = { ...STACK, hello: { ...MEMORY_SET_HELLO, addrBits: 16 } };
  expect(() => execute([], narrow, SPACE)).toThrow(RangeError);
});

test("a trace that breaks a precondition is refused, and the request named", () => {
  const odd = requests("clear\nunmap 0x800 0x1000");
  expect(() => execute(odd, STACK, SPACE)).toThrow(
    new RangeError(
      "request 1 (unmap 0x800 0x1000) can't be asked: a start, size, hint or limit is no multiple of the page",
    ),
  );
});
