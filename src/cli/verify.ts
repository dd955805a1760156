import type { Command } from "commander";
import { paintFor } from "../report/paint.ts";
import { DEFAULT_SUBJECT } from "../subjects/registry.ts";
import type { Finish } from "./exit-status.ts";
import { runFuzz } from "./fuzz.ts";
import { PROGRAM } from "./invocation.ts";
import { addSearchOptions, type FuzzOptions } from "./search-options.ts";
import { addTargetOptions, type CommandWords } from "./target.ts";

/** How long the search takes unless told otherwise, in seconds. */
const SECONDS = 60;

const HELP = `
What a project puts into its CI: the saved cases of the corpus are run, then a
suite that tries every command in every state of a small scope, then random
traces for a minute. All findings that differ from each other are shown,
not only the first, and saved. A case with the status "known" and the name of
the implementation is a bug that is waiting to be mended: it is no finding.
Whoever interrupts it gets a report, and the exit status 3.

Examples:
  ${PROGRAM} verify -- ./my-adapter
  ${PROGRAM} verify --subject ./my-implementation.ts --time 10m
  ${PROGRAM} verify --seed "$GITHUB_SHA" --json -- python3 adapter.py`;

/** `mapcheck verify`: saved cases, a small scope, and a search, with one verdict. */
export function addVerify(program: Command, finish: Finish, words: CommandWords): void {
  const command = program
    .command("verify")
    .usage("[options] [-- COMMAND...]")
    .summary("say whether an implementation keeps the contract, for CI")
    .description("Runs all that there is against an implementation and says whether it keeps the contract.");
  addTargetOptions(command, DEFAULT_SUBJECT.name);
  addSearchOptions(command, SECONDS);
  command.addHelpText("after", HELP).action(async (options: FuzzOptions) => {
    const { stdout } = process;
    const print = (text: string) => stdout.write(text);
    const { runs, time } = options;
    const budget = runs === undefined && time === undefined ? { time: SECONDS } : {};
    finish(
      await runFuzz(
        { ...options, ...budget, keepGoing: true, isGate: true },
        { print, paint: paintFor(stdout) },
        words,
      ),
    );
  });
}
