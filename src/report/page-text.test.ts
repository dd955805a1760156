import { describe, expect, test } from "vitest";
import { READ, WRITE } from "../trace/flags.ts";
import { FrameNames } from "./frame-names.ts";
import type { CellRun, PageCell } from "./grid.ts";
import { pageText } from "./page-text.ts";

const RW = READ | WRITE;
const RAM = 0x80000000;

/** Pages [from, to) with `flags` from this frame of memory on. */
function run(from: number, to: number, flags: number, frame?: number): CellRun {
  return { from, to, flags, ...(frame !== undefined && { physical: RAM + frame * 0x1000 }) };
}

/** What a column of `pages` pages from page 4 on says, one after another with the same names. */
function texts(pages: number, linear: boolean, room: number, ...columns: readonly CellRun[][]): string[] {
  const style = { page: 0x1000, frames: new FrameNames() };
  return columns.map((runs) =>
    pageText({ room: pages, first: 4, linear, runs } satisfies PageCell, room, style),
  );
}

describe("frames", () => {
  test("are named in the order in which they are drawn first", () => {
    const columns = [[run(4, 5, RW, 9)], [run(4, 5, READ, 3)], [run(4, 5, READ, 9)]];
    expect(texts(1, false, 6, ...columns)).toEqual(["rw#1", "r#2", "r#1"]);
  });

  test("are named page by page where there is room", () => {
    const pages = [run(4, 6, RW, 8), run(6, 7, RW, 2)];
    expect(texts(3, false, 14, pages)).toEqual(["rw#1 rw#2 rw#3"]);
    expect(texts(3, false, 13, pages)).toEqual(["rw *3"]);
  });

  test("are named beside pages that are absent, or that have other flags", () => {
    const pages = [run(4, 5, RW, 8), run(6, 7, READ, 8)];
    expect(texts(3, false, 10, pages)).toEqual(["rw#1 . r#1"]);
    expect(texts(3, false, 9, pages)).toEqual(["rw . r"]);
  });

  test("that are not drawn get no name", () => {
    const hidden = [run(4, 6, RW, 8)];
    const style = { page: 0x1000, frames: new FrameNames() };
    expect(pageText({ room: 2, first: 4, linear: false, runs: hidden }, 8, style)).toBe("rw *2");
    expect(style.frames.nameOf(RAM)).toBe("#1");
  });

  test("with long names give way to the flags", () => {
    const style = { page: 0x1000, frames: new FrameNames() };
    for (let frame = 0; frame < 99; frame++) style.frames.nameOf(frame);
    const cell = { room: 1, first: 4, linear: false, runs: [run(4, 5, RW, 8)] };
    expect([pageText(cell, 6, style), pageText(cell, 5, style)]).toEqual(["rw#100", "rw"]);
  });

  test("that aren't known have no names", () => {
    expect(texts(1, false, 6, [run(4, 5, RW)])).toEqual(["rw"]);
    expect(texts(2, false, 20, [run(4, 5, RW), run(5, 6, RW, 1)])).toEqual(["rw *2"]);
  });
});

describe("linear pages", () => {
  test("say where they lead as far as there is room", () => {
    const one = [run(4, 5, READ, 0)];
    expect([12, 11, 1].map((room) => texts(1, true, room, one)[0])).toEqual(["r=0x80000000", "r=", "r"]);
  });

  test("say it of the first of many", () => {
    const many = [run(4, 12, READ, 0)];
    expect([15, 14, 4, 1].map((room) => texts(8, true, room, many)[0])).toEqual([
      "r=0x80000000 *8",
      "r= *8",
      "r=",
      "r",
    ]);
  });

  test("in pieces don't say it", () => {
    expect(texts(2, true, 30, [run(4, 5, READ, 0), run(5, 6, READ, 7)])).toEqual(["r= *2"]);
  });

  test("that are not all there are counted", () => {
    expect(texts(8, true, 14, [run(4, 7, READ, 0)])).toEqual(["r 3/8"]);
  });

  test("whose place isn't known are as all others", () => {
    expect(texts(2, true, 14, [run(4, 6, READ)])).toEqual(["r *2"]);
  });
});
