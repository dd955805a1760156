/** How many commands it takes to find each planted defect, with our strategy and with plain ones: docs/power.md. */
import { runBench } from "./program.ts";

process.exitCode = await runBench(process.argv.slice(2));
