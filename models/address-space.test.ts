/** The sentences of `docs/contract.md` about the address-space surface, each as a small trace for the model. */
import { describe, expect, test } from "vitest";
import { ADDRESS_SPACE_HELLO, LARGE_SPACE } from "../src/trace/address-space.fixture.ts";
import type { Answer } from "../src/trace/answer.ts";
import { requestsIn, SIXTEEN_PAGES } from "../src/trace/literal.fixture.ts";
import { printAnswer, printArea } from "../src/trace/print.ts";
import { isCommand } from "../src/trace/request.ts";
import type { Hello, Space } from "../src/trace/space.ts";
import { AddressSpaceModel } from "./address-space.ts";

/** A model, and what it answers to lines. */
class Space16 {
  readonly model: AddressSpaceModel;

  constructor(hello: Partial<Hello> = {}, space: Partial<Space> = {}) {
    this.model = new AddressSpaceModel({
      space: { ...SIXTEEN_PAGES, ...space },
      hello: { ...ADDRESS_SPACE_HELLO, ...hello },
    });
  }

  /** Asks line by line, carries out what is answered `ok` or `true`, and gives the last answer. */
  ask(...lines: readonly string[]): string {
    let last: Answer = { kind: "ok" };
    for (const request of requestsIn(...lines)) {
      if (!isCommand(request)) {
        last = this.model.expectQuery(request, 0, 3);
        continue;
      }
      last = this.model.expectCommand(request);
      if (last.kind === "ok" || (last.kind === "truth" && last.truth)) this.model.commit(request);
      if (request.op === "load" && last.kind === "ok") {
        last = { kind: "bytes", bytes: this.model.bytesAt(request.addr, request.size) };
      }
    }
    return printAnswer(last, 48);
  }

  get areas(): string {
    return this.model
      .areas()
      .map((area) => printArea(area))
      .join(";");
  }

  /** The pages that `pages` has to show. */
  get shown(): string {
    return this.ask("pages").slice("ok ".length);
  }
}

const LAZY = "map 0x1000 0x4000 rw alloc:lazy";
const EAGER = "map 0x1000 0x4000 rw alloc:eager";
const LINEAR = "map 0x1000 0x4000 rw linear:0x80000000";

describe("map", () => {
  test.each<[line: string, answer: string]>([
    ["map 0x0 0x0 r alloc:lazy", "err InvalidParam"],
    ["map 0xfffffffff000 0x1000 r alloc:lazy", "err InvalidParam"],
    ["map 0xf000 0x2000 r alloc:lazy", "err InvalidParam"],
    ["map 0x10000 0x1000 r alloc:lazy", "err InvalidParam"],
    ["map 0x800 0x1000 r alloc:lazy", "err InvalidParam"],
    ["map 0x0 0x800 r alloc:lazy", "err InvalidParam"],
    ["map 0x6000 0x1000 r linear:0x800", "err InvalidParam"],
    ["map 0x4000 0x2000 r alloc:lazy", "err AlreadyExists"],
    // The range comes before the overlap.
    ["map 0x4800 0x2000 r alloc:lazy", "err InvalidParam"],
    ["map 0x4000 0x2000 r linear:0x800", "err InvalidParam"],
    ["map 0x4000 0x2000 r alloc:lazy replace", "ok"],
    ["map 0x5000 0xb000 r alloc:lazy", "ok"],
    ["map 0x0 0x1000 r alloc:lazy", "ok"],
  ])("%s => %s", (line, answer) => {
    expect(new Space16().ask(LAZY, line)).toBe(answer);
  });

  test("a space that begins further up has a beginning", () => {
    const space = new Space16({}, { base: LARGE_SPACE.base });
    expect(space.ask("map 0x3ffffffff000 0x1000 r alloc:lazy")).toBe("err InvalidParam");
    expect(space.ask("map 0x400000000000 0x1000 r alloc:lazy")).toBe("ok");
  });

  test("replaces what lies in the range, and nothing else", () => {
    const space = new Space16();
    space.ask(LAZY, "map 0x2000 0x1000 r linear:0x5000 replace");
    expect(space.areas).toBe(
      "0x1000-0x2000 rw alloc:lazy;0x2000-0x3000 r linear:0x5000;0x3000-0x5000 rw alloc:lazy",
    );
  });

  test("a linear area is present at once, each page in its place", () => {
    const space = new Space16();
    space.ask(LINEAR);
    expect(space.shown).toBe(
      "0x1000=0x80000000:rw;0x2000=0x80001000:rw;0x3000=0x80002000:rw;0x4000=0x80003000:rw",
    );
    expect(space.ask("frames")).toBe("ok data=0 table=3");
    space.ask("unmap 0x2000 0x1000", "protect 0x4000 0x1000 r");
    expect(space.areas).toBe(
      "0x1000-0x2000 rw linear:0x80000000;0x3000-0x4000 rw linear:0x80002000;0x4000-0x5000 r linear:0x80003000",
    );
  });

  test("eager pages have frames at once, lazy ones have none", () => {
    expect(new Space16().ask(EAGER, "frames")).toBe("ok data=4 table=3");
    expect(new Space16().ask(LAZY, "frames")).toBe("ok data=0 table=3");
    expect(new Space16().ask("map 0x1000 0x4000 - alloc:eager", "frames")).toBe("ok data=4 table=3");
  });
});

