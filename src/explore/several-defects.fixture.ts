/** Several planted defects in one instance, looked for in one session that goes on after a finding. */
import { InProcess } from "../execute/driver.ts";
import { signatureOf } from "../shrink/signature.ts";
import { type NamedSubject, subjectCalled } from "../subjects/registry.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { Pace } from "./pace.ts";
import { runSession } from "./session.ts";
import { standardSpaces } from "./spaces.ts";

/** How they are looked for. */
export interface Search {
  readonly seed: string;
  readonly runs: number;
  /** How many of the standard spaces are used; the small ones come first. */
  readonly spaces: number;
}

/** The signatures of what a session finds. */
async function signaturesOn(
  { name, subject }: NamedSubject,
  { seed, runs, spaces }: Search,
  keepGoing: boolean,
): Promise<string[]> {
  const { findings } = await runSession(
    {
      target: { name, driver: new InProcess(subject) },
      spaces: standardSpaces(subject.hello).slice(0, spaces),
      injectAll: false,
      keepGoing,
      seed,
      maxCommands: 50,
      budget: { runs, seconds: Number.POSITIVE_INFINITY },
      corpus: undefined,
      saveTo: undefined,
    },
    new Pace(),
  );
  return findings.map(({ trace, finding }) => signatureOf({ requests: requestsIn(...trace), finding }));
}

/** What a session found on several defects at once. */
export interface Together {
  /** The defects whose finding, when they are looked for alone, is not among those of all together. */
  readonly missed: readonly string[];
  /** How many findings there were. */
  readonly findings: number;
}

/**
 * Looks for the defects in `names`, with a + between them, all at once and one by one, with the same seed. Throws where
 * they can't be combined.
 */
export async function lookForAll(names: string, search: Search): Promise<Together> {
  const found = await signaturesOn(subjectFor(names), search, true);
  const missed: string[] = [];
  for (const name of names.split("+")) {
    const [alone] = await signaturesOn(subjectFor(name), search, false);
    if (alone === undefined || !found.includes(alone)) missed.push(name);
  }
  return { missed, findings: found.length };
}

function subjectFor(names: string): NamedSubject {
  const subject = subjectCalled(`defect:${names}`);
  if (!subject.ok) throw new Error(subject.error);
  return subject.value;
}
