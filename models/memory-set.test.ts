/** The table of `docs/contract.md`, row by row. A page is a byte here, so that addresses are page numbers. */
import { describe, expect, test } from "vitest";
import { virtAddr } from "../src/trace/address.ts";
import { type Answer, OK } from "../src/trace/answer.ts";
import { requestsIn } from "../src/trace/literal.fixture.ts";
import { printAnswer } from "../src/trace/print.ts";
import { isCommand } from "../src/trace/request.ts";
import { type Hello, MEMORY_SET_HELLO } from "../src/trace/space.ts";
import { cellsOf } from "./cells.fixture.ts";
import { MemorySetModel } from "./memory-set.ts";

interface Played {
  readonly model: MemorySetModel;
  /** What the contract answers to the last request. */
  readonly answer: string;
}

/** Has the model carry out the requests, each as the contract answers it. */
function play(lines: readonly string[], hello: Partial<Hello> = {}): Played {
  const space = { base: virtAddr(0), size: 8, page: 1, frames: 0 };
  const model = new MemorySetModel({ space, hello: { ...MEMORY_SET_HELLO, ...hello } });
  let answer: Answer = OK;
  for (const request of requestsIn(...lines)) {
    if (!isCommand(request)) answer = model.expectQuery(request, 0);
    else {
      answer = model.expectCommand(request);
      if (answer.kind === "ok") model.commit(request);
    }
  }
  return { model, answer: printAnswer(answer) };
}

/** The first six pages after these lines. */
function cellsAfter(...lines: readonly string[]): string {
  return cellsOf(play(lines).model.pages, 6);
}

function answerTo(line: string, ...before: readonly string[]): string {
  return play([...before, line]).answer;
}

type Row = readonly [lines: readonly string[], answer: string, cells: string];

const A = "map 0x1 0x4 rw mock";
const AB = ["map 0x0 0x2 rw mock", "map 0x3 0x3 rx mock"];
/** Three areas that touch. */
const ABC = ["map 0x0 0x2 rw mock", "map 0x2 0x2 rx mock", "map 0x4 0x2 rw mock"];

function expectRow(lines: readonly string[], answer: string, cells: string): void {
  const played = play(lines);
  expect([played.answer, cellsOf(played.model.pages, 6)]).toEqual([answer, cells]);
}

describe("map", () => {
  test.each<Row>([
    [["map 0x1 0x2 rw mock"], "ok", ". [rw rw . . ."],
    [["map 0x1 0x2 - mock"], "ok", ". [- - . . ."],
    [["map 0x1 0x1 rwxudn mock replace"], "ok", ". [rwxudn . . . ."],
    // Neighbours are never merged.
    [["map 0x1 0x2 rw mock", "map 0x3 0x1 rw mock", "map 0x0 0x1 rw mock"], "ok", "[rw [rw rw [rw . ."],
    // No bytes: refused before anything is looked for.
    [["map 0x1 0x0 rw mock"], "err InvalidParam", ". . . . . ."],
    [[A, "map 0x2 0x0 rw mock"], "err InvalidParam", ". [rw rw rw rw ."],
    [[A, "map 0x2 0x0 rw mock replace"], "err InvalidParam", ". [rw rw rw rw ."],
    // Any page in common is one too many.
    [[A, "map 0x0 0x2 r mock"], "err AlreadyExists", ". [rw rw rw rw ."],
    [[A, "map 0x4 0x2 r mock"], "err AlreadyExists", ". [rw rw rw rw ."],
    [[A, "map 0x2 0x1 r mock"], "err AlreadyExists", ". [rw rw rw rw ."],
    [[A, "map 0x1 0x4 r mock"], "err AlreadyExists", ". [rw rw rw rw ."],
    [[A, "map 0x0 0x6 r mock"], "err AlreadyExists", ". [rw rw rw rw ."],
    [[A, "map 0x0 0x1 r mock", "map 0x5 0x1 r mock"], "ok", "[r [rw rw rw rw [r"],
  ])("%j: %s, %s", expectRow);
});

describe("map with replace", () => {
  test.each<Row>([
    [["map 0x1 0x2 rw mock replace"], "ok", ". [rw rw . . ."],
    [[A, "map 0x1 0x4 r mock replace"], "ok", ". [r r r r ."],
    [[A, "map 0x0 0x2 r mock replace"], "ok", "[r r [rw rw rw ."],
    [[A, "map 0x4 0x2 r mock replace"], "ok", ". [rw rw rw [r r"],
    [[A, "map 0x2 0x2 r mock replace"], "ok", ". [rw [r r [rw ."],
    // Equal flags make no difference.
    [[A, "map 0x2 0x2 rw mock replace"], "ok", ". [rw [rw rw [rw ."],
    [[...AB, "map 0x1 0x3 r mock replace"], "ok", "[rw [r r r [rx rx"],
    [[...AB, "map 0x0 0x6 r mock replace"], "ok", "[r r r r r r"],
    [[...ABC, "map 0x1 0x4 u mock replace"], "ok", "[rw [u u u u [rw"],
  ])("%j: %s, %s", expectRow);
});

