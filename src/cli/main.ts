#!/usr/bin/env node
/** The process: what it does with its streams and signals is settled here, and here alone it ends. */
import { allowClosing } from "./closed-pipe.ts";
import { EXIT } from "./exit-status.ts";
import { runProgram } from "./program.ts";

for (const stream of [process.stdout, process.stderr]) allowClosing(stream);
process.on("uncaughtException", (error) => {
  process.stderr.write(`mapcheck: this is a bug of mapcheck's own, please report it: ${error.stack}\n`);
  process.exit(EXIT.environment);
});
process.exitCode = await runProgram(process.argv.slice(2));
