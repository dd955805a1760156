/** Which findings get a picture, and of what. */
import { describe, expect, test, vi } from "vitest";
import { InProcess } from "../execute/driver.ts";
import { Pace } from "../explore/pace.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { FOUND, result } from "../report/session.fixture.ts";
import { subjectCalled } from "../subjects/registry.ts";
import { picturesOf } from "./session-reports.ts";

/** A finding of the defect below, as a session has it. */
const LEAK: SessionFinding = {
  ...FOUND,
  id: "leak",
  trace: ["map 0x0 0x1000 r alloc:lazy", "fault 0x0 r", "fault 0x0 r", "areas"],
  finding: {
    kind: "invariant",
    check: "frames",
    at: 2,
    expected: "frames data=1",
    observed: "frames data=2",
    answer: "true",
  },
};

function driverOf(name: string): InProcess {
  const found = subjectCalled(name);
  if (!found.ok) throw new Error(found.error);
  return new InProcess(found.value.subject);
}

const LEAKING = "defect:fault-again-leaks-frame";

/** The ids of those that have a picture. */
async function shownOf(findings: readonly SessionFinding[], name = LEAKING, pace = new Pace()) {
  return [...(await picturesOf(result({ findings }), driverOf(name), pace)).keys()];
}

describe("there is a picture of a finding", () => {
  test("that comes back", async () => {
    const pictures = await picturesOf(result({ findings: [LEAK] }), driverOf(LEAKING), new Pace());
    expect(pictures.get("leak")?.at(-1)).toBe("     differ   frames ^^^^^^");
  });

  test("with the names that frames had in the steps before", async () => {
    const trace = [
      "map 0x0 0x2000 r alloc:lazy",
      "fault 0x1000 r",
      "fault 0x0 r",
      "unmap 0x1000 0x1000",
      "fault 0x0 r",
    ];
    const found = { ...LEAK, trace, finding: { ...LEAK.finding, at: 4 } };
    const picture = (await picturesOf(result({ findings: [found] }), driverOf(LEAKING), new Pace())).get(
      "leak",
    );
    expect(picture).toContain("              pages  r#2     .");
  });

  test("that needs earlier runs, in an implementation that begins anew with each", async () => {
    const before = [["reset base=0x0 size=0x10000 page=0x1000 frames=0", "clear"]];
    expect(await shownOf([{ ...LEAK, before }])).toEqual(["leak"]);
  });
});

describe("there is none of a finding", () => {
  test.each<[why: string, changes: Partial<SessionFinding>]>([
    ["that did not come back", { stable: false }],
    ["that is about a process", { finding: { ...LEAK.finding, check: "hang" } }],
    ["of another check", { finding: { ...LEAK.finding, check: "walk" } }],
    ["of another place", { finding: { ...LEAK.finding, at: 1 } }],
    ["of no trace", { trace: ["nonsense"] }],
    ["after runs in no space", { before: [["clear"]] }],
    ["after no runs", { before: [["reset", "nonsense"]] }],
  ])("%s", async (_why, changes) => {
    expect(
      await shownOf([
        { ...LEAK, ...changes },
        { ...LEAK, id: "other" },
      ]),
    ).toEqual(["other"]);
  });

  test("that is no longer there", async () => {
    expect(await shownOf([LEAK], "address-space")).toEqual([]);
  });

  test("when the session was told to stop", async () => {
    const pace = new Pace();
    pace.stop();
    const driver = driverOf(LEAKING);
    const runnerIn = vi.spyOn(driver, "runnerIn");
    expect((await picturesOf(result({ findings: [LEAK] }), driver, pace)).size).toBe(0);
    expect(runnerIn).not.toHaveBeenCalled();
  });
});
