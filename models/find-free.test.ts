/** `find-free` against the words of the contract, for every question that a tiny space allows. */
import { expect, test } from "vitest";
import { virtAddr } from "../src/trace/address.ts";
import { OK } from "../src/trace/answer.ts";
import { requestsIn } from "../src/trace/literal.fixture.ts";
import { printAnswer, printRequest } from "../src/trace/print.ts";
import { type FindFreeQuery, isCommand } from "../src/trace/request.ts";
import { MEMORY_SET_HELLO } from "../src/trace/space.ts";
import { MemorySetModel } from "./memory-set.ts";

const PAGES = 6;

/** Every question about addresses up to `PAGES`, a byte a page. */
function* everyQuestion(): Generator<FindFreeQuery> {
  for (const align of [1, 2, 4]) {
    for (let size = 1; size <= 4; size++) {
      for (let hint = 0; hint <= PAGES; hint++) {
        for (let start = 0; start <= PAGES; start++) {
          for (let end = start; end <= PAGES; end++) {
            const limit = { start: virtAddr(start), end: virtAddr(end) };
            yield { op: "find-free", hint: virtAddr(hint), size, limit, align };
          }
        }
      }
    }
  }
}

/** The answer by trying one address after another. `taken` has a bit for each page with an area. */
function tryAll({ hint, size, limit, align }: FindFreeQuery, taken: number): string {
  const wanted = (1 << size) - 1;
  for (let address = 0; size % align === 0 && address + size <= limit.end; address++) {
    const allowed = address % align === 0 && address >= hint && address >= limit.start;
    if (allowed && ((taken >> address) & wanted) === 0) return `ok 0x${address.toString(16)}`;
  }
  return "ok none";
}

/** A model with an area of one page for each bit of `taken`. */
function modelWith(taken: number, firstPage: number, pageCount: number): MemorySetModel {
  const space = { base: virtAddr(firstPage), size: pageCount, page: 1, frames: 0 };
  const model = new MemorySetModel({ space, hello: MEMORY_SET_HELLO });
  for (let page = 0; page < PAGES; page++) {
    if (((taken >> page) & 1) === 0) continue;
    const start = virtAddr(page);
    model.commit({ op: "map", start, size: 1, flags: 1, backend: { kind: "mock" }, replace: false });
  }
  return model;
}

test.each([
  ["the space", 0, PAGES],
  ["around the space", 2, 2],
  ["far below the space", 100, 2],
])("the lowest place that fits, %s", (_where, firstPage, pageCount) => {
  const questions = [...everyQuestion()];
  const wrong: string[] = [];
  for (let taken = 0; taken < 1 << PAGES; taken++) {
    const model = modelWith(taken, firstPage, pageCount);
    for (const question of questions) {
      const answer = printAnswer(model.expectQuery(question, 0));
      const expected = tryAll(question, taken);
      if (answer !== expected)
        wrong.push(`${taken.toString(2)} ${printRequest(question)}: ${answer}, not ${expected}`);
    }
  }
  expect(wrong).toEqual([]);
});

test.each([
  // As far up as an end can be an address, and not a byte further.
  ["find-free 0x0 0x1 0xffffffffffff0-0xffffffffffff8 0x1", "ok 0xffffffffffff4"],
  ["find-free 0xffffffffffffe 0x1 0xffffffffffff0-0xfffffffffffff 0x1", "ok 0xffffffffffffe"],
  ["find-free 0xfffffffffffff 0x1 0xffffffffffff0-0xfffffffffffff 0x1", "ok none"],
  ["find-free 0x0 0x8 0xffffffffffff0-0xfffffffffffff 0x8", "ok none"],
  ["find-free 0x0 0x2 0xffffffffffff1-0xfffffffffffff 0x2", "ok 0xffffffffffff4"],
  // An alignment beyond the space.
  ["find-free 0x0 0x8000000000000 0x0-0x8000000000000 0x8000000000000", "ok none"],
  ["find-free 0x1 0x8000000000000 0x8000000000000-0xfffffffffffff 0x8000000000000", "ok none"],
  ["find-free 0x1 0x4000000000000 0x0-0x8000000000000 0x4000000000000", "ok 0x4000000000000"],
])("%s: %s", (line, expected) => {
  const space = { base: virtAddr(0), size: 8, page: 1, frames: 0 };
  const model = new MemorySetModel({ space, hello: MEMORY_SET_HELLO });
  const requests = requestsIn("map 0x2 0x2 r mock", "map 0xffffffffffff0 0x4 r mock", line);
  const answers = requests.map((request) => {
    if (!isCommand(request)) return model.expectQuery(request, 0);
    model.commit(request);
    return OK;
  });
  expect(answers.map((answer) => printAnswer(answer)).at(-1)).toBe(expected);
});
