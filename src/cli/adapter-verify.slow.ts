/** `verify` and `replay` with an adapter that hangs, each answer of which has to be waited for. */
import { expect, test } from "vitest";
import { expectDecent, expectFinding, Hostile } from "./adapter.fixture.ts";
import { mapcheck } from "./program.fixture.ts";

const hostile = new Hostile();

test("a hang is one finding of verify and of replay too", async () => {
  const { fuzz, corpus } = {
    fuzz: hostile.fuzz("hangs", "--timeout", "2s", "--runs", "2"),
    corpus: hostile.corpus,
  };
  expectFinding(await mapcheck("verify", ...fuzz.slice(1)), "hang", "it did not answer within 2 s");
  const again = await mapcheck("replay", corpus, "--timeout", "2s", "--", ...hostile.command("hangs"));
  expectDecent(again);
  expect(again.status).toBe(1);
  expect(again.stdout).toContain("it did not answer within 2 s after 1 answer of the run");
});
