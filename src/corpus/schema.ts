import { z } from "zod";
import { ADDRESS_LIMIT, virtAddr } from "../trace/address.ts";
import type { Finding, FindingKind } from "../trace/finding.ts";
import { misfitOfSpace } from "../trace/preconditions.ts";
import type { Space, Surface } from "../trace/space.ts";

/** The version of the corpus file format that this program reads and writes. */
export const CORPUS_VERSION = 1;

/** What the id of an entry looks like. It names a file, so nothing in it can lead out of the corpus. */
export const ENTRY_ID = /^(memory-set|address-space)\/[a-z0-9][a-z0-9-]*$/;

/**
 * What a saved case is for: `regression` must agree, `known` is a bug that is waiting to be mended,
 * `unstable` did not come back when it was run again, `stale` no longer says anything about today's implementations.
 */
export type EntryStatus = "regression" | "known" | "unstable" | "stale";

/** Every surface; each has a directory of its own in a corpus. */
export const SURFACES: { readonly [S in Surface]: S } = {
  "memory-set": "memory-set",
  "address-space": "address-space",
};

/** Every status. */
export const STATUSES: { readonly [S in EntryStatus]: S } = {
  regression: "regression",
  known: "known",
  unstable: "unstable",
  stale: "stale",
};
const FINDING_KINDS: { readonly [K in FindingKind]: K } = {
  answer: "answer",
  invariant: "invariant",
  panic: "panic",
  crash: "crash",
  hang: "hang",
  garbage: "garbage",
  "out-of-step": "out-of-step",
  flood: "flood",
};

/** Some text. A schema's `error` says what is expected of the value, so that a message can go on with what was found. */
export const text = z.string({ error: "a string" });

/** A number of things. */
export const count = z.int({ error: "a whole number" }).nonnegative({ error: "0 or more" });

const bytes = text
  .regex(/^0x[0-9a-fA-F]+$/, { error: 'a hexadecimal number such as "0x1000"', abort: true })
  .refine((digits) => Number(digits) < ADDRESS_LIMIT, { error: `below 0x${ADDRESS_LIMIT.toString(16)}` });

/** A space in a file. */
export const spaceSchema = z
  .strictObject({ base: bytes, size: bytes, page: bytes, frames: count }, { error: "an object" })
  .superRefine((value, context) => {
    const reason = misfitOfSpace(spaceFromFile(value), ADDRESS_LIMIT);
    if (reason === undefined) return;
    context.addIssue({ code: "custom", message: `sound (${reason})`, input: value });
  });

/** A finding in a file. */
export const findingSchema = z.strictObject(
  {
    kind: oneOf(FINDING_KINDS),
    check: text,
    at: count,
    expected: text,
    observed: text,
    answer: text,
  },
  { error: "an object" },
) satisfies z.ZodType<Finding>;

const origin = z.strictObject(
  {
    seed: text.exactOptional(),
    run: count.exactOptional(),
    found: z.iso.date({ error: 'a date such as "2026-11-20"' }).exactOptional(),
    shrunkFrom: count.exactOptional(),
  },
  { error: "an object" },
);

/** A certificate in a file. */
export const certificateSchema = z.strictObject(
  {
    pages: count,
    flags: text,
    commands: text,
    backends: text,
    merged: z.boolean({ error: "true or false" }),
    transitions: count,
  },
  { error: "an object" },
);

/** A run that the trace needs before it, on an implementation that keeps something from run to run. */
const earlierRun = z.strictObject(
  {
    space: spaceSchema,
    trace: z.array(text, { error: "an array" }).min(1, { error: "an array with at least one line" }),
  },
  { error: "an object" },
);

/** Only the version, to be looked at before anything else: another version may mean something else by every key. */
export const versionSchema = z.looseObject(
  { mapcheck: z.literal(CORPUS_VERSION, { error: `${CORPUS_VERSION}` }) },
  { error: "an object" },
);

/** A corpus file. Keys that it doesn't name are refused. */
export const corpusSchema = z
  .strictObject(
    {
      mapcheck: z.literal(CORPUS_VERSION, { error: `${CORPUS_VERSION}` }),
      id: text.regex(ENTRY_ID, { error: 'a name such as "memory-set/unmap-areas-3f9c2b1e"' }),
      surface: oneOf(SURFACES),
      space: spaceSchema,
      dialect: z.record(text, text, { error: "an object" }),
      trace: z.array(text, { error: "an array" }).min(1, { error: "an array with at least one line" }),
      answers: z.array(text, { error: "an array" }).exactOptional(),
      before: z.array(earlierRun, { error: "an array" }).exactOptional(),
      finding: findingSchema.exactOptional(),
      implementation: text.exactOptional(),
      origin: origin.exactOptional(),
      minimal: certificateSchema.exactOptional(),
      status: oneOf(STATUSES),
      note: text.exactOptional(),
    },
    { error: "an object" },
  )
  .superRefine((file, context) => {
    const { id, surface, trace, answers, finding: found } = file;
    if (!id.startsWith(`${surface}/`)) {
      context.addIssue({ code: "custom", path: ["id"], message: `a name below "${surface}/"`, input: id });
    }
    if (answers !== undefined && answers.length !== trace.length) {
      const message = `as long as the trace, which has length ${trace.length}`;
      context.addIssue({ code: "custom", path: ["answers"], message, input: answers });
    }
    if (found !== undefined && found.at >= trace.length) {
      const message = `the index of a line of the trace, below ${trace.length}`;
      context.addIssue({ code: "custom", path: ["finding", "at"], message, input: found.at });
    }
  });

/** The JSON of a corpus file that fits the schema. */
export type CorpusFile = z.infer<typeof corpusSchema>;

/** Where a case came from. A seed is provenance only; the case is its trace. */
export type Origin = Readonly<z.infer<typeof origin>>;

/**
 * What was looked through for a shorter trace that shows the same, in vain: `transitions` steps, queries and failures
 * among them, within so many `pages`, with these flags, commands and backends, each with commas between. `merged`: histories that lead to the same state of
 * model and implementation were taken for one; else every sequence was run by itself.
 */
export type Certificate = Readonly<z.infer<typeof certificateSchema>>;

/** The space that a file's four keys name. */
export function spaceFromFile(file: CorpusFile["space"]): Space {
  return {
    base: virtAddr(Number(file.base)),
    size: Number(file.size),
    page: Number(file.page),
    frames: file.frames,
  };
}

function oneOf<T extends Readonly<Record<string, string>>>(values: T) {
  const names = Object.keys(values).map((name) => JSON.stringify(name));
  return z.enum(values, { error: `one of ${names.join(", ")}` });
}
