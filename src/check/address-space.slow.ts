/** Two pages of an address space to the end. `npm run bench:check:space` does three. */
import { expect, test } from "vitest";
import { z } from "zod";
import { ended, start } from "../cli/process.fixture.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { searchAddressSpace } from "./address-space-search.fixture.ts";

const SUBJECT = addressSpaceSubject("x86-64");
const COUNTS = { states: 4_701, transitions: 891_571, depth: 15 };

const REPORT = z.looseObject({
  outcome: z.string(),
  states: z.int(),
  transitions: z.int(),
  depth: z.int(),
  memory: z.int(),
});

test.each([1, 2])("two pages have 4,701 states, by check with %i threads", async (workers) => {
  const scope = ["--pages", "2", "--frames", "12", "--flags", "-,r,rw", "--workers", `${workers}`];
  const commands = "map,replace,unmap,protect,clear,fault,access,store,failures";
  const { status, stdout } = await ended(
    start(["check", "--no-save", "--json", ...scope, "--commands", commands]),
  );
  const { outcome, memory, ...counts } = REPORT.parse(JSON.parse(stdout));
  expect({ status, outcome, ...counts }).toMatchObject({ status: 0, outcome: "agree", ...COUNTS });
  expect(memory / counts.states).toBeLessThan(80);
});

test("one page would have 124 states if none were covered by another", () => {
  expect(searchAddressSpace(SUBJECT, 1, false)).toMatchObject({ states: 124, transitions: 9_077 });
});
