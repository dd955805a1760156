import { describe, expect, test } from "vitest";
import { z } from "zod";
import { mapcheck } from "./program.fixture.ts";

const REPORT = z.object({ outcome: z.string(), missing: z.array(z.string()).optional() });

const THREE_PAGES = ["--subject", "memory-set", "--pages", "3"];
const SPLIT = "a protect splits an area in three";

function check(...args: readonly string[]) {
  return mapcheck("check", "--no-save", ...args);
}

async function json(...args: readonly string[]) {
  const { status, stdout } = await check("--json", ...args);
  return { status, ...REPORT.parse(JSON.parse(stdout)) };
}

describe("a situation that is required", () => {
  test.each<[args: readonly string[], missing: readonly string[]]>([
    [[...THREE_PAGES, "--commands", "map,unmap", "--require", "split"], [SPLIT]],
    [[...THREE_PAGES, "--require", "a huge page is split"], ["a huge page is split"]],
    [[...THREE_PAGES, "--require", "frames run out"], ["frames run out"]],
    [[...THREE_PAGES, "--paths", "--depth", "1", "--commands", "map", "--require", "split"], [SPLIT]],
    [
      ["--frames", "12", "--commands", "map,unmap", "--require", "fault"],
      ["a fault brings a page in", "a fault finds that its page is there", "a fault is refused"],
    ],
    [
      ["--backends", "linear", "--commands", "map,fault", "--require", "brings"],
      ["a fault brings a page in"],
    ],
  ])("and that the scope rules out is missing: %j", async (args, missing) => {
    const report = await json(...args);
    expect(report).toEqual({ status: 2, outcome: "vacuous", missing: expect.arrayContaining([...missing]) });
    const { stderr } = await check(...args);
    expect(stderr).toMatch(/^mapcheck: [^\n]*: can't come up in this scope; [^\n]*\n$/);
    for (const name of missing) expect(stderr).toContain(name);
  });

  test("and that is too large for the scope is missing in another line", async () => {
    const { status, stderr } = await check("--pages", "1", "--commands", "map,protect", "--require", "split");
    expect([status, stderr.split("\n")]).toEqual([
      2,
      [
        `mapcheck: ${SPLIT}: never came up; widen the scope`,
        "mapcheck: a huge page is split: can't come up in this scope; name more commands, or require less",
        "",
      ],
    ]);
  });

  test.each<[args: readonly string[]]>([
    [[...THREE_PAGES, "--require", "split"]],
    [[...THREE_PAGES, "--paths", "--commands", "map,protect", "--require", "split"]],
    [["--require", "a fault brings a page in", "--require", "TLB"]],
  ])("and comes up is not: %j", async (args) => {
    expect(await json(...args)).toEqual({ status: 0, outcome: "agree", missing: [] });
  });
});

describe("where a bound cuts the check short", () => {
  const cut = [...THREE_PAGES, "--depth", "1", "--require", "split"];

  test("what is required is not judged, which is said", async () => {
    const { status, stdout, stderr } = await check(...cut);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("\nnot judged: --require, since not all of the scope was explored\n");
    expect(await json(...cut)).toEqual({ status: 0, outcome: "partial" });
  });

  test("nothing is said where nothing is required, or all is explored", async () => {
    expect((await check(...cut.slice(0, -2))).stdout).not.toContain("not judged");
    expect((await check(...THREE_PAGES, "--require", "split")).stdout).not.toContain("not judged");
  });
});
