/** What dialects change about pages and page faults, and what is left to judge where no pages are shown. */
import { describe, expect, test } from "vitest";
import { ADDRESS_SPACE_HELLO } from "../trace/address-space.fixture.ts";
import { PLAIN_DIALECT } from "../trace/dialect.ts";
import { SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { Hello } from "../trace/space.ts";
import { MEMORY_SET_HELLO } from "../trace/space.ts";
import { AddressSpaceJudge } from "./address-space-judge.ts";
import { EAGER, IN, LAZY, LINEAR } from "./address-space-steps.fixture.ts";
import { judgeSpace, type Manners } from "./dialect.fixture.ts";
import { judgeSteps, type Step } from "./judge.fixture.ts";
import { judgeFor } from "./judge.ts";

const ANY: Manners = { present: "any" };

/** What is shown differently of a step, and what it is caught by under the contract's own manner and under the other. */
type Case = readonly [steps: readonly Step[], plain: string | undefined, any: string | undefined];

describe("pages that come and go", () => {
  const GUARD: Step = {
    ...EAGER,
    request: "protect 0x1000 0x1000 -",
    areas: "0x1000-0x2000 - alloc:eager;0x2000-0x3000 rw alloc:eager",
    pages: "0x2000=0x80005000:rw",
  };

  test.each<Case>([
    // Present or not.
    [[EAGER], undefined, undefined],
    [[{ ...EAGER, pages: "none" }], "pages", undefined],
    [[{ ...EAGER, pages: "0x2000:rw" }], "pages", undefined],
    [[{ ...LAZY, pages: "0x1000:rw;0x3000:rw" }], "pages", undefined],
    [[LAZY, { ...IN, pages: "none" }], "pages", undefined],
    [[{ ...LINEAR, pages: "0x2000=0x80002000:rw" }], "pages", undefined],
    // But not outside of areas that can be accessed.
    [
      [{ ...EAGER, pages: "0x1000=0x80001000:rw;0x2000=0x80005000:rw;0x3000=0x80006000:rw" }],
      "outside",
      "outside",
    ],
    [[{ ...LAZY, pages: "0x0:rw" }], "outside", "outside"],
    [[EAGER, { ...GUARD, pages: "0x1000=0x80001000:r;0x2000=0x80005000:rw" }], "pages", "pages"],
    [[EAGER, { ...GUARD, pages: "0x1000=0x80001000:-;0x2000=0x80005000:rw" }], "pages", "pages"],
    // With some of the flags, and no others.
    [[{ ...EAGER, pages: "0x1000=0x80001000:r;0x2000=0x80005000:-" }], "pages", undefined],
    [[{ ...EAGER, pages: "0x1000=0x80001000:rwx;0x2000=0x80005000:rw" }], "pages", "pages"],
    [[{ ...EAGER, pages: "0x1000=0x80001000:ru;0x2000=0x80005000:rw" }], "pages", "pages"],
    // Anywhere, but for linear ones.
    [
      [EAGER, { ...EAGER, request: "find 0x0", answer: "ok none", pages: "0x1000=0x80007000:rw" }],
      "identity",
      undefined,
    ],
    [
      [
        EAGER,
        {
          ...EAGER,
          request: "find 0x0",
          answer: "ok none",
          pages: "0x1000=0x80007000:rw;0x2000=0x80005000:rw",
        },
      ],
      "identity",
      undefined,
    ],
    [[{ ...EAGER, pages: "0x1000=0x80001000:rw;0x2000=0x80001000:rw" }], "identity", undefined],
    [[{ ...LINEAR, pages: "0x1000=0x80001000:rw;0x2000=0x80003000:rw" }], "pages", "pages"],
    [[{ ...LINEAR, pages: "0x1000:r;0x2000=0x80002000:rw" }], "pages", undefined],
    // In order.
    [[{ ...EAGER, pages: "0x2000:rw;0x1000:rw" }], "order", "order"],
    [[{ ...EAGER, pages: "0x1000:rw;0x1000:rw" }], "order", "order"],
    // However many frames that takes.
    [[{ ...EAGER, frames: "data=9 table=9" }], "frames", undefined],
    [[LAZY, { ...IN, frames: "data=0 table=0" }], "frames", undefined],
  ])("%j", (steps, plain, any) => {
    const check = (manners: Manners) => judgeSpace(manners, steps)?.check;
    expect(check({})).toBe(plain);
    expect(check(ANY)).toBe(any);
  });

  describe("are asked for", () => {
    const then = (before: Step, request: string, answer: string): readonly Step[] => [
      before,
      { ...before, request, answer },
    ];

    test.each<Case>([
      [then(EAGER, "pages", "ok none"), "answer", undefined],
      [then(EAGER, "pages", "ok 0x2000:r"), "answer", undefined],
      [then(EAGER, "pages", "ok 0x1000:rw;0x2000:rw"), undefined, undefined],
      [then(EAGER, "pages", "ok 0x2000:rw;0x1000:rw"), "answer", "answer"],
      [then(EAGER, "pages", "ok 0x2000:rw;0x2000:rw"), "answer", "answer"],
      [then(EAGER, "pages", "ok 0x1800:rw"), "answer", "answer"],
      [then(EAGER, "pages", "ok 0x3000:rw"), "answer", "answer"],
      [then(EAGER, "pages", "ok 0x2000:rwx"), "answer", "answer"],
      [then(LINEAR, "pages", "ok 0x2000=0x80002000:r"), "answer", undefined],
      [then(LINEAR, "pages", "ok 0x2000=0x80003000:r"), "answer", "answer"],

      [then(EAGER, "translate 0x1234", "ok none"), "answer", undefined],
      [then(EAGER, "translate 0x1234", "ok 0x80001234"), undefined, undefined],
      [then(EAGER, "translate 0x1234", "ok 0x90001234"), "answer", undefined],
      [then(EAGER, "translate 0x1234", "ok 0x90001235"), "answer", "answer"],
      [then(EAGER, "translate 0x3000", "ok 0x90001000"), "answer", "answer"],
      [then(LAZY, "translate 0x3000", "ok 0x90001000"), "answer", undefined],
      [then(LAZY, "translate 0x3000", "ok none"), undefined, undefined],
      [then(LINEAR, "translate 0x1234", "ok none"), "answer", undefined],
      [then(LINEAR, "translate 0x1234", "ok 0x80001234"), undefined, undefined],
      [then(LINEAR, "translate 0x1234", "ok 0x80002234"), "answer", "answer"],
      [[EAGER, ...then(GUARD, "translate 0x1000", "ok 0x80001000")], "answer", "answer"],

      [then(EAGER, "access 0x1234 r", "ok 0x90001234"), "answer", undefined],
      [then(EAGER, "access 0x1234 r", "ok 0x90001235"), "answer", "answer"],
      [then(EAGER, "access 0x1234 r", "ok fault"), "answer", "answer"],
      [then(LINEAR, "access 0x1234 r", "ok 0x80002234"), "answer", "answer"],

      [then(EAGER, "frames", "ok data=7 table=0"), "answer", undefined],

      [then(LAZY, "read 0x1ffe 0x4", "ok 00000000"), "answer", undefined],
      [then(LAZY, "read 0x1ffe 0x4", "err NotMapped"), undefined, "answer"],
      [then(LAZY, "read 0x1ffe 0x4", "ok 00000100"), "answer", "answer"],
      [then(LAZY, "read 0x0ffe 0x4", "err NotMapped"), undefined, undefined],
      [[EAGER, ...then(GUARD, "read 0x1ffe 0x4", "err NotMapped")], undefined, undefined],
      [[EAGER, ...then(GUARD, "read 0x1ffe 0x4", "ok 00000000")], "answer", "answer"],
      [then(LAZY, "write 0x1ffe 01020304", "ok"), "answer", undefined],
      [then(LAZY, "write 0x1ffe 01020304", "err NotMapped"), undefined, "answer"],
      [then(LAZY, "fault 0x1000 r", "ok false"), "answer", "answer"],
      [then(LAZY, "fault 0x1000 x", "ok true"), "answer", "answer"],
      [then(LAZY, "find 0x1000", "ok none"), "answer", "answer"],
    ])("%j", (steps, plain, any) => {
      expect(judgeSpace({}, steps)?.check).toBe(plain);
      expect(judgeSpace(ANY, steps)?.check).toBe(any);
    });

    test("and what is allowed is told", () => {
      const wanted = (steps: readonly Step[]) => judgeSpace(ANY, steps)?.expected;
      expect(wanted(then(EAGER, "pages", "ok 0x3000:rw"))).toBe(
        "some of these pages: ok 0x1000:rw;0x2000:rw",
      );
      expect(wanted(then(LINEAR, "translate 0x1000", "ok 0x5000"))).toBe("ok 0x80001000, or ok none");
      expect(wanted(then(LINEAR, "translate 0x0", "ok 0x5000"))).toBe("ok none");
    });
  });

  describe("keep their bytes", () => {
    const GONE = { pages: "none", frames: "data=0 table=0" };
    const written: Step = { ...LAZY, ...GONE, request: "write 0x1fff 0102", answer: "ok" };
    const areas = "0x1000-0x2000 - alloc:lazy;0x2000-0x4000 rw alloc:lazy";
    const closed: Step = { ...written, request: "protect 0x1000 0x1000 -", areas };
    const opened: Step = {
      ...written,
      request: "protect 0x1000 0x1000 r",
      areas: areas.replace("2000 -", "2000 r"),
    };
    const asked = (before: Step, request: string, answer: string): Step => ({ ...before, request, answer });

    test.each<[what: string, steps: readonly Step[], answer: string, check: string | undefined]>([
      ["read", [asked(written, "read 0x1ffe 0x3", "")], "ok 000102", undefined],
      ["read", [asked(written, "read 0x1ffe 0x3", "")], "ok 000100", "answer"],
      ["loaded", [asked(written, "load 0x1ffe 0x2", "")], "ok 0001", undefined],
      ["loaded", [asked(written, "load 0x1ffe 0x2", "")], "ok 0000", "answer"],
      ["read of a guard page", [closed, asked(closed, "read 0x1fff 0x1", "")], "err NotMapped", undefined],
      ["read again", [closed, opened, asked(opened, "load 0x1fff 0x1", "")], "ok 01", undefined],
      ["read again", [closed, opened, asked(opened, "load 0x1fff 0x1", "")], "ok 00", "answer"],
    ])("%s: %j answered %s is caught by %s", (_what, steps, answer, check) => {
      const last = steps.at(-1) ?? written;
      const all = [{ ...LAZY, ...GONE }, written, ...steps.slice(0, -1), { ...last, answer }];
      expect(judgeSpace(ANY, all)?.check).toBe(check);
    });

    test("until they are unmapped", () => {
      const unmapped: Step = { ...written, request: "unmap 0x1000 0x3000", areas: "none" };
      const steps = [{ ...LAZY, ...GONE }, written, unmapped, { ...LAZY, ...GONE }];
      const read = (answer: string) => asked(written, "read 0x1fff 0x2", answer);
      expect(judgeSpace(ANY, [...steps, read("ok 0000")])).toBeUndefined();
      expect(judgeSpace(ANY, [...steps, read("ok 0102")])?.check).toBe("answer");
    });
  });

  test("may need frames at any time where these are few", () => {
    const dialect = { ...PLAIN_DIALECT, ...ANY };
    const full: Step = { ...LAZY, request: "map 0x8000 0x1000 r alloc:lazy", answer: "err NoMemory" };
    for (const [frames, check] of [
      [0, "answer"],
      [500, undefined],
    ] as const) {
      const space = { ...SIXTEEN_PAGES, frames };
      const judge = new AddressSpaceJudge({ space, hello: { ...ADDRESS_SPACE_HELLO, dialect } });
      expect(judgeSteps(judge, space.page, [LAZY, full])?.check).toBe(check);
    }
  });
});

describe("a permitted fault on a page that is present", () => {
  const on = (step: Step, request: string, truth: boolean): readonly Step[] => [
    step,
    { ...step, request, answer: `ok ${truth}` },
  ];

  test.each<[key: "eager-fault" | "linear-fault", step: Step, other: Step]>([
    ["eager-fault", EAGER, LINEAR],
    ["linear-fault", LINEAR, EAGER],
  ])("%s", (key, step, other) => {
    const manners: Manners = { [key]: "true" };
    const check = (manners: Manners, steps: readonly Step[]) => judgeSpace(manners, steps)?.check;
    expect(check({}, on(step, "fault 0x1000 r", false))).toBeUndefined();
    expect(check({}, on(step, "fault 0x1000 r", true))).toBe("answer");
    expect(check(manners, on(step, "fault 0x1000 r", true))).toBeUndefined();
    expect(check(manners, on(step, "fault 0x1000 r", false))).toBe("answer");
    // Not one that is not permitted, and nothing changes.
    expect(check(manners, on(step, "fault 0x1000 x", true))).toBe("answer");
    expect(check(manners, on(step, "fault 0x0 r", true))).toBe("answer");
    expect(check(manners, on(other, "fault 0x1000 r", true))).toBe("answer");
    expect(check(manners, on(other, "fault 0x1000 r", false))).toBeUndefined();
    const [first, fault = step] = on(step, "fault 0x1000 r", true);
    const more = { ...fault, frames: "data=7 table=4" };
    expect(check(manners, [first ?? step, more])).toBe("frames");
  });

  test("may be refused for an injected failure", () => {
    const failed: Step = { ...EAGER, request: "fault 0x1000 r !frame=0", answer: "ok false", injected: 1 };
    expect(judgeSpace({ "eager-fault": "true" }, [EAGER, failed])).toBeUndefined();
    expect(judgeSpace({ "eager-fault": "true" }, [EAGER, { ...failed, injected: 0 }])?.check).toBe("answer");
  });
});

describe("where no pages are shown", () => {
  const hidden = (step: Step): Step => ({ ...step, hidesPages: true });

  test("those that there are, are not missed", () => {
    expect(judgeSpace({}, [LAZY, IN].map(hidden))).toBeUndefined();
    expect(judgeSpace({}, [EAGER].map(hidden))).toBeUndefined();
    expect(judgeSpace({}, [{ ...EAGER, pages: "none" }])?.check).toBe("pages");
  });

  test("areas, frames and answers are judged", () => {
    expect(judgeSpace({}, [hidden({ ...EAGER, areas: "0x1000-0x3000 r alloc:eager" })])?.check).toBe("areas");
    expect(judgeSpace({}, [hidden({ ...EAGER, frames: "data=1 table=4" })])?.check).toBe("frames");
    const absent = { ...LAZY, request: "translate 0x1000", answer: "ok 0x80001000" };
    expect(judgeSpace({}, [LAZY, absent].map(hidden))?.check).toBe("answer");
    const present = { ...EAGER, request: "translate 0x1000", answer: "ok none" };
    expect(judgeSpace({}, [EAGER, present].map(hidden))?.check).toBe("answer");
  });

  test("a failed command may still be left half-way", () => {
    const failed: Step = {
      request: "unmap 0x1000 0x2000 !backend=1",
      answer: "err BadState",
      areas: "0x2000-0x3000 rw alloc:eager",
      frames: "data=1 table=4",
      injected: 1,
    };
    expect(judgeSpace({}, [EAGER, failed].map(hidden), { failure: "consistent" })).toBeUndefined();
    expect(judgeSpace({}, [EAGER, failed].map(hidden))?.check).toBe("failure");
  });

  test("on the memory-set surface either", () => {
    const check = (more: Partial<Step>, hello: Partial<Hello> = {}) => {
      const step: Step = { request: "map 0x1000 0x2000 r mock", answer: "ok", areas: "0x1000-0x3000 r mock" };
      const judge = judgeFor({ space: SIXTEEN_PAGES, hello: { ...MEMORY_SET_HELLO, ...hello } });
      return judgeSteps(judge, SIXTEEN_PAGES.page, [{ ...step, ...more }])?.check;
    };
    expect(check({ hidesPages: true })).toBeUndefined();
    expect(check({ hidesPages: true, areas: "0x1000-0x3000 rw mock" })).toBe("areas");
    expect(check({ pages: "none" })).toBe("pages");
  });
});