describe("unmap and protect", () => {
  test.each<[range: string, answer: string]>([
    ["0xfffffffff000 0x1000", "err InvalidParam"],
    ["0xf000 0x2000", "err InvalidParam"],
    ["0x1800 0x1000", "err InvalidParam"],
    ["0x1000 0x800", "err InvalidParam"],
    ["0x11000 0x0", "err InvalidParam"],
    ["0x1800 0x0", "err InvalidParam"],
    ["0x10000 0x0", "ok"],
    ["0x0 0x0", "ok"],
    ["0x0 0x10000", "ok"],
  ])("of %s => %s", (range, answer) => {
    expect(new Space16().ask(LAZY, `unmap ${range}`)).toBe(answer);
    expect(new Space16().ask(LAZY, `protect ${range} r`)).toBe(answer);
  });

  test("an unmapped page gives its frame back", () => {
    expect(new Space16().ask(EAGER, "unmap 0x2000 0x2000", "frames")).toBe("ok data=2 table=3");
    expect(new Space16().ask(LAZY, "fault 0x2000 r", "unmap 0x2000 0x2000", "frames")).toBe(
      "ok data=0 table=3",
    );
    expect(new Space16().ask(EAGER, "clear", "frames")).toBe("ok data=0 table=3");
    expect(new Space16().ask(EAGER, "map 0x2000 0x1000 r linear:0x0 replace", "frames")).toBe(
      "ok data=3 table=3",
    );
  });

  test("protect changes r, w, x and keeps the rest, on present pages and on absent ones", () => {
    const space = new Space16();
    space.ask("map 0x1000 0x3000 rwu alloc:lazy", "fault 0x2000 r", "protect 0x2000 0x2000 x");
    expect(space.areas).toBe("0x1000-0x2000 rwu alloc:lazy;0x2000-0x4000 xu alloc:lazy");
    expect(space.shown).toBe("0x2000:xu");
    expect(space.ask("fault 0x3000 r")).toBe("ok false");
    expect(space.ask("fault 0x3000 x")).toBe("ok true");
    expect(space.shown).toBe("0x2000:xu;0x3000:xu");
  });

  test("an area whose r, w, x are right already is not split", () => {
    const space = new Space16();
    space.ask(LAZY, "protect 0x2000 0x1000 rw");
    expect(space.areas).toBe("0x1000-0x5000 rw alloc:lazy");
    space.ask("protect 0x2000 0x1000 r", "protect 0x2000 0x1000 rw");
    expect(space.areas).toBe(
      "0x1000-0x2000 rw alloc:lazy;0x2000-0x3000 rw alloc:lazy;0x3000-0x5000 rw alloc:lazy",
    );
  });
});

describe("fault", () => {
  test.each<[line: string, answer: string, data: number]>([
    ["fault 0x0 r", "ok false", 4],
    ["fault 0x20000 r", "ok false", 4],
    ["fault 0x1000 x", "ok false", 4],
    ["fault 0x1000 rx", "ok false", 4],
    ["fault 0x1000 rw", "ok true", 5],
    ["fault 0x1fff w", "ok true", 5],
    ["fault 0x5000 r", "ok false", 4],
    ["fault 0x9000 r", "ok false", 4],
    ["fault 0xa000 r", "ok true", 4],
    ["fault 0xb000 r", "ok false", 4],
  ])("%s => %s", (line, answer, data) => {
    const space = new Space16();
    space.ask(
      LAZY,
      "map 0x5000 0x3000 rw alloc:eager",
      "map 0x9000 0x1000 rw linear:0x0",
      "map 0xa000 0x2000 rw alloc:lazy",
      "fault 0xa000 w",
      "protect 0xb000 0x1000 -",
    );
    expect(space.ask(line)).toBe(answer);
    expect(space.ask("frames")).toBe(`ok data=${data} table=3`);
  });
});

