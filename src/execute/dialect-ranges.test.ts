/** What dialects change about ranges and sizes: as the judges see it. */
import { describe, expect, test } from "vitest";
import type { Dialect } from "../trace/dialect.ts";
import { BOTH, GROUNDS, judgeSpace, type Line, MAPPED, type Manners } from "./dialect.fixture.ts";
import type { Step } from "./judge.fixture.ts";

describe.each(GROUNDS)("on the surface $surface", ({ judge, caught }) => {
  describe("a protect that meets a hole", () => {
    const ACROSS = "protect 0x2000 0x3000 r";
    const SPLIT = "0x1000-0x2000 rwu lazy;0x2000-0x3000 ru lazy;0x4000-0x5000 rwu lazy";
    const BEHIND = "0x1000-0x3000 rwu lazy;0x4000-0x5000 ru lazy";
    const ALL = "0x1000-0x2000 rwu lazy;0x2000-0x3000 ru lazy;0x4000-0x5000 ru lazy";

    test.each<[manner: Dialect["protect-holes"], line: Line, check: string | undefined]>([
      ["skip", [ACROSS, "ok", ALL], undefined],
      ["skip", [ACROSS, "err NoMemory", BOTH], "answer"],
      ["skip", [ACROSS, "err NoMemory", SPLIT], "answer"],

      ["stop", [ACROSS, "err NoMemory", SPLIT], undefined],
      ["stop", [ACROSS, "ok", ALL], "answer"],
      ["stop", [ACROSS, "ok", SPLIT], "answer"],
      ["stop", [ACROSS, "err InvalidParam", SPLIT], "answer"],
      ["stop", [ACROSS, "err BadState", SPLIT], "answer"],
      ["stop", [ACROSS, "err NoMemory", BOTH], "areas"],
      ["stop", [ACROSS, "err NoMemory", ALL], "areas"],
      ["stop", [ACROSS, "err NoMemory", BEHIND], "areas"],
      ["stop", [ACROSS, "err NoMemory", "0x1000-0x3000 ru lazy;0x4000-0x5000 rwu lazy"], "outside"],
      ["stop", ["protect 0x0 0x2000 r", "err NoMemory", BOTH], undefined],
      ["stop", ["protect 0x0 0x10000 r", "err InvalidParam", BOTH], "answer"],
      ["stop", ["protect 0x1000 0x2000 r", "ok", "0x1000-0x3000 ru lazy;0x4000-0x5000 rwu lazy"], undefined],
      ["stop", ["protect 0x1000 0x2000 r", "err NoMemory", BOTH], "answer"],

      ["refuse", [ACROSS, "err NoMemory", BOTH], undefined],
      ["refuse", [ACROSS, "ok", ALL], "answer"],
      ["refuse", [ACROSS, "err NoMemory", SPLIT], "refusal"],
      ["refuse", ["protect 0x2000 0x1000 r", "ok", SPLIT], undefined],
      ["refuse", ["protect 0x2000 0x1000 r", "err NoMemory", BOTH], "answer"],

      ["any", [ACROSS, "err NoMemory", BOTH], undefined],
      ["any", [ACROSS, "err NoMemory", SPLIT], undefined],
      ["any", [ACROSS, "err NoMemory", BEHIND], undefined],
      ["any", [ACROSS, "err NoMemory", ALL], undefined],
      ["any", [ACROSS, "ok", ALL], "answer"],
      ["any", [ACROSS, "err BadState", SPLIT], "answer"],
      ["any", [ACROSS, "err NoMemory", "0x1000-0x3000 ru lazy;0x4000-0x5000 rwu lazy"], "outside"],
      ["any", [ACROSS, "err NoMemory", "0x1000-0x2000 rwu lazy;0x4000-0x5000 rwu lazy"], "failure"],
      ["any", [ACROSS, "err NoMemory", `${BOTH.replace("5000 rwu", "5000 xu")}`], "failure"],
      ["any", ["protect 0x2000 0x1000 r", "err NoMemory", SPLIT], "answer"],
    ])("%s: %j is caught by %s", (manner, line, check) => {
      expect(caught({ "protect-holes": manner }, line)).toBe(check);
    });

    test("and any page of its range that may have changed is taken over", () => {
      const again: Line = ["find 0x4000", "ok 0x4000-0x5000 ru lazy", BEHIND];
      const lines: Line[] = [...MAPPED, [ACROSS, "err NoMemory", BEHIND], again];
      expect(judge({ "protect-holes": "any" }, lines, { failure: "atomic" })).toBeUndefined();
    });

    test("stops there and may have failed before it", () => {
      const failing = `${ACROSS} !backend=0`;
      const stop: Manners = { "protect-holes": "stop" };
      for (const areas of [BOTH, SPLIT]) {
        expect(caught(stop, [failing, "err NoMemory", areas, 1])).toBeUndefined();
        expect(caught(stop, [failing, "err NoMemory", areas, 0])).toBe(areas === BOTH ? "areas" : undefined);
      }
      expect(caught(stop, [failing, "err BadState", BOTH, 1])).toBeUndefined();
      expect(caught(stop, [failing, "err BadState", SPLIT, 1], { failure: "atomic" })).toBe("failure");
      expect(caught(stop, [failing, "err BadState", SPLIT, 1], { failure: "consistent" })).toBeUndefined();
      expect(caught(stop, [failing, "err NoMemory", BEHIND, 1])).toBe("failure");
    });

    test("is refused before anything could fail", () => {
      const refuse: Manners = { "protect-holes": "refuse" };
      expect(caught(refuse, [`${ACROSS} !backend=0`, "err NoMemory", BOTH, 1])).toBe("injected");
      expect(caught(refuse, [`${ACROSS} !backend=0`, "err BadState", BOTH, 1])).toBe("answer");
    });

    test("may fail where it may leave anything", () => {
      const any: Manners = { "protect-holes": "any" };
      const failing = `${ACROSS} !backend=0`;
      expect(caught(any, [failing, "err NoMemory", BEHIND, 1], { failure: "atomic" })).toBeUndefined();
      expect(caught(any, [failing, "err BadState", BOTH, 1], { failure: "atomic" })).toBeUndefined();
      expect(caught(any, [failing, "err BadState", BEHIND, 1], { failure: "atomic" })).toBe("failure");
    });
  });

  describe("an unmap that meets a hole", () => {
    const ACROSS = "unmap 0x2000 0x3000";
    const TAKEN = "0x1000-0x2000 rwu lazy";

    test.each<[manner: Dialect["unmap-holes"], line: Line, check: string | undefined]>([
      ["skip", [ACROSS, "ok", TAKEN], undefined],
      ["skip", [ACROSS, "err NoMemory", BOTH], "answer"],
      ["refuse", [ACROSS, "err NoMemory", BOTH], undefined],
      ["refuse", [ACROSS, "ok", TAKEN], "answer"],
      ["refuse", [ACROSS, "err NoMemory", "0x1000-0x2000 rwu lazy;0x4000-0x5000 rwu lazy"], "refusal"],
      ["refuse", ["unmap 0x8000 0x1000", "err NoMemory", BOTH], undefined],
      ["refuse", ["unmap 0x3000 0x0", "ok", BOTH], undefined],
      ["refuse", ["unmap 0x1000 0x2000", "ok", "0x4000-0x5000 rwu lazy"], undefined],
      ["refuse", ["clear", "ok", "none"], undefined],
    ])("%s: %j is caught by %s", (manner, line, check) => {
      expect(caught({ "unmap-holes": manner }, line)).toBe(check);
    });
  });

  describe("an empty range", () => {
    const UNMAP = "unmap 0x2000 0x0";
    const PROTECT = "protect 0x2000 0x0 r";

    test.each<[manners: Manners, request: string, answer: string, check: string | undefined]>([
      [{}, UNMAP, "ok", undefined],
      [{}, UNMAP, "err InvalidParam", "answer"],
      [{ "zero-unmap": "invalid" }, UNMAP, "err InvalidParam", undefined],
      [{ "zero-unmap": "invalid" }, UNMAP, "ok", "answer"],
      [{ "zero-unmap": "invalid" }, PROTECT, "ok", undefined],
      [{}, PROTECT, "err InvalidParam", "answer"],
      [{ "zero-protect": "invalid" }, PROTECT, "err InvalidParam", undefined],
      [{ "zero-protect": "invalid" }, PROTECT, "ok", "answer"],
      [{ "zero-protect": "invalid" }, UNMAP, "ok", undefined],
      [{ "zero-protect": "invalid", "protect-holes": "stop" }, PROTECT, "err NoMemory", "answer"],
    ])("%j: %s answered %s is caught by %s", (manners, request, answer, check) => {
      expect(caught(manners, [request, answer, BOTH])).toBe(check);
    });

    test("still changes nothing", () => {
      expect(caught({ "zero-unmap": "invalid" }, [UNMAP, "err InvalidParam", MAPPED[0]?.[2] ?? ""])).toBe(
        "refusal",
      );
    });
  });

  describe("a limit of the system's own", () => {
    const LIMIT: Manners = { "no-memory": "any" };
    const ONE = "0x1000-0x2000 rwu lazy;0x4000-0x5000 rwu lazy";

    test.each<[line: Line, check: string | undefined]>([
      [["map 0x8000 0x1000 r lazy", "err NoMemory", BOTH], undefined],
      [["map 0x8000 0x1000 r lazy", "err NoMemory", `${BOTH};0x8000-0x9000 r lazy`], "failure"],
      [["map 0x2000 0x1000 r lazy", "err NoMemory", BOTH], undefined],
      [["map 0x2000 0x1000 r lazy", "err NoMemory", ONE], "refusal"],
      [["map 0x2000 0x0 r lazy", "err NoMemory", BOTH], undefined],
      [["map 0x2000 0x1000 r lazy replace", "err NoMemory", ONE], undefined],
      [["map 0x1000 0x1000 r lazy replace", "err NoMemory", ONE], "outside"],
      [["unmap 0x2000 0x3000", "err NoMemory", ONE], undefined],
      [["unmap 0x2000 0x3000", "err NoMemory", "0x4000-0x5000 rwu lazy"], "outside"],
      [["unmap 0x2000 0x3000", "err NoMemory", BOTH.replace("5000 rwu", "5000 ru")], "failure"],
      [["unmap 0x2000 0x3000", "err BadState", ONE], "answer"],
      [
        [
          "protect 0x1000 0x2000 r",
          "err NoMemory",
          "0x1000-0x2000 ru lazy;0x2000-0x3000 rwu lazy;0x4000-0x5000 rwu lazy",
        ],
        undefined,
      ],
      [["protect 0x1000 0x2000 r", "err NoMemory", BOTH.replace("5000 rwu", "5000 ru")], "outside"],
      [["protect 0x1000 0x2000 r", "ok", BOTH.replace("3000 rwu", "3000 ru")], undefined],
      [["clear", "err NoMemory", BOTH], "answer"],
    ])("lets %j: caught by %s", (line, check) => {
      expect(caught(LIMIT, line, { failure: "atomic" })).toBe(check);
      expect(caught({}, line, { failure: "atomic" })).toBe(
        line[1] === "err NoMemory" || check === "answer" ? "answer" : check,
      );
    });

    test("reaches no further than the hole where a protect stops", () => {
      const both: Manners = { ...LIMIT, "protect-holes": "stop" };
      const across = "protect 0x2000 0x3000 r";
      const behind = BOTH.replace("5000 rwu", "5000 ru");
      expect(caught(both, [across, "err NoMemory", BOTH])).toBeUndefined();
      expect(caught(both, [across, "err NoMemory", behind])).toBe("failure");
    });
  });

  describe("a protect that keeps nothing", () => {
    const NONE: Manners = { "protect-keeps": "none" };

    test.each<[line: Line, kept: string | undefined, none: string | undefined]>([
      [["protect 0x1000 0x2000 r", "ok", BOTH.replace("3000 rwu", "3000 r")], "areas", undefined],
      [["protect 0x1000 0x2000 r", "ok", BOTH.replace("3000 rwu", "3000 ru")], undefined, "areas"],
      [
        [
          "protect 0x2000 0x1000 rw",
          "ok",
          "0x1000-0x2000 rwu lazy;0x2000-0x3000 rw lazy;0x4000-0x5000 rwu lazy",
        ],
        "areas",
        undefined,
      ],
      [["protect 0x2000 0x1000 rw", "ok", BOTH], undefined, "areas"],
      [["protect 0x2000 0x1000 rwu", "ok", BOTH], undefined, undefined],
      [["protect 0x1000 0x2000 rwd", "ok", BOTH.replace("3000 rwu", "3000 rwd")], "areas", undefined],
    ])("%j", (line, kept, none) => {
      expect(caught({}, line)).toBe(kept);
      expect(caught(NONE, line)).toBe(none);
    });

    test("and fails half-way", () => {
      const line: Line = [
        "protect 0x1000 0x2000 r !backend=1",
        "err BadState",
        "0x1000-0x2000 r lazy;0x2000-0x3000 rwu lazy;0x4000-0x5000 rwu lazy",
        1,
      ];
      expect(caught(NONE, line, { failure: "consistent" })).toBeUndefined();
      expect(caught({}, line, { failure: "consistent" })).toBe("failure");
    });
  });
});

