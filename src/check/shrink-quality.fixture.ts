/** Planted defects, found and shrunk under many seeds: what comes out, and what it takes. */
import { InProcess } from "../execute/driver.ts";
import { newTally } from "../explore/campaign.ts";
import { Search } from "../explore/fuzz.ts";
import { Pace } from "../explore/pace.ts";
import { standardSpaces } from "../explore/spaces.ts";
import type { NamedSubject } from "../subjects/registry.ts";
import { printRequest, printSpace } from "../trace/print.ts";
import { BreadthFirst, QUICK } from "./exact-end.ts";

/** How long a defect is looked for under one seed, in seconds. */
const SECONDS = 60;

/** What came of one seed. */
interface Shrunk {
  /** The space, the trace and the check, as text. */
  readonly result: string;
  /** Of the trace, in requests. */
  readonly length: number;
  /** How many traces shrinking ran. */
  readonly executions: number;
  /** Whether it was proved that none is shorter. */
  readonly isProved: boolean;
  readonly milliseconds: number;
}

/** What came of all seeds. */
export interface Quality {
  /** How many there were. */
  readonly seeds: number;
  /** Under how many of them the most frequent result came out. */
  readonly most: number;
  readonly distinct: number;
  /** Of the most frequent result, in requests. */
  readonly length: number;
  /** For how many it was proved that none is shorter. */
  readonly proved: number;
  readonly executions: { readonly mean: number; readonly most: number };
  /** The median. */
  readonly milliseconds: number;
}

/** Finds a planted defect under so many seeds, and shrinks what is found; `exact`: until none is shorter, if there is time. */
export async function qualityOf(defect: NamedSubject, seeds: number, exact: boolean): Promise<Quality> {
  const all: Shrunk[] = [];
  for (let seed = 0; seed < seeds; seed++) all.push(await shrinkUnder(`quality-${seed}`, defect, exact));
  const results = new Map<string, Shrunk[]>();
  for (const each of all) results.set(each.result, [...(results.get(each.result) ?? []), each]);
  const [most = []] = [...results.values()].sort((a, b) => b.length - a.length);
  const times = all.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const executions = all.map((each) => each.executions);
  return {
    seeds,
    most: most.length,
    distinct: results.size,
    length: most[0]?.length ?? 0,
    proved: all.filter(({ isProved }) => isProved).length,
    executions: {
      mean: executions.reduce((sum, each) => sum + each, 0) / seeds,
      most: Math.max(...executions),
    },
    milliseconds: times[Math.floor(times.length / 2)] ?? 0,
  };
}

async function shrinkUnder(seed: string, defect: NamedSubject, exact: boolean): Promise<Shrunk> {
  const { name, subject, surface } = defect;
  const campaign = {
    driver: new InProcess(subject),
    spaces: standardSpaces(subject.hello),
    seed,
    maxCommands: 50,
    injectAll: false,
    ...(exact && { exactEnd: new BreadthFirst(QUICK) }),
  };
  const budget = { runs: Number.POSITIVE_INFINITY, seconds: SECONDS };
  const search = new Search(campaign, budget, new Pace(), newTally(surface), { stopsAtFinding: true });
  const met = await search.next();
  const started = performance.now();
  const found = met && (await search.workOut(met));
  if (found === undefined) throw new Error(`${name} was not found under seed ${seed}`);
  const lines = found.requests.map((request) => printRequest(request));
  return {
    result: [printSpace(found.space), ...lines, found.finding.check].join("; "),
    length: lines.length,
    executions: found.executions,
    isProved: found.certificate !== undefined,
    milliseconds: performance.now() - started,
  };
}
