/** The stack agrees with the model: 100,000 random commands for each format, and every single failure of many traces. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { DEFAULT_FORMAT, STACK } from "../subjects/registry.ts";
import { FORMAT_NAMES, type FormatName } from "../trace/hardware.ts";
import { newTally } from "./campaign.ts";
import { Pace } from "./pace.ts";
import { runSession, type Session } from "./session.ts";
import { standardSpaces } from "./spaces.ts";

const CORPUS = fileURLToPath(new URL("../../corpus", import.meta.url));
const COMMANDS = 100_000;
const STEP = 500;

function sessionIn(format: FormatName, injectAll: boolean, runs: number): Session {
  const target = STACK["address-space"].inFormat?.(format);
  if (target === undefined) throw new Error(`there is no format ${format}`);
  return {
    target: { ...target, driver: new InProcess(target.subject) },
    spaces: standardSpaces(target.subject.hello),
    seed: "soak",
    maxCommands: 50,
    budget: { runs, seconds: Number.POSITIVE_INFINITY },
    injectAll,
    keepGoing: false,
    // The saved cases of pages of 1 GiB take most of a minute: one format has to do.
    corpus: injectAll && format === DEFAULT_FORMAT ? CORPUS : undefined,
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

  test("every single failure of random traces, and of the saved cases", async () => {
    const { findings, problems, tally } = await runSession(sessionIn(format, true, 40), new Pace());
    expect([findings, problems]).toEqual([[], []]);
    expect(tally.injections.traces).toBeGreaterThanOrEqual(40);
    expect(tally.injections.injected).toBeGreaterThan(1_000);
  });
});
