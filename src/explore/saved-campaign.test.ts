import { describe, expect, test } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { findSubject } from "../subjects/registry.ts";
import { SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { Pace } from "./pace.ts";
import { type CampaignState, parseCampaign, printCampaign, type SavedCampaign } from "./saved-campaign.ts";
import { runSession, type Session } from "./session.ts";
import { countsOf } from "./tally.fixture.ts";

function subjectOf(name: string) {
  const found = findSubject(name);
  if (found === undefined) throw new Error(`there is no subject ${name}`);
  return found.subject;
}

/** A session that goes on after findings, of which there are some. */
function sessionOf(parts: Partial<Session>): Session {
  return {
    target: {
      name: "some",
      driver: new InProcess(subjectOf("defect:unmap-loses-right-part+find-includes-end")),
    },
    spaces: [SIXTEEN_PAGES],
    injectAll: false,
    keepGoing: true,
    seed: "kept",
    maxCommands: 30,
    budget: { runs: 1100, seconds: Number.POSITIVE_INFINITY },
    corpus: undefined,
    saveTo: undefined,
    ...parts,
  };
}

/** What is kept of a session, each time. */
async function statesOf(parts: Partial<Session> = {}): Promise<readonly CampaignState[]> {
  const states: CampaignState[] = [];
  const keep = async (state: () => CampaignState) => {
    states.push(copyOf(state()));
  };
  await runSession(sessionOf({ ...parts, keep }), new Pace());
  return states;
}

/** As it comes back from a file. */
function copyOf(state: CampaignState): CampaignState {
  const read = parseCampaign(printCampaign({ words: [], state }));
  if (!read.ok) throw new Error(read.error.what);
  return read.value.state;
}

describe("a campaign in a file", () => {
  test("is the one that was written", async () => {
    const state = (await statesOf()).at(-1);
    if (state === undefined) throw new Error("nothing was kept");
    expect(state.findings.length).toBeGreaterThanOrEqual(2);
    expect(state.done).toEqual([{ from: 0, to: 1100 }]);
    const saved: SavedCampaign = { words: ["fuzz", "--seed", "it's \"\u001b"], state };
    const printed = printCampaign(saved);
    expect(printed).not.toContain("\u001b");
    expect(parseCampaign(printed)).toEqual({ ok: true, value: saved });
  });

  test("that was taken up anywhere ends as one that never stopped", async () => {
    const whole = await runSession(sessionOf({}), new Pace());
    const states = await statesOf();
    expect(states.length).toBeGreaterThan(4);
    for (const resumed of states) {
      const rest = await runSession(sessionOf({ resumed }), new Pace());
      expect(rest.findings).toEqual(whole.findings);
      expect(countsOf(rest.tally)).toEqual(countsOf(whole.tally));
    }
  });

  test.each<[what: string, change: (text: string) => string, message: string]>([
    ["is empty", () => "", "the file is empty"],
    ["is cut off", (text) => text.slice(0, 100), "the JSON ends in the middle (a truncated file)"],
    ["is a case", () => '{"mapcheck": 1}', '"mapcheck" must be "campaign", found 1'],
    [
      "is of another version",
      (text) => text.replace('"version":1', '"version":2'),
      '"version" must be 1, found 2',
    ],
    ["lacks something", (text) => text.replace('"suite":0,', ""), 'key "suite" is missing'],
    ["has a key that nobody knows", (text) => text.replace("{", '{"more":1,'), 'unknown key "more"'],
    [
      "has no runs in a range",
      (text) => text.replace("[[0,1]]", "[[1,1]]"),
      '"done[0]" must be the first run, and a higher one before which it ends, found [1,1]',
    ],
    ["has runs below 0", (text) => text.replace("[[0,", "[[-1,"), '"done[0][0]" must be 0 or more, found -1'],
  ])("that %s is refused", async (_what, change, message) => {
    const [state] = await statesOf({ budget: { runs: 1, seconds: Number.POSITIVE_INFINITY } });
    if (state === undefined) throw new Error("nothing was kept");
    const done = [{ from: 0, to: 1 }];
    const text = printCampaign({ words: [], state: { ...state, done } });
    expect(parseCampaign(text).ok).toBe(true);
    expect(parseCampaign(change(text))).toMatchObject({ ok: false, error: { what: message } });
  });
});
