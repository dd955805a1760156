import { type Command, Option } from "commander";
import { describeCovering } from "../corpus/covering.ts";
import { type Merged, mergeCorpora, type Taken } from "../corpus/merge.ts";
import { escapeText, printJson } from "../trace/escape.ts";
import { DEFAULT_CORPUS } from "./corpus-options.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";
import { parsePath } from "./options.ts";

interface MergeOptions {
  readonly into: string;
  readonly json?: boolean;
}

const HELP = `
Of findings of the same implementation with the same signature, as of equal
traces, one stays: the simplest, a known bug before all others. Whatever was
there and adds nothing to what comes in is replaced by it. What was written or
marked by hand stays in any case. Files that hold no case are named on standard
error, and make the exit status 2; everything else is merged all the same. Any
number of processes may merge into, and save in, one corpus at once.

Examples:
  ${PROGRAM} corpus merge ci-artifact/corpus
  ${PROGRAM} corpus merge run-1 run-2 run-3 --into corpus`;

/** `mapcheck corpus merge`: takes the cases of other corpora in. */
export function addCorpusMerge(corpus: Command, finish: Finish): void {
  corpus
    .command("merge")
    .summary("take the cases of other directories in, each once")
    .description("Takes the cases of other directories into a corpus.")
    .argument("<from...>", "directories with saved cases")
    .addOption(
      new Option("--into <directory>", "the corpus that they go to, made when needed")
        .default(DEFAULT_CORPUS)
        .argParser(parsePath),
    )
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
    .action(async (from: string[], options: MergeOptions) => finish(await merge(from, options)));
}

async function merge(from: readonly string[], { into, json }: MergeOptions): Promise<ExitStatus> {
  const merged = await mergeCorpora(from, into);
  if (!merged.ok) return complain(merged.error);
  const { problems } = merged.value;
  for (const problem of problems) complain(problem);
  process.stdout.write(json ? mergedJson(merged.value) : mergedText(merged.value));
  return problems.length > 0 ? EXIT.usage : EXIT.agree;
}

function mergedText({ taken, replaced }: Merged): string {
  const lines = [
    ...taken.map(takenLine),
    ...replaced.map(
      ({ saved, by, why }) => `replaced  ${saved.file}: it was ${describeCovering(why, by.file)}`,
    ),
  ];
  return `${[...lines.map(escapeText), tallyOf(taken, replaced.length)].join("\n")}\n`;
}

function takenLine(taken: Taken): string {
  const { status, from, file } = taken;
  switch (status) {
    case "added":
      return `added     ${from}: as ${file}`;
    case "there":
      return `there     ${from}: it is in ${file} already${taken.differs === undefined ? "" : ` (${taken.differs})`}`;
    case "covered":
      return `covered   ${from}: ${describeCovering(taken.why, file)}`;
  }
}

function tallyOf(taken: readonly Taken[], replaced: number): string {
  const count = (status: Taken["status"]) => taken.filter((each) => each.status === status).length;
  return (
    `${taken.length} read: ${count("added")} added, ${count("there")} there already, ` +
    `${count("covered")} covered by others; ${replaced} replaced`
  );
}

function mergedJson({ taken, replaced, problems }: Merged): string {
  const gone = replaced.map(({ saved, by, why }) => ({ file: saved.file, by: by.file, why }));
  return `${printJson({ taken, replaced: gone, problems }, 2)}\n`;
}
