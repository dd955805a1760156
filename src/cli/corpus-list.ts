import { type Command, Option } from "commander";
import { casesIn, loadCorpus, problemsIn } from "../corpus/cases.ts";
import { type EntryStatus, STATUSES, SURFACES } from "../corpus/schema.ts";
import { listJson, listText } from "../report/corpus.ts";
import type { Surface } from "../trace/space.ts";
import { corpusArgument } from "./corpus-options.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";

interface ListOptions {
  readonly status?: EntryStatus;
  readonly surface?: Surface;
  readonly json?: boolean;
}

const HELP = `
A line says what the case is for, its id, which begins with its surface, the
check that it failed, how many requests it has, the implementation that it was
found in, and its note. A case written by hand has no check. Files that hold no
case are named on standard error, and make the exit status 2.

Examples:
  ${PROGRAM} corpus list
  ${PROGRAM} corpus list ci-artifact --surface memory-set --json`;

/** `mapcheck corpus list`: a line for each saved case. */
export function addCorpusList(corpus: Command, finish: Finish): void {
  corpus
    .command("list")
    .summary("a line for each case")
    .description("Lists saved cases.")
    .addArgument(corpusArgument("where they are"))
    .addOption(new Option("--status <status>", "only those").choices(Object.keys(STATUSES)))
    .addOption(new Option("--surface <surface>", "only those").choices(Object.keys(SURFACES)))
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
    .action(async (directory: string, options: ListOptions) => finish(await listCorpus(directory, options)));
}

async function listCorpus(directory: string, { status, surface, json }: ListOptions): Promise<ExitStatus> {
  const loaded = await loadCorpus(directory);
  if (!loaded.ok) return complain(loaded.error);
  const cases = casesIn(loaded.value).filter(
    ({ entry }) => entry.status === (status ?? entry.status) && entry.surface === (surface ?? entry.surface),
  );
  const problems = problemsIn(loaded.value);
  for (const problem of problems) complain(problem);
  process.stdout.write(json ? listJson(cases, problems) : listText(cases));
  return problems.length > 0 ? EXIT.usage : EXIT.agree;
}
