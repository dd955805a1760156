#!/usr/bin/env node
/** The process: here alone it ends. */
import { describeSystemError } from "../corpus/system-error.ts";
import { allowClosing } from "./closed-pipe.ts";
import { EXIT } from "./exit-status.ts";
import { runProgram } from "./program.ts";
import { isModule } from "./target.ts";

let isDone = false;

for (const stream of [process.stdout, process.stderr]) {
  allowClosing(stream, (error) => giveUp(`the output can't be written: ${describeSystemError(error)}`));
}
process.on("uncaughtException", ({ stack }) => giveUp(`${culprit()}: ${stack}`));
// The code of a module that is tested runs in this process, and may end it.
process.on("exit", () => {
  if (isDone) return;
  process.exitCode = EXIT.environment;
  process.stderr.write(
    "mapcheck: the process was ended from inside before it had a result; see to process.exit\n",
  );
});
process.exitCode = await runProgram(process.argv.slice(2));
isDone = true;

/** Whose mistake an error is that nobody caught. */
function culprit(): string {
  const at = process.argv.indexOf("--subject");
  return at >= 0 && isModule(process.argv[at + 1] ?? "")
    ? "an error that nobody caught, of the module that is tested or, please report it then, of mapcheck itself"
    : "a bug of mapcheck's own, please report it";
}

/** Ends the process at once, with one line or with a line and the place in the program. */
function giveUp(problem: string): never {
  isDone = true;
  process.stderr.write(`mapcheck: ${problem}\n`);
  process.exit(EXIT.environment);
}
