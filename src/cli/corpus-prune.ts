import type { Command } from "commander";
import { describeCovering } from "../corpus/covering.ts";
import { type Pruned, pruneCorpus } from "../corpus/prune.ts";
import { escapeText, printJson } from "../trace/escape.ts";
import { corpusArgument } from "./corpus-options.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";

interface PruneOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const HELP = `
A case is removed where another one of the same implementation has the same
trace, or a finding with the same signature in a trace that is as simple; and a
finding that was saved as it was met (-unshrunk) where what it was shrunk to is
there. Cases written by hand, known bugs and cases with a note are never removed
for others.

Examples:
  ${PROGRAM} corpus prune --dry-run
  ${PROGRAM} corpus prune my-corpus`;

/** `mapcheck corpus prune`: removes the cases that add nothing. */
export function addCorpusPrune(corpus: Command, finish: Finish): void {
  corpus
    .command("prune")
    .summary("remove the cases that add nothing to others")
    .description("Removes the cases that add nothing to others, and says for each which one covers it.")
    .addArgument(corpusArgument("where they are"))
    .option("--dry-run", "only say what would be removed")
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
    .action(async (directory: string, options: PruneOptions) => finish(await prune(directory, options)));
}

async function prune(directory: string, { dryRun = false, json }: PruneOptions): Promise<ExitStatus> {
  const pruned = await pruneCorpus(directory, dryRun);
  if (!pruned.ok) return complain(pruned.error);
  const { problems } = pruned.value;
  for (const problem of problems) complain(problem);
  process.stdout.write(json ? prunedJson(pruned.value, dryRun) : prunedText(pruned.value, dryRun));
  return problems.length > 0 ? EXIT.usage : EXIT.agree;
}

function prunedText({ removed, kept }: Pruned, isTrial: boolean): string {
  const lines = removed.map(({ saved, by, why }) =>
    escapeText(`${isTrial ? "would remove" : "removed"}  ${saved.file}: ${describeCovering(why, by.file)}`),
  );
  const gone = isTrial ? "would be removed" : "removed";
  const left = isTrial ? "would be left" : "left";
  return `${[...lines, `${removed.length} ${gone}, ${kept} ${left}`].join("\n")}\n`;
}

function prunedJson({ removed, kept, problems }: Pruned, isTrial: boolean): string {
  const gone = removed.map(({ saved, by, why }) => ({ file: saved.file, by: by.file, why }));
  return `${printJson({ dryRun: isTrial, removed: gone, kept, problems }, 2)}\n`;
}
