/**
 * How many commands a second `fuzz` does with one worker and with two: whole sessions in processes of their own, in turn.
 * What two sessions with one worker each do at the same time is what the machine has to give.
 *
 *     npm run -s bench:workers -- [seconds a session] [sessions of each]
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { quantile } from "../power/statistics.ts";
import { count } from "../report/statistics.ts";

const [seconds = "30", sessions = "3"] = process.argv.slice(2);
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const REPORT = z.object({ commands: z.int(), seconds: z.number() });

async function speedOf(subject: string, workers: number, seed: number): Promise<number> {
  const words = ["fuzz", "--subject", subject, "--seed", `${seed}`, "--time", `${seconds}s`, "--no-save"];
  const args = [...process.execArgv, MAIN, ...words, "--workers", `${workers}`, "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const report = REPORT.parse(JSON.parse(stdout));
  return report.commands / report.seconds;
}

for (const subject of ["memory-set", "address-space"]) {
  const one: number[] = [];
  const two: number[] = [];
  const apart: number[] = [];
  for (let seed = 0; seed < Number(sessions); seed++) {
    one.push(await speedOf(subject, 1, seed));
    two.push(await speedOf(subject, 2, seed));
    const both = await Promise.all([speedOf(subject, 1, seed), speedOf(subject, 1, seed + 1000)]);
    apart.push(both.reduce((sum, speed) => sum + speed));
  }
  const alone = quantile(one, 0.5);
  const times = (speeds: readonly number[]) => {
    const speed = quantile(speeds, 0.5);
    return `${count(Math.round(speed))} (${(speed / alone).toFixed(2)} times that)`;
  };
  process.stdout.write(
    `${subject}: ${count(Math.round(alone))} commands/s with one worker, ${times(two)} with two; ` +
      `${times(apart)} by two processes with one each\n`,
  );
}
