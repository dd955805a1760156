import type { Command } from "commander";
import type { CorpusEntry } from "../corpus/entry.ts";
import { loadFile } from "../corpus/load.ts";
import { caseText } from "../report/corpus.ts";
import { type Paint, paintFor } from "../report/paint.ts";
import { findSubject } from "../subjects/registry.ts";
import { escapeText } from "../trace/escape.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { commandLine, PROGRAM } from "./invocation.ts";

const HELP = `
Shows what is saved: the trace, how an implementation was caught, where the case
came from, what was looked through for a shorter one, and the line that runs it.

Examples:
  ${PROGRAM} corpus show corpus/memory-set/unmap-*.json`;

/** `mapcheck corpus show`: what saved cases hold. */
export function addCorpusShow(corpus: Command, finish: Finish): void {
  corpus
    .command("show")
    .summary("all that a case holds, without running it")
    .description("Shows what saved cases hold. Nothing is run.")
    .argument("<file...>", "corpus files")
    .addHelpText("after", HELP)
    .action(async (files: string[]) => finish(await showCases(files, paintFor(process.stdout))));
}

async function showCases(files: readonly string[], paint: Paint): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.agree;
  for (const file of files) {
    const loaded = await loadFile(file);
    switch (loaded.status) {
      case "entry":
        process.stdout.write(caseText(loaded, { paint, again: lineFor(file, loaded.entry) }));
        break;
      case "stale":
        status = complain(loaded.reason);
        break;
      case "broken":
        status = complain(loaded.problem);
    }
  }
  return status;
}

/** The line that runs a case on what it was found in; that of another program only those who have it can name. */
function lineFor(file: string, { implementation }: CorpusEntry): string {
  // A name that begins with a dash is not to be taken for an option.
  const words = ["replay", file.replace(/^-/, "./-")];
  if (implementation === undefined) return commandLine(words);
  if (findSubject(implementation)) return commandLine([...words, "--subject", implementation]);
  return `${commandLine(words)} (and -- with the command that starts ${escapeText(implementation)})`;
}
