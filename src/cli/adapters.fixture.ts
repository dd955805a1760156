/** The programs in `adapters/`, built and run as their users do. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { ended, start } from "./process.fixture.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The corpus of the project. */
export const CORPUS = join(ROOT, "corpus");

/** What `--json` says of a search. */
const REPORT = z.looseObject({
  outcome: z.enum(["agree", "finding"]),
  runs: z.int(),
  commands: z.int(),
  findings: z.array(
    z.looseObject({
      id: z.string(),
      stable: z.boolean(),
      trace: z.array(z.string()),
      finding: z.looseObject({ check: z.string(), observed: z.string() }),
    }),
  ),
  problems: z.array(z.string()),
});

/** What a search comes to that finds no fault with an implementation. */
export const CLEAN = { status: 0, stderr: "", report: { outcome: "agree", findings: [], problems: [] } };

/** What a search came to. */
export interface Searched {
  readonly status: number | null;
  /** Without the lines of progress. */
  readonly stderr: string;
  readonly report: z.infer<typeof REPORT>;
}

/** Builds an adapter; quick where that was done. */
export async function build(adapter: string): Promise<void> {
  await promisify(execFile)(join(ROOT, "adapters", adapter, "build.sh"), { maxBuffer: 2 ** 26 });
}

/** The command that starts an adapter. */
export function commandOf(adapter: string): string {
  return join(ROOT, "adapters", adapter, "run");
}

/** Searches with an empty corpus, as `mapcheck` does in a process of its own, with `more` in its environment. */
export async function search(adapter: string, args: readonly string[], more = {}): Promise<Searched> {
  const corpus = await mkdtemp(join(tmpdir(), "mapcheck-adapter-"));
  const progress = /^[\d,]+ runs, .*\n/gm;
  const line = ["fuzz", "--json", "--no-save", "--corpus", corpus, ...args, "--", commandOf(adapter)];
  const { status, stdout, stderr } = await ended(start(line, more));
  await rm(corpus, { recursive: true });
  if (status !== 0 && status !== 1) throw new Error(`${adapter}: ${stderr}`);
  return { status, stderr: stderr.replace(progress, ""), report: REPORT.parse(JSON.parse(stdout)) };
}

/** What `replay --json` says of each case. */
const REPLAYED = z.looseObject({
  entries: z.array(z.looseObject({ file: z.string(), id: z.string(), status: z.string() })),
});

/** Replays saved cases against an adapter. Gives their statuses by id. */
export async function replayed(
  adapter: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { stdout, stderr } = await ended(start(["replay", "--json", ...paths, "--", commandOf(adapter)]));
  if (stderr !== "") throw new Error(stderr);
  const { entries } = REPLAYED.parse(JSON.parse(stdout));
  return new Map(entries.map(({ id, status }) => [id, status]));
}
