/** What shows of areas where their boundaries are free: as the judges see it. */
import { describe, expect, test } from "vitest";
import { BOTH, GROUNDS, judgeSpace, type Line, MAPPED, type Manners } from "./dialect.fixture.ts";
import type { Step } from "./judge.fixture.ts";

const FREE: Manners = { boundaries: "free" };

describe.each(GROUNDS)("on the surface $surface", ({ judge, caught }) => {
  describe("boundaries that are free", () => {
    const SECOND = "map 0x3000 0x1000 rwu lazy";
    const MERGED = "0x1000-0x5000 rwu lazy";
    const THREE = "0x1000-0x3000 rwu lazy;0x3000-0x4000 rwu lazy;0x4000-0x5000 rwu lazy";

    test.each<[line: Line, exact: string | undefined, free: string | undefined]>([
      [[SECOND, "ok", THREE], undefined, undefined],
      [[SECOND, "ok", MERGED], "areas", undefined],
      [[SECOND, "ok", "0x1000-0x4000 rwu lazy;0x4000-0x5000 rwu lazy"], "areas", undefined],
      [
        ["find 0x0", "ok none", `0x1000-0x2000 rwu lazy;0x2000-0x3000 rwu lazy;0x4000-0x5000 rwu lazy`],
        "refusal",
        undefined,
      ],
      [["find 0x0", "ok none", "0x1000-0x5000 rwu lazy"], "refusal", "refusal"],
      [
        ["find 0x0", "ok none", "0x1000-0x2000 rwu lazy;0x2000-0x3000 ru lazy;0x4000-0x5000 rwu lazy"],
        "refusal",
        "refusal",
      ],
      [["find 0x0", "ok none", "0x1000-0x3000 rwu lazy"], "refusal", "refusal"],
      [
        ["protect 0x2000 0x1000 r", "ok", "0x1000-0x3000 ru lazy;0x4000-0x5000 rwu lazy"],
        "outside",
        "outside",
      ],
      [["protect 0x2000 0x1000 r", "ok", BOTH], "areas", "areas"],
    ])("%j", (line, exact, free) => {
      expect(caught({}, line)).toBe(exact);
      expect(caught(FREE, line)).toBe(free);
    });

    test.each<[what: string, areas: string]>([
      ["out of order", "0x4000-0x5000 rwu lazy;0x1000-0x3000 rwu lazy"],
      ["empty", "0x1000-0x3000 rwu lazy;0x3000-0x3000 rwu lazy;0x4000-0x5000 rwu lazy"],
      ["overlapping", "0x1000-0x3000 rwu lazy;0x2000-0x3000 rwu lazy;0x4000-0x5000 rwu lazy"],
      ["in the middle of a page", "0x1000-0x1800 rwu lazy;0x1800-0x3000 rwu lazy;0x4000-0x5000 rwu lazy"],
    ])("are not %s", (_what, areas) => {
      expect(caught(FREE, ["find 0x0", "ok none", areas])).toBe("order");
    });

    test("have find give an area that is shown", () => {
      const followedBy = (request: string, answer: string, areas: string) => {
        const lines: Line[] = [...MAPPED, [SECOND, "ok", THREE], [request, answer, areas]];
        return judge(FREE, lines)?.check;
      };
      expect(followedBy("find 0x3000", "ok 0x3000-0x4000 rwu lazy", THREE)).toBeUndefined();
      expect(followedBy("find 0x3000", "ok 0x1000-0x5000 rwu lazy", MERGED)).toBeUndefined();
      expect(followedBy("find 0x3000", "ok 0x1000-0x5000 rwu lazy", THREE)).toBe("answer");
      expect(followedBy("find 0x3000", "ok 0x3000-0x4000 rwu lazy", MERGED)).toBe("answer");
      expect(followedBy("find 0x3000", "ok none", MERGED)).toBe("answer");
      expect(followedBy("find 0x3000", "ok 0x1000-0x5000 ru lazy", MERGED)).toBe("answer");
    });

    test("may be asked for", () => {
      const asked = (answer: string, areas = THREE) => {
        const lines: Line[] = [...MAPPED, [SECOND, "ok", THREE], ["areas", `ok ${answer}`, areas]];
        return judge(FREE, lines)?.check;
      };
      expect(asked(THREE)).toBeUndefined();
      expect(asked(MERGED)).toBeUndefined();
      expect(asked(THREE, MERGED)).toBeUndefined();
      expect(asked("0x1000-0x2000 rwu lazy;0x2000-0x5000 rwu lazy")).toBeUndefined();
      expect(asked(BOTH)).toBe("answer");
      expect(asked("0x1000-0x5000 ru lazy")).toBe("answer");
      expect(asked("0x1000-0x5000 rwu lazy;0x5000-0x5000 rwu lazy")).toBe("answer");
      expect(asked("0x1000-0x1000 rwu lazy;0x1000-0x5000 rwu lazy")).toBe("answer");
      expect(asked("0x3000-0x5000 rwu lazy;0x1000-0x3000 rwu lazy")).toBe("answer");
    });

    test("are followed by the next command", () => {
      const lines: Line[] = [
        ...MAPPED,
        [SECOND, "ok", MERGED],
        ["unmap 0x2000 0x1000", "ok", "0x1000-0x2000 rwu lazy;0x3000-0x5000 rwu lazy"],
        [
          "protect 0x4000 0x1000 -",
          "ok",
          "0x1000-0x2000 rwu lazy;0x3000-0x4000 rwu lazy;0x4000-0x5000 u lazy",
        ],
      ];
      expect(judge(FREE, lines)).toBeUndefined();
      expect(judge({}, lines)).toMatchObject({ check: "areas", at: 2 });
    });
  });
});

describe("linear areas", () => {
  test.each([
    ["0x81000", undefined],
    ["0x82000", "areas"],
  ])("can be one where the second, at %s, goes on in physical memory: %s", (second, check) => {
    const first: Step = {
      request: "map 0x0 0x1000 r linear:0x80000",
      answer: "ok",
      areas: "0x0-0x1000 r linear:0x80000",
      pages: "0x0=0x80000:r",
    };
    const merged: Step = {
      request: `map 0x1000 0x1000 r linear:${second}`,
      answer: "ok",
      areas: "0x0-0x2000 r linear:0x80000",
      pages: `0x0=0x80000:r;0x1000=${second}:r`,
    };
    const steps = [first, merged];
    expect(judgeSpace(FREE, steps)?.check).toBe(check);
    const asked = (answer: string): Step => ({ ...merged, request: "areas", answer });
    const areas = `ok 0x0-0x1000 r linear:0x80000;0x1000-0x2000 r linear:${second}`;
    if (check === undefined) expect(judgeSpace(FREE, [...steps, asked(areas)])).toBeUndefined();
    expect(judgeSpace({}, steps)?.check).toBe("areas");
  });

  test("that are split show where each begins", () => {
    const map: Step = {
      request: "map 0x0 0x2000 r linear:0x80000",
      answer: "ok",
      areas: "0x0-0x1000 r linear:0x80000;0x1000-0x2000 r linear:0x81000",
      pages: "0x0=0x80000:r;0x1000=0x81000:r",
    };
    expect(judgeSpace(FREE, [map])).toBeUndefined();
    const wrong = { ...map, areas: map.areas.replace("81000", "80000") };
    expect(judgeSpace(FREE, [wrong])?.check).toBe("areas");
  });
});