describe("access, load and store", () => {
  test.each<[line: string, answer: string]>([
    ["access 0x1000 r", "ok"],
    ["access 0x1000 x", "ok fault"],
    ["access 0x0 r", "ok fault"],
    ["access 0x20000 r", "ok fault"],
    ["access 0x6000 w", "ok"],
    ["access 0x8000 r", "ok"],
    ["access 0x8000 w", "ok fault"],
    ["load 0x1000 2", "ok 0000"],
    ["load 0x0 2", "ok fault"],
    ["store 0x1000 01", "ok"],
    ["store 0x8000 01", "ok fault"],
  ])("%s => %s", (line, answer) => {
    const space = new Space16();
    space.ask(LAZY, "map 0x6000 0x1000 rw alloc:eager", "map 0x8000 0x1000 r linear:0x0");
    expect(space.ask(line)).toBe(answer);
  });

  test("bring a page in", () => {
    for (const line of ["access 0x2fff r", "load 0x2000 1", "store 0x2000 01"]) {
      const space = new Space16();
      space.ask(LAZY, line);
      expect([space.shown, space.ask("frames")]).toEqual(["0x2000:rw", "ok data=1 table=3"]);
    }
  });

  test("what was stored is there, whatever is done around it", () => {
    const space = new Space16();
    space.ask(
      LAZY,
      "store 0x2ffe c0ff",
      "store 0x3000 ee",
      "unmap 0x1000 0x1000",
      "protect 0x2000 0x1000 r",
      "map 0x4000 0x1000 r alloc:eager replace",
      "fault 0x2000 r",
    );
    expect(space.ask("read 0x2ffd 5")).toBe("ok 00c0ffee00");
    expect(space.ask("load 0x2ffe 2")).toBe("ok c0ff");
  });

  test("a page begins with zeros each time", () => {
    expect(new Space16().ask(LAZY, "store 0x2000 01", "clear", LAZY, "load 0x2000 1")).toBe("ok 00");
    expect(new Space16().ask(LAZY, "store 0x2000 01", `${LAZY} replace`, "load 0x2000 1")).toBe("ok 00");
    expect(
      new Space16().ask(LAZY, "store 0x2000 01", "clear", LAZY, "store 0x3000 02", "load 0x2000 1"),
    ).toBe("ok 00");
  });

  test("the place of its bytes is used again", () => {
    const space = new Space16();
    for (let times = 0; times < 3; times++) space.ask(LAZY, "store 0x2000 01", "clear");
    expect(space.model.state.contents.take()).toBe(1);
  });

  test("nothing is left of it after a reset", () => {
    const space = new Space16();
    space.ask(LAZY, "store 0x2000 01");
    space.model.reset();
    expect([space.areas, space.ask("frames")]).toEqual(["", "ok data=0 table=3"]);
    expect(space.ask(LAZY, "load 0x2000 1")).toBe("ok 00");
  });
});

describe("a guard page", () => {
  const GUARDED = [EAGER, "store 0x2000 c0ffee", "protect 0x1000 0x4000 -"];

  test("is not accessible", () => {
    const space = new Space16();
    space.ask(...GUARDED);
    expect(space.shown).toBe("none");
    expect(space.areas).toBe("0x1000-0x5000 - alloc:eager");
    const answers = [
      "fault 0x2000 r",
      "access 0x2000 r",
      "translate 0x2000",
      "read 0x2000 1",
      "write 0x2000 01",
    ];
    expect(answers.map((line) => space.ask(line))).toEqual([
      "ok false",
      "ok fault",
      "ok none",
      "err NotMapped",
      "err NotMapped",
    ]);
  });

  test("keeps its frame and its bytes", () => {
    const space = new Space16();
    expect(space.ask(...GUARDED, "frames")).toBe("ok data=4 table=3");
    expect(space.ask("protect 0x2000 0x1000 r", "load 0x2000 3")).toBe("ok c0ffee");
    expect(space.shown).toBe("0x2000:r");
  });
});

describe("read and write", () => {
  test.each<[line: string, answer: string]>([
    ["write 0xffff 0000", "err InvalidParam"],
    ["write 0x20000 00", "err InvalidParam"],
    ["write 0x2fff 0000", "err NotMapped"],
    ["write 0x1fff 0000", "ok"],
    ["write 0x3000 00", "err NotMapped"],
    // No flags are asked for: the kernel writes.
    ["write 0x6000 00", "ok"],
    ["read 0xffff 2", "err InvalidParam"],
    ["read 0x2fff 2", "err NotMapped"],
    ["read 0x6fff 1", "ok 00"],
    ["read 0x0 1", "err NotMapped"],
  ])("%s => %s", (line, answer) => {
    const space = new Space16();
    space.ask(LAZY, "fault 0x1000 r", "fault 0x2000 r", "map 0x6000 0x1000 x alloc:eager");
    expect(space.ask(line)).toBe(answer);
  });

  test("go over the end of a page", () => {
    expect(new Space16().ask(EAGER, "write 0x1ffe 01020304", "read 0x1ffd 6")).toBe("ok 000102030400");
  });

  test("the bytes are compared one by one", () => {
    const space = new Space16();
    space.ask(EAGER, "write 0x1ffe 01020304");
    expect(space.model.hasBytes(0x1ffe, Uint8Array.of(1, 2, 3, 4))).toBe(true);
    expect(space.model.hasBytes(0x1ffe, Uint8Array.of(1, 2, 3, 5))).toBe(false);
  });
});

