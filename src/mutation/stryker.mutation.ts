/** Mutation testing of the stack: docs/mutation.md. */
import { runMutation } from "./program.ts";

process.exitCode = await runMutation(process.argv.slice(2));
