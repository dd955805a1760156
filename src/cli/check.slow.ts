/** The command line's `check` with threads, which start only where there is enough to do. */
import { expect, test } from "vitest";
import { z } from "zod";
import { countByBurnside } from "../check/turns.fixture.ts";
import { ended, start } from "./process.fixture.ts";

const REPORT = z.looseObject({
  outcome: z.string(),
  states: z.int(),
  transitions: z.int(),
  depth: z.int(),
  never: z.array(z.string()),
  findings: z.array(z.looseObject({ trace: z.array(z.string()), stable: z.boolean() })),
});

/** What a check comes to with so many threads. */
async function check(workers: number, ...args: readonly string[]) {
  const child = start(["check", "--no-save", "--json", "--workers", `${workers}`, ...args]);
  const { status, stdout } = await ended(child);
  const { outcome, states, transitions, depth, never, findings } = REPORT.parse(JSON.parse(stdout));
  return { status, outcome, states, transitions, depth, never, findings };
}

const LARGE = ["--pages", "6", "--flags", "r,rw,rx", "--commands", "map,replace,unmap,protect"];

test("threads come to what one comes to", async () => {
  const proof = await check(2, "--subject", "memory-set", ...LARGE);
  expect(proof).toMatchObject({
    status: 0,
    outcome: "agree",
    states: 10_009,
    transitions: 2_101_890,
    depth: 5,
  });
  expect(await check(1, "--subject", "memory-set", ...LARGE)).toEqual(proof);
});

test("threads merge what mirrors each other as one does", async () => {
  const args = ["--subject", "memory-set", ...LARGE, "--pages", "7", "--symmetry"];
  const proof = await check(2, ...args);
  const states = countByBurnside(7, 3);
  expect(proof).toMatchObject({ status: 0, outcome: "agree", states, transitions: states * 280, depth: 6 });
  expect(await check(1, ...args)).toEqual(proof);
});

test("threads find the same", async () => {
  const args = ["--subject", "defect:unmap-four-areas-at-most", ...LARGE];
  const found = await check(2, ...args);
  expect(found).toMatchObject({ status: 1, outcome: "finding", findings: [{ stable: true }] });
  expect(await check(1, ...args)).toEqual(found);
});

test("threads on an address space come to what one comes to", async () => {
  const args = [
    "--pages",
    "2",
    "--flags",
    "r,rw",
    "--commands",
    "map,unmap,protect,fault,access,store,failures",
  ];
  const proof = await check(2, ...args);
  expect(proof).toMatchObject({ status: 0, outcome: "agree", never: expect.any(Array) });
  expect(await check(1, ...args)).toEqual(proof);
});