describe("unmap", () => {
  test.each<Row>([
    [["unmap 0x1 0x2"], "ok", ". . . . . ."],
    [[A, "unmap 0x0 0x1"], "ok", ". [rw rw rw rw ."],
    [[A, "unmap 0x5 0x1"], "ok", ". [rw rw rw rw ."],
    [[A, "unmap 0x1 0x4"], "ok", ". . . . . ."],
    [[A, "unmap 0x0 0x6"], "ok", ". . . . . ."],
    [[A, "unmap 0x0 0x3"], "ok", ". . . [rw rw ."],
    [[A, "unmap 0x3 0x3"], "ok", ". [rw rw . . ."],
    [[A, "unmap 0x2 0x2"], "ok", ". [rw . . [rw ."],
    [[...AB, "unmap 0x1 0x3"], "ok", "[rw . . . [rx rx"],
    [[...ABC, "unmap 0x1 0x4"], "ok", "[rw . . . . [rw"],
    [[...ABC, "unmap 0x2 0x2"], "ok", "[rw rw . . [rw rw"],
    // No bytes: nothing happens, in the middle of an area neither.
    [[A, "unmap 0x3 0x0"], "ok", ". [rw rw rw rw ."],
    [["unmap 0x3 0x0"], "ok", ". . . . . ."],
  ])("%j: %s, %s", expectRow);
});

describe("protect", () => {
  test.each<Row>([
    [["protect 0x1 0x2 r"], "ok", ". . . . . ."],
    [[A, "protect 0x1 0x4 r"], "ok", ". [r r r r ."],
    [[A, "protect 0x0 0x6 -"], "ok", ". [- - - - ."],
    // Cut at the left, at the right, at both.
    [[A, "protect 0x0 0x3 r"], "ok", ". [r r [rw rw ."],
    [[A, "protect 0x3 0x3 r"], "ok", ". [rw rw [r r ."],
    [[A, "protect 0x2 0x2 r"], "ok", ". [rw [r r [rw ."],
    // Right already: left alone, and in one piece.
    [[A, "protect 0x2 0x2 rw"], "ok", ". [rw rw rw rw ."],
    [[A, "protect 0x2 0x2 rwudn"], "ok", ". [rw rw rw rw ."],
    // u, d and n stay, and don't come.
    [["map 0x1 0x4 rwud mock", "protect 0x2 0x1 xn"], "ok", ". [rwud [xud [rwud rwud ."],
    // Of several areas only those change whose flags differ; what has become equal is not merged.
    [[...ABC, "protect 0x1 0x4 rx"], "ok", "[rw [rx [rx rx [rx [rw"],
    [[...ABC, "protect 0x1 0x4 rw"], "ok", "[rw rw [rw rw [rw rw"],
    [[...AB, "protect 0x1 0x4 rw"], "ok", "[rw rw . [rw rw [rx"],
    // No bytes: nothing happens, in the middle of an area neither.
    [[A, "protect 0x3 0x0 r"], "ok", ". [rw rw rw rw ."],
  ])("%j: %s, %s", expectRow);
});

describe("clear", () => {
  test.each<Row>([
    [["clear"], "ok", ". . . . . ."],
    [[...ABC, "clear"], "ok", ". . . . . ."],
  ])("%j: %s, %s", expectRow);

  test("reaches every page below the limit", () => {
    const { model } = play(["map 0x0 0x1 r mock", "map 0xffffffffffffe 0x1 r mock", "clear"]);
    expect([model.areas(), model.pages.count]).toEqual([[], 0]);
  });
});

describe("a range that runs out of the address space is refused", () => {
  const TOP = "map 0xffffffffffff0 0x8 rw mock";

  test.each([
    ["map 0xfffffffffffff 0x1 r mock", "err InvalidParam"],
    ["map 0xffffffffffffe 0x1 r mock", "ok"],
    ["map 0xffffffffffff0 0xf r mock replace", "ok"],
    // That there is an overlap is a later question.
    ["map 0xffffffffffff0 0xf r mock", "err AlreadyExists"],
    ["map 0xffffffffffff0 0x10 r mock", "err InvalidParam"],
    ["map 0xffffffffffff0 0x10 r mock replace", "err InvalidParam"],
    ["map 0xffffffffffff0 0x8000000000000 r mock", "err InvalidParam"],
    ["unmap 0xfffffffffffff 0x0", "ok"],
    ["unmap 0xfffffffffffff 0x1", "err InvalidParam"],
    ["unmap 0xffffffffffff0 0xf", "ok"],
    ["unmap 0xffffffffffff0 0x10", "err InvalidParam"],
    ["protect 0xfffffffffffff 0x1 r", "err InvalidParam"],
    ["protect 0xffffffffffff0 0xf r", "ok"],
    ["protect 0xffffffffffff0 0x10 r", "err InvalidParam"],
  ])("%s: %s", (line, answer) => {
    expect(answerTo(line, TOP)).toBe(answer);
  });

  test.each([
    ["map 0xffffffff 0x1 r mock", "err InvalidParam"],
    ["map 0xfffffffe 0x1 r mock", "ok"],
    ["unmap 0x80000000 0x80000000", "err InvalidParam"],
    ["protect 0x80000000 0x7fffffff r", "ok"],
  ])("of 32 bits: %s: %s", (line, answer) => {
    expect(play([line], { addrBits: 32 }).answer).toBe(answer);
  });
});

