/** The stack agrees with the model: 100,000 random commands for each format, and every single failure of many traces. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { STACK } from "../subjects/registry.ts";
import { FORMAT_NAMES } from "../trace/hardware.ts";
import { newTally } from "./fuzz.ts";
import { Pace } from "./pace.ts";
import { runSession, type Session } from "./session.ts";
import { standardSpaces } from "./spaces.ts";

const CORPUS = fileURLToPath(new URL("../../corpus", import.meta.url));
const COMMANDS = 100_000;
const STEP = 500;

function sessionIn(format: (typeof FORMAT_NAMES)[number], injectAll: boolean, runs: number): Session {
  const target = STACK["address-space"].inFormat?.(format);
  if (target === undefined) throw new Error(`there is no format ${format}`);
  return {
    target,
    spaces: standardSpaces(target.subject.hello),
    seed: "soak",
    maxCommands: 50,
    budget: { runs, seconds: Number.POSITIVE_INFINITY },
    injectAll,
    corpus: injectAll ? CORPUS : undefined,
    saveTo: undefined,
  };
}

describe.each(FORMAT_NAMES)("%s", (format) => {
  test("100,000 random commands in small spaces and large ones", async () => {
    const tally = newTally("address-space");
    while (tally.statistics.requests < COMMANDS) {
      const session = sessionIn(format, false, tally.runs + STEP);
      const { findings } = await runSession(session, new Pace(), tally);
      expect(findings).toEqual([]);
    }
    // Whatever never came up would prove nothing.
    expect(tally.statistics.sometimes().filter(({ count }) => count === 0)).toEqual([]);
  });

  test("every single failure of the saved cases, and of random traces", async () => {
    const { findings, problems, tally } = await runSession(sessionIn(format, true, 60), new Pace());
    expect([findings, problems]).toEqual([[], []]);
    expect(tally.injections.traces).toBeGreaterThanOrEqual(60);
    expect(tally.injections.injected).toBeGreaterThan(1_000);
  });
});