describe("queries", () => {
  test.each<[line: string, answer: string]>([
    ["find 0x1000", "ok 0x1000-0x3000 rw alloc:lazy"],
    ["find 0x2fff", "ok 0x1000-0x3000 rw alloc:lazy"],
    ["find 0x3000", "ok 0x3000-0x4000 r alloc:eager"],
    ["find 0x4000", "ok none"],
    ["find 0xfffffffff000", "ok none"],
    ["overlaps 0x0 0x1000", "ok false"],
    ["overlaps 0xfff 0x2", "ok true"],
    ["overlaps 0x3fff 0x1", "ok true"],
    ["overlaps 0x4000 0x1", "ok false"],
    ["can-access 0x1000 0x3000 r", "ok true"],
    ["can-access 0x1000 0x3000 w", "ok false"],
    ["can-access 0x1fff 0x2 rw", "ok true"],
    ["can-access 0x3fff 0x2 r", "ok false"],
    ["can-access 0x9000 0x0 r", "ok true"],
    ["can-access 0x10000 0x0 r", "ok true"],
    ["can-access 0x10001 0x0 r", "ok false"],
    ["can-access 0x9001 0x0 r", "ok true"],
    ["can-access 0xf000 0x2000 r", "ok false"],
    ["translate 0x1000", "ok none"],
    ["translate 0x4000", "ok none"],
    ["translate 0x20000", "ok none"],
    ["translate 0x6010", "ok 0x9010"],
    ["find-free 0x0 0x1000 0x0-0x10000 0x1000", "ok 0x0"],
    ["find-free 0x1000 0x1000 0x0-0x10000 0x1000", "ok 0x4000"],
    ["find-free 0x1800 0x1000 0x0-0x10000 0x1000", "ok 0x4000"],
    ["find-free 0x0 0x2000 0x800-0x10000 0x2000", "ok 0x4000"],
    ["find-free 0x0 0x4000 0x0-0x10000 0x4000", "ok 0x8000"],
    ["find-free 0x0 0x1000 0x1000-0x4fff 0x1000", "ok none"],
    ["find-free 0x0 0x1000 0x1000-0x5000 0x1000", "ok 0x4000"],
    ["find-free 0x0 0x1000 0x0-0x10000 0x2000", "ok none"],
    // Bounded by the limit alone, not by the space.
    ["find-free 0x0 0x1000 0x20000-0x30000 0x1000", "ok 0x20000"],
    ["injected", "ok 0"],
    ["frames", "ok data=1 table=3"],
    ["areas", "ok 0x1000-0x3000 rw alloc:lazy;0x3000-0x4000 r alloc:eager;0x6000-0x7000 r linear:0x9000"],
    ["pages", "ok 0x3000:r;0x6000=0x9000:r"],
  ])("%s => %s", (line, answer) => {
    const space = new Space16();
    space.ask(
      "map 0x1000 0x2000 rw alloc:lazy",
      "map 0x3000 0x1000 r alloc:eager",
      "map 0x6000 0x1000 r linear:0x9000",
    );
    expect(space.ask(line)).toBe(answer);
  });

  test("pages show the flags that the page table tells apart", () => {
    const space = new Space16({ pageFlags: 15 });
    space.ask("map 0x1000 0x1000 rwud alloc:eager");
    expect([space.shown, space.areas]).toEqual(["0x1000:rwu", "0x1000-0x2000 rwud alloc:eager"]);
    expect(space.model.translationAt(1)).toEqual({ addr: 0x1000, flags: 11 });
    expect(space.model.translationAt(2)).toBeNull();
  });
});

test("a gibibyte is mapped, cut and searched", () => {
  const space = new Space16({}, LARGE_SPACE);
  expect(space.ask("map 0x400000000000 0x40000000 rw linear:0x40000000")).toBe("ok");
  expect(space.ask("can-access 0x400000000000 0x40000000 rw")).toBe("ok true");
  expect(space.ask("find-free 0x400000000000 0x200000 0x400000000000-0x500000000000 0x200000")).toBe(
    "ok 0x400040000000",
  );
  expect(space.ask("unmap 0x400020000000 0x4000000000")).toBe("err InvalidParam");
  expect(space.ask("unmap 0x400020000000 0x1fe0000000", "find 0x40001fffffff")).toBe(
    "ok 0x400000000000-0x400020000000 rw linear:0x40000000",
  );
  expect(space.ask("protect 0x400000000000 0x4000000000 -", "translate 0x400000001000")).toBe("ok none");
});
