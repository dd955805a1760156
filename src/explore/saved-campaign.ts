/** A campaign in a file, so that another process can go on with it: docs/campaigns.md. */
import { z } from "zod";
import { spaceToFile } from "../corpus/entry.ts";
import { parseJson } from "../corpus/json.ts";
import type { Problem } from "../corpus/problem.ts";
import {
  certificateSchema,
  count,
  findingSchema,
  spaceFromFile,
  spaceSchema,
  text,
} from "../corpus/schema.ts";
import { firstProblem } from "../corpus/validate.ts";
import type { StatisticsCounts } from "../execute/statistics.ts";
import { printJson } from "../trace/escape.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { InjectionTally } from "./inject.ts";
import type { KnownFindings } from "./novelty.ts";
import type { RunRange } from "./run-ranges.ts";
import type { SessionFinding } from "./session-finding.ts";

/** The version of the file format that this program reads and writes. */
const VERSION = 1;

/** What came of replaying the saved cases. */
export interface ReplayTotals {
  /** How many saved cases were replayed; stale ones, and those for wider addresses, are not. */
  readonly replayed: number;
  /** How many saved cases of this surface the implementation can't be asked. */
  readonly unsuited: number;
  /** The files of bugs of this implementation that are known, and still there: no findings. */
  readonly known: readonly string[];
  /** The files of bugs of this implementation that are known, and no longer there. */
  readonly mended: readonly string[];
}

/** How far a campaign is. */
export interface CampaignState {
  /** How long it took so far, in seconds. */
  readonly seconds: number;
  /** The random runs that were done. */
  readonly done: readonly RunRange[];
  /** How many traces of a suite were run. */
  readonly suite: number;
  readonly counts: StatisticsCounts;
  readonly injections: Readonly<InjectionTally>;
  readonly replay: ReplayTotals;
  /** Whether it ends with its first finding. */
  readonly stopsAtFinding: boolean;
  readonly known: KnownFindings;
  readonly findings: readonly SessionFinding[];
}

/** A campaign as a file has it. */
export interface SavedCampaign {
  /** The options that say what it runs, as words of a command line. */
  readonly words: readonly string[];
  readonly state: CampaignState;
}

const LIST = { error: "an array" };
const OBJECT = { error: "an object" };
const number = z.number({ error: "a number" });
const flag = z.boolean({ error: "true or false" });
const texts = z.array(text, LIST);

const sessionFinding = z.strictObject(
  {
    id: text,
    file: text.nullable(),
    space: spaceSchema,
    trace: texts,
    finding: findingSchema,
    shrunkFrom: count.nullable(),
    run: count.nullable(),
    executions: count.nullable(),
    minimal: certificateSchema.nullable(),
    before: z.array(texts, LIST),
    stable: flag,
    stderr: text,
    also: texts,
  },
  OBJECT,
);

const range = z
  .tuple([count, count], { error: "two numbers" })
  .refine(([from, to]) => from < to, { error: "the first run, and a higher one before which it ends" });

const kind = z.strictObject({ met: count, fruitless: count }, OBJECT);

const schema = z.strictObject(
  {
    mapcheck: z.literal("campaign", { error: '"campaign"' }),
    version: z.literal(VERSION, { error: `${VERSION}` }),
    words: texts,
    seconds: number.nonnegative({ error: "0 or more" }),
    done: z.array(range, LIST),
    suite: count,
    requests: count,
    showsMachine: flag,
    answers: z.array(count, LIST),
    met: z.array(count, LIST),
    behaviours: z.strictObject(
      {
        runs: count,
        shapes: z.array(number, LIST),
        situations: z.array(number, LIST),
        seen: z.array(count, LIST),
      },
      OBJECT,
    ),
    injections: z.strictObject({ traces: count, injected: count }, OBJECT),
    replay: z.strictObject({ replayed: count, unsuited: count, known: texts, mended: texts }, OBJECT),
    stopsAtFinding: flag,
    signatures: texts,
    kinds: z.array(z.tuple([text, kind], { error: "a text and an object" }), LIST),
    findings: z.array(sessionFinding, LIST),
  },
  OBJECT,
);

/** A campaign as the text of a file. */
export function printCampaign({ words, state }: SavedCampaign): string {
  const { seconds, done, suite, counts, injections, replay, stopsAtFinding, known, findings } = state;
  const { requests, showsMachine, answers, met, behaviours } = counts;
  const { runs, shapes, situations, seen } = behaviours;
  const file: z.input<typeof schema> = {
    mapcheck: "campaign",
    version: VERSION,
    words: [...words],
    seconds,
    done: done.map(({ from, to }) => [from, to]),
    suite,
    requests,
    showsMachine,
    answers: [...answers],
    met: [...met],
    behaviours: { runs, shapes: [...shapes], situations: [...situations], seen: [...seen] },
    injections: { ...injections },
    replay: { ...replay, known: [...replay.known], mended: [...replay.mended] },
    stopsAtFinding,
    signatures: [...known.signatures],
    kinds: known.kinds.map(([rough, { met, fruitless }]) => [rough, { met, fruitless }]),
    findings: findings.map((found) => ({
      ...found,
      space: spaceToFile(found.space),
      trace: [...found.trace],
      before: found.before.map((run) => [...run]),
      also: [...found.also],
    })),
  };
  return `${printJson(file)}\n`;
}

/** Reads the text of a file. */
export function parseCampaign(content: string): Result<SavedCampaign, Problem> {
  const json = parseJson(content);
  if (!json.ok) return json;
  const file = schema.safeParse(json.value.value, { reportInput: true });
  if (!file.success) return failure(firstProblem(json.value, file.error));
  const { words, seconds, suite, injections, replay, stopsAtFinding, findings } = file.data;
  const { requests, showsMachine, answers, met, behaviours, signatures, kinds } = file.data;
  const counts = {
    requests,
    showsMachine,
    answers: Float64Array.from(answers),
    met: Float64Array.from(met),
    behaviours: {
      runs: behaviours.runs,
      shapes: Int32Array.from(behaviours.shapes),
      situations: Int32Array.from(behaviours.situations),
      seen: Uint8Array.from(behaviours.seen),
    },
  };
  return success({
    words,
    state: {
      seconds,
      done: file.data.done.map(([from, to]) => ({ from, to })),
      suite,
      counts,
      injections,
      replay,
      stopsAtFinding,
      known: { signatures, kinds },
      findings: findings.map((found) => ({ ...found, space: spaceFromFile(found.space) })),
    },
  });
}
