import { expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { Pace } from "../explore/pace.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { searchAddressSpace, spaceOf } from "./address-space-search.fixture.ts";
import { Check } from "./check.ts";

const SUBJECT = addressSpaceSubject("x86-64");
const ENDLESS = Number.POSITIVE_INFINITY;

test("one page has 71 states, counted by check and by a search that shares nothing with it", async () => {
  const scope = {
    space: spaceOf(1),
    flags: [NO_FLAGS, READ, READ | WRITE],
    commands: ["map", "replace", "unmap", "protect", "clear", "fault", "access", "store"],
    backends: SUBJECT.hello.backends,
    inject: true,
  } as const;
  const target = { name: "address-space", driver: new InProcess(SUBJECT) };
  const bounds = { depth: ENDLESS, states: ENDLESS, seconds: ENDLESS };
  const plan = { target, scope, bounds, paths: false, saveTo: undefined };
  const counts = { states: 71, transitions: 5_261, depth: 8 };
  expect(await new Check(plan, new Pace()).run()).toMatchObject({
    ...counts,
    finding: undefined,
    cut: undefined,
  });
  expect(searchAddressSpace(SUBJECT, 1, true)).toEqual(counts);
});
