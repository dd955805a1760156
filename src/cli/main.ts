#!/usr/bin/env node
import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { EXIT, type ExitStatus } from "./exit-status.ts";
import { addFuzz } from "./fuzz.ts";
import { addReplay } from "./replay.ts";
import { addSubjects } from "./subjects.ts";

const EXIT_STATUS_HELP = `
Exit status: 0 all agree, 1 a finding, 2 wrong usage or unreadable input, 3 the harness or its
environment failed.`;

/** Runs the command line and gives its exit status. */
async function main(args: readonly string[]): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.environment;
  const program = new Command("mapcheck")
    .description("property-based fuzzer and bounded model checker for memory-mapping code")
    .version(version())
    .addHelpText("after", EXIT_STATUS_HELP)
    .showHelpAfterError("(run it with --help to see what there is)")
    .exitOverride();
  for (const add of [addFuzz, addReplay, addSubjects]) {
    add(program, (finished) => {
      status = finished;
    });
  }
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.agree : EXIT.usage;
    process.stderr.write(`mapcheck: this is a bug of mapcheck's own, please report it: ${textOf(error)}\n`);
    return EXIT.environment;
  }
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

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.exitCode = await main(process.argv.slice(2));
