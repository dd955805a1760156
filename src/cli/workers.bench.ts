/**
 * How many commands a second `fuzz` does with one worker and with two: whole sessions in processes of their own, in turn.
 *
 *     npm run -s bench:workers -- [seconds a session] [sessions of each]
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { quantile } from "../power/statistics.ts";
import { count } from "../report/statistics.ts";

const [seconds = "30", sessions = "3"] = process.argv.slice(2);
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const REPORT = z.object({ commands: z.int(), seconds: z.number() });

function speedOf(subject: string, workers: number, seed: number): number {
  const words = ["fuzz", "--subject", subject, "--seed", `${seed}`, "--time", `${seconds}s`, "--no-save"];
  const args = [...process.execArgv, MAIN, ...words, "--workers", `${workers}`, "--json"];
  const stdout = execFileSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const report = REPORT.parse(JSON.parse(stdout));
  return report.commands / report.seconds;
}

for (const subject of ["memory-set", "address-space"]) {
  const one: number[] = [];
  const two: number[] = [];
  for (let seed = 0; seed < Number(sessions); seed++) {
    one.push(speedOf(subject, 1, seed));
    two.push(speedOf(subject, 2, seed));
  }
  const [alone, both] = [quantile(one, 0.5), quantile(two, 0.5)];
  process.stdout.write(
    `${subject}: ${count(Math.round(alone))} commands/s with one worker, ${count(Math.round(both))} with two, ` +
      `${(both / alone).toFixed(2)} times that\n`,
  );
}
