import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { escapeText } from "../trace/escape.ts";
import { addCheck } from "./check.ts";
import { addCorpus } from "./corpus.ts";
import { complain, EXIT, type ExitStatus } from "./exit-status.ts";
import { addExplain } from "./explain.ts";
import { addFuzz } from "./fuzz.ts";
import { PROGRAM } from "./invocation.ts";
import { addReplay } from "./replay.ts";
import { addShell } from "./shell.ts";
import { addSubjects } from "./subjects.ts";
import { addVerify } from "./verify.ts";

const DESCRIPTION =
  "Tests memory-mapping code: runs sequences of map, unmap, protect and other requests on it and on a model " +
  "of what such code promises, and looks for the first difference.";

const HELP = `
Start here:
  ${PROGRAM} fuzz            search for ten seconds
  ${PROGRAM} subjects        see what else can be tested
  ${PROGRAM} replay corpus   run the saved cases again
  ${PROGRAM} shell           type requests, and see what comes of each
  ${PROGRAM} fuzz --help     see what a command does`;

const EXIT_STATUS_HELP = `
Exit status: 0 all agree, 1 a finding, 2 wrong usage or unreadable input,
3 mapcheck itself or its environment failed.`;

/** Runs the command line and gives its exit status. */
export async function runProgram(args: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.environment;
  const program = new Command("mapcheck")
    .description(DESCRIPTION)
    .version(version())
    .addHelpText("after", HELP)
    .addHelpText("afterAll", EXIT_STATUS_HELP)
    .exitOverride();
  const [own, words] = splitAtDashes(args);
  if (words?.length === 0) {
    return complain("there is nothing behind --; write a command there, or leave -- out");
  }
  for (const add of [addFuzz, addCheck, addVerify, addReplay, addExplain, addShell, addCorpus, addSubjects]) {
    add(
      program,
      (finished) => {
        status = finished;
      },
      words ?? [],
    );
  }
  complainInOneLine(program, "mapcheck");
  try {
    await program.parseAsync(own, { from: "user" });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.agree : EXIT.usage;
  }
}

/** What is meant for this program, and the command behind `--` where there is one. */
function splitAtDashes(args: readonly string[]): readonly [string[], (readonly string[])?] {
  const at = args.indexOf("--");
  return at < 0 ? [[...args]] : [args.slice(0, at), args.slice(at + 1)];
}

/** Has `command`, called `name`, and its subcommands say in one line what is wrong with their arguments. */
function complainInOneLine(command: Command, name: string): void {
  for (const each of command.commands) complainInOneLine(each, `${name} ${each.name()}`);
  command.configureOutput({
    outputError: (text, write) => {
      const what = text
        .trimEnd()
        .replace(/^error: /, "")
        .replace(/\n\(Did you mean (.*)\?\)$/, " (did you mean $1?)")
        .replace(/ is invalid(?: for argument '[^']*')?\. /, " is invalid; ")
        .replace(/\.$/, "");
      // What is wrong with an argument is followed by what to write instead.
      const remedy = what.includes(" is invalid; ") ? "" : `; ${name} --help says what there is`;
      write(`mapcheck: ${escapeText(what)}${remedy}\n`);
    },
  });
}

/** The version in `package.json`, which lies above the sources and above the build alike. */
function version(): string {
  const require = createRequire(import.meta.url);
  for (const path of ["../../package.json", "../../../package.json"]) {
    try {
      const { name, version }: { name?: string; version?: string } = require(path);
      if (name === "mapcheck" && version !== undefined) return version;
    } catch {
      // It is one directory further up when this runs from the build.
    }
  }
  return "unknown";
}