describe("sizes that are rounded up", () => {
  const MAP: Step = {
    request: "map 0x1000 0x1001 rw alloc:lazy",
    answer: "ok",
    areas: "0x1000-0x3000 rw alloc:lazy",
    pages: "none",
  };
  const NOTHING: Step = { request: "clear", answer: "ok", areas: "none" };
  const UP: Manners = { sizes: "roundup" };

  test.each<[step: Step, check: string | undefined]>([
    [MAP, undefined],
    [{ ...MAP, areas: "0x1000-0x2000 rw alloc:lazy" }, "areas"],
    [{ ...MAP, areas: "0x1000-0x4000 rw alloc:lazy" }, "outside"],
    [{ ...MAP, answer: "err InvalidParam", areas: "none" }, "answer"],
    [{ ...NOTHING, request: "map 0xf000 0x1001 r alloc:lazy", answer: "err InvalidParam" }, undefined],
    [{ ...MAP, request: "map 0xf000 0x1 rw alloc:lazy", areas: "0xf000-0x10000 rw alloc:lazy" }, undefined],
    [{ ...NOTHING, request: "map 0x1000 0x0 r alloc:lazy", answer: "err InvalidParam" }, undefined],
    [{ ...NOTHING, request: "map 0x1001 0x1000 r alloc:lazy", answer: "err InvalidParam" }, undefined],
  ])("in %j: caught by %s", (step, check) => {
    expect(judgeSpace(UP, [step])?.check).toBe(check);
    if (check === undefined && step.answer === "ok") expect(judgeSpace({}, [step])?.check).toBe("answer");
  });

  test("in unmap and protect too", () => {
    const unmap: Step = {
      request: "unmap 0x2000 0x7",
      answer: "ok",
      areas: "0x1000-0x2000 rw alloc:lazy",
      pages: "none",
    };
    const protect: Step = {
      ...unmap,
      request: "protect 0x1000 0x800 r",
      areas: "0x1000-0x2000 r alloc:lazy",
    };
    expect(judgeSpace(UP, [MAP, unmap, protect])).toBeUndefined();
    expect(judgeSpace(UP, [MAP, { ...unmap, areas: MAP.areas }])?.check).toBe("areas");
    expect(judgeSpace(UP, [MAP, unmap, { ...protect, areas: unmap.areas }])?.check).toBe("areas");
    const refused: Step = { ...MAP, request: unmap.request, answer: "err InvalidParam" };
    const whole: Step = { ...MAP, request: "map 0x1000 0x2000 rw alloc:lazy" };
    expect(judgeSpace({}, [whole, refused])).toBeUndefined();
    expect(judgeSpace(UP, [whole, refused])?.check).toBe("answer");
  });
});
