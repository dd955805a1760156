import type { Command } from "commander";
import { addCorpusCheck } from "./corpus-check.ts";
import { addCorpusList } from "./corpus-list.ts";
import { addCorpusMerge } from "./corpus-merge.ts";
import { addCorpusPrune } from "./corpus-prune.ts";
import { addCorpusShow } from "./corpus-show.ts";
import type { Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";
import type { CommandWords } from "./target.ts";

const HELP = `
Nothing is run: see mapcheck replay for that. What a case is for stands in its
file, under "status": regression, it must agree; known, a bug that is waiting to
be mended; unstable, it did not come back; stale, it was given up.

Examples:
  ${PROGRAM} corpus list --status known
  ${PROGRAM} corpus merge ci-artifact/corpus
  ${PROGRAM} corpus prune --dry-run
  ${PROGRAM} corpus check`;

/** `mapcheck corpus`: saved cases as a team looks after them. */
export function addCorpus(program: Command, finish: Finish, words: CommandWords): void {
  const command = program
    .command("corpus")
    .summary("list, show, merge, prune and check saved cases")
    .description("Looks after saved cases.")
    .addHelpText("after", HELP)
    .hook("preSubcommand", (corpus) => {
      if (words.length > 0) corpus.error("error: a command behind -- can't be used here, as nothing is run");
    });
  for (const add of [addCorpusList, addCorpusShow, addCorpusMerge, addCorpusPrune, addCorpusCheck]) {
    add(command, finish);
  }
}