describe("queries", () => {
  test.each([
    ["areas", "ok 0x0-0x2 rw mock;0x3-0x6 rx mock"],
    ["pages", "ok 0x0:rw;0x1:rw;0x3:rx;0x4:rx;0x5:rx"],
    ["find 0x0", "ok 0x0-0x2 rw mock"],
    ["find 0x1", "ok 0x0-0x2 rw mock"],
    ["find 0x2", "ok none"],
    ["find 0x5", "ok 0x3-0x6 rx mock"],
    ["find 0x6", "ok none"],
    ["find 0xfffffffffffff", "ok none"],
    ["overlaps 0x2 0x1", "ok false"],
    ["overlaps 0x1 0x1", "ok true"],
    ["overlaps 0x2 0x2", "ok true"],
    ["overlaps 0x0 0x8", "ok true"],
    ["overlaps 0x6 0x2", "ok false"],
    ["frames", "err Unsupported"],
    ["translate 0x0", "err Unsupported"],
    ["read 0x0 0x1", "err Unsupported"],
    ["can-access 0x0 0x1 r", "err Unsupported"],
  ])("%s: %s", (line, answer) => {
    expect(answerTo(line, ...AB)).toBe(answer);
  });

  test("of an empty set", () => {
    expect(answerTo("areas")).toBe("ok none");
    expect(answerTo("pages")).toBe("ok none");
  });

  test("find asks for any address of a page, and pages begin at their first", () => {
    const space = { base: virtAddr(0), size: 0x8000, page: 0x1000, frames: 0 };
    const model = new MemorySetModel({ space, hello: MEMORY_SET_HELLO });
    const [map, ...finds] = requestsIn(
      "map 0x1000 0x2000 rw mock",
      "find 0xfff",
      "find 0x1fff",
      "find 0x3000",
    );
    if (map && isCommand(map)) model.commit(map);
    const answers = finds.map((find) => (isCommand(find) ? OK : model.expectQuery(find, 0)));
    expect(answers.map((answer) => printAnswer(answer))).toEqual([
      "ok none",
      "ok 0x1000-0x3000 rw mock",
      "ok none",
    ]);
    expect(model.translations()).toEqual([
      { addr: 0x1000, flags: 3 },
      { addr: 0x2000, flags: 3 },
    ]);
  });
});

test.each(["fault 0x0 r", "access 0x0 r", "write 0x0 00", "store 0x0 00", "load 0x0 0x1"])(
  "%s belongs to the other surface",
  (line) => {
    const { model, answer } = play([A, line]);
    expect([answer, cellsOf(model.pages, 6)]).toEqual(["err Unsupported", ". [rw rw rw rw ."]);
    // Nor does it have an effect where it is carried out.
    for (const request of requestsIn(line)) if (isCommand(request)) model.commit(request);
    expect(cellsOf(model.pages, 6)).toBe(". [rw rw rw rw .");
  },
);

test("reset brings back the empty set", () => {
  const { model } = play(ABC);
  model.reset();
  expect([model.areas(), model.translations(), model.pages.count]).toEqual([[], [], 0]);
});

test("areas far from the space are as good as those in it", () => {
  const far = ["map 0x6 0x4 rw mock", "map 0x4000000000000 0x4 r mock", "map 0x7fffffffffffe 0x2 x mock"];
  const cut = ["unmap 0x7 0x2", "protect 0x4000000000001 0x2 w", "map 0x7ffffffffffff 0x1 u mock replace"];
  expect(answerTo("areas", ...far, ...cut)).toBe(
    [
      "ok 0x6-0x7 rw mock;0x9-0xa rw mock",
      "0x4000000000000-0x4000000000001 r mock;0x4000000000001-0x4000000000003 w mock",
      "0x4000000000003-0x4000000000004 r mock;0x7fffffffffffe-0x7ffffffffffff x mock",
      "0x7ffffffffffff-0x8000000000000 u mock",
    ].join(";"),
  );
  expect(cellsAfter(...far)).toBe(". . . . . .");
});
