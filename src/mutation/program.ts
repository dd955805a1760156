import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { complain, EXIT, type ExitStatus } from "../cli/exit-status.ts";
import { judgeReport, type TextFile } from "./verdict.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STRYKER = "node_modules/@stryker-mutator/core/bin/stryker.js";
/** Where `stryker.config.json` has the report written. */
const REPORT = "reports/mutation/mutation.json";
const LIST = "src/mutation/equivalents.json";

/** Runs Stryker with these arguments, checks what survived, and gives the exit status. */
export async function runMutation(args: readonly string[]): Promise<ExitStatus> {
  // A report from before must not pass for this run's.
  await rm(join(ROOT, REPORT), { force: true });
  const stryker = spawn(process.execPath, [STRYKER, "run", ...args], { cwd: ROOT, stdio: "inherit" });
  const [status] = await once(stryker, "exit");
  if (status !== 0) {
    complain("Stryker failed, and nothing was checked: see above");
    return EXIT.environment;
  }
  const verdict = judgeReport(await read(REPORT), await read(LIST));
  if (!verdict.ok) return complain(verdict.error);
  const { complaints, summary } = verdict.value;
  for (const line of [...complaints, summary]) process.stdout.write(`${line}\n`);
  return complaints.length === 0 ? EXIT.agree : EXIT.finding;
}

async function read(path: string): Promise<TextFile> {
  return { path, text: await readFile(join(ROOT, path), "utf8") };
}
