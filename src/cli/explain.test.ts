import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Hostile } from "./adapter.fixture.ts";
import { mapcheck } from "./program.fixture.ts";

const hostile = new Hostile();
let place = "";

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "mapcheck-explain-"));
});

afterEach(() => rm(place, { recursive: true }));

/** Explains these lines, and gives what is said besides pictures. */
async function explained(lines: readonly string[], ...args: readonly string[]) {
  const file = join(place, "trace.txt");
  await writeFile(file, lines.join("\n"));
  const { status, stdout, stderr } = await mapcheck("explain", file, ...args);
  const words = stdout
    .split("\n")
    .filter((line) => /^ {5}\S.*\.$|^ {5}(It |page |area|layer|frames|expected {2}|observed {2})/.test(line));
  return { status, stdout, stderr, words: words.map((line) => line.trim()) };
}

describe("explain", () => {
  test("tells what each request asks for and does", async () => {
    const { status, words } = await explained([
      "map 0x0 0x3000 rw alloc:lazy",
      "store 0x1ffe 2a2a",
      "protect 0x1000 0x1000 -",
      "unmap 0x1000 0x1000",
      "map 0x8000 0x2000 r alloc:eager",
      "unmap 0x8000 0x2000",
      "map 0x4000 0x1000 - linear:0x9000 replace",
      "fault 0x0 r !frame=1",
      "load 0xf000 0x1",
      "pages",
      "clear",
    ]);
    expect(status).toBe(0);
    expect(words).toEqual([
      "An area of 3 pages, rw and with frames for its pages only when they are accessed, is asked for at 0x0.",
      "The area 0x0-0x3000, rw lazy, is there now.",
      "A program writes 2 bytes from 0x1ffe on.",
      "Page 0x1000 is in the area 0x0-0x3000, rw lazy, and can't be accessed yet.",
      "Page 0x1000 is mapped now, rw, in frame #1.",
      "1 page from 0x1000 on is to become without any access.",
      "The area 0x0-0x3000, rw lazy, becomes 0x0-0x1000, rw lazy; 0x1000-0x2000, - lazy; 0x2000-0x3000, rw lazy.",
      "Page 0x1000 can't be accessed any more.",
      "1 page from 0x1000 on is to go.",
      "The area 0x1000-0x2000, - lazy, is gone.",
      "1 frame fewer is handed out for data, 0 now.",
      "An area of 2 pages, r and with a frame for every page at once, is asked for at 0x8000.",
      "The area 0x8000-0xa000, r eager, is there now.",
      "2 pages 0x8000-0xa000 are mapped now, r, each in a frame.",
      "2 pages from 0x8000 on are to go.",
      "The area 0x8000-0xa000, r eager, is gone.",
      "2 pages 0x8000-0xa000 are not mapped any more.",
      "An area of 1 page, without any access and mapped to the physical address 0x9000, is asked for at 0x4000 in place of what is there.",
      "The area 0x4000-0x5000, - linear:0x9000, is there now.",
      "The kernel handles a page fault at 0x0, of an access that needs r, and every allocation of a frame after the first one is made to fail.",
      "Page 0x0 is in the area 0x0-0x1000, rw lazy, and can't be accessed yet.",
      "Page 0x0 is mapped now, rw, in frame #3.",
      "A program reads 1 byte from 0xf000 on.",
      "Page 0xf000 is in no area.",
      "Everything is to go.",
      "The area 0x0-0x1000, rw lazy, is gone.",
      "The area 0x2000-0x3000, rw lazy, is gone.",
      "The area 0x4000-0x5000, - linear:0x9000, is gone.",
      "Page 0x0 is not mapped any more; it was in frame #3.",
    ]);
  });

  test("says what should have happened and what did, and which layer shows it", async () => {
    const ran = await explained(
      ["map 0x0 0x1000 rw alloc:lazy", "fault 0x0 r", "fault 0x0 w"],
      "--subject",
      "defect:fault-again-new-frame",
    );
    expect([ran.status, ran.stderr]).toEqual([1, ""]);
    expect(ran.words.slice(-10)).toEqual([
      "Page 0x0 is in the area 0x0-0x1000, rw lazy, and is mapped already, rw, in frame #1.",
      expect.stringMatching(/^Here the two sides part \(\w+: .*\)\.$/),
      expect.stringMatching(/^expected {2}/),
      expect.stringMatching(/^observed {2}/),
      "It should be: nothing changes",
      "It is:        page 0x0 had frame #1, and has frame #2 now",
      "page 0x0    expected            observed",
      "area        0x0-0x1000 rw lazy  0x0-0x1000 rw lazy",
      "page table  rw#1                rw#2  <- differs",
      "frames      data=1              data=1",
    ]);
  });
});

describe("what explain is given", () => {
  const MAPPED = ["map 0x0 0x1000 r mock", "unmap 0x0 0x1000"];

  test("may be an adapter that dies, where there is no state to tell of", async () => {
    const ran = await explained(MAPPED, "--", ...hostile.command("exits with 3"));
    expect([ran.status, ran.stderr]).toEqual([1, ""]);
    expect(ran.stdout).toMatch(
      /\n {5}Here the two sides part \(crash: .*\n {5}expected .*\n {5}observed {2}it ended with status 3/,
    );
  });

  test("may be hostile: nothing of it is obeyed by a terminal", async () => {
    const ran = await explained(MAPPED, "--", ...hostile.command("panics and goes on"));
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain("\\u{1b}[31mnot \\u{202e}yet");
    expect(ran.stdout).not.toMatch(/(?!\n)\p{C}/u);
  });

  test("is one case, which can be read and asked", async () => {
    const missing = await mapcheck("explain", join(place, "none.json"));
    expect([missing.status, missing.stdout]).toEqual([2, ""]);
    expect(missing.stderr).toMatch(/none\.json: there is no such file; correct the path\n$/);
    const several = await mapcheck("explain", "corpus/memory-set");
    expect([several.status, several.stdout]).toEqual([2, ""]);
    expect(several.stderr).toMatch(
      /^mapcheck: corpus\/memory-set: not one case but \d+; name the file of one\n$/,
    );
    const unfit = await explained(["write 0x0 00"], "--subject", "memory-set");
    expect([unfit.status, unfit.stdout]).toEqual([2, ""]);
    expect(unfit.stderr).toMatch(/trace\.txt:1: write 0x0 00: the request belongs to the other surface; /);
  });
});
