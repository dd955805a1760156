/** A session that nobody ran, and what it came to. */
import { InProcess } from "../execute/driver.ts";
import { newTally, type Tally } from "../explore/campaign.ts";
import type { SessionResult } from "../explore/session.ts";
import type { SessionFinding } from "../explore/session-finding.ts";
import { type NamedSubject, STACK } from "../subjects/registry.ts";
import { virtAddr } from "../trace/address.ts";
import type { Surface } from "../trace/space.ts";
import type { FormattedSession, SummaryView } from "./fuzz.ts";
import { PLAIN } from "./paint.ts";

/** A finding. */
export const FOUND: SessionFinding = {
  id: "memory-set/unmap-panic-0123abcd",
  file: "corpus/memory-set/unmap-panic-0123abcd.json",
  space: { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 },
  trace: ["map 0x0 0x1000 rw mock", "unmap 0x0 0x1000"],
  finding: {
    kind: "panic",
    check: "panic",
    at: 1,
    expected: "no panic",
    observed: "Error: oh",
    answer: "panic",
  },
  shrunkFrom: 1234,
  run: 7,
  executions: 1,
  minimal: {
    pages: 1,
    flags: "-,rw",
    commands: "map,unmap",
    backends: "mock",
    merged: true,
    transitions: 1234,
  },
  before: [],
  stable: true,
  stderr: "",
  also: [],
};

/** What a campaign of so many runs has counted. */
export function tallyOf(runs: number): Tally {
  const tally = newTally("memory-set");
  tally.done.add({ from: 0, to: runs });
  return tally;
}

/** What a session came to. */
export function result(changes: Partial<SessionResult> = {}): SessionResult {
  const tally = tallyOf(8);
  const replays = { replayed: 1, unsuited: 0, known: [], mended: [] };
  const quiet = { ...replays, problems: [], tally, seconds: 0.25, interrupted: false, lost: undefined };
  return { findings: [], ...quiet, ...changes };
}

/** The space of the session. */
export const SMALL = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

/** A subject in this process. */
export function inProcess(named: NamedSubject): FormattedSession["target"] {
  return { ...named, driver: new InProcess(named.subject) };
}

/** A session on the stack's own subject of that surface. */
export function session(surface: Surface, changes: Partial<FormattedSession> = {}): FormattedSession {
  return {
    target: inProcess(STACK[surface]),
    spaces: [SMALL],
    seed: "s",
    maxCommands: 50,
    budget: { runs: 8, seconds: 1 },
    injectAll: false,
    keepGoing: false,
    corpus: undefined,
    saveTo: undefined,
    ...changes,
  };
}

/** A session on the memory set. */
export const SESSION = session("memory-set");
/** How its report is shown. */
export const VIEW: SummaryView = {
  session: SESSION,
  paint: PLAIN,
  lineFor: ({ file }: SessionFinding) => `replay ${file}`,
  pictures: new Map(),
};

/** What breaks out of whatever it stands in, if anything does. */
export const HOSTILE =
  "<script>alert(\"1\")</script> 'q' ]]> \u0000\u0001\u001b[2J\u0085 \u202e \ud800 \uffff ```` ` | @someone &lt; &foo; &#0; <!-- <b>" +
  "[l](javascript:x) ![i](x) **s**\n::error::x\r\n```\n# heading\n%0A::error ::y\n| a | b |";

/** A session in which everything that comes from elsewhere is hostile. */
export function hostile(): { readonly result: SessionResult; readonly view: SummaryView } {
  const said = {
    id: HOSTILE,
    file: HOSTILE,
    trace: [HOSTILE, HOSTILE],
    before: [[HOSTILE, HOSTILE]],
    stderr: HOSTILE,
    also: [HOSTILE],
    finding: { ...FOUND.finding, check: HOSTILE, expected: HOSTILE, observed: HOSTILE },
  };
  const findings = [
    { ...FOUND, ...said },
    { ...FOUND, ...said, stable: false, run: null },
  ];
  const texts = [HOSTILE, HOSTILE];
  const target = { ...inProcess(STACK["memory-set"]), name: HOSTILE };
  return {
    result: result({
      findings,
      problems: texts,
      known: texts,
      mended: texts,
      lost: HOSTILE,
      interrupted: true,
    }),
    view: {
      ...VIEW,
      session: session("memory-set", { seed: HOSTILE, target, spaces: [SMALL, SMALL] }),
      lineFor: () => HOSTILE,
      pictures: new Map([[HOSTILE, [HOSTILE, HOSTILE]]]),
    },
  };
}
