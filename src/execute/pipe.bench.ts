/**
 * How fast commands get through a pipe, with the C template: asked one at a time, as a search asks and judges them, and
 * the same bytes piped through the adapter by the shell, which is as fast as it can be.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RunSeeds } from "../explore/seeds.ts";
import { standardSpaces } from "../explore/spaces.ts";
import { trace } from "../generate/trace.ts";
import { AdapterProcess } from "../subjects/adapter/process.ts";
import type { Request } from "../trace/request.ts";
import { openAdapter } from "./open-adapter.ts";
import type { Runner } from "./runner.ts";
import { GREETING, ScriptWriter } from "./script.ts";

const RUNS = 20_000;
const RUNS_ONE_BY_ONE = 300;
const ROUNDS = 5;
const ADAPTER = fileURLToPath(new URL("../../adapters/template-c/", import.meta.url));
const COMMAND = { file: join(ADAPTER, "run"), args: [] };
const LIMITS = { seconds: 60 };

execFileSync(join(ADAPTER, "build.sh"));
const opened = await openAdapter(COMMAND, LIMITS);
if (!opened.ok) throw new Error(opened.error);
const { driver } = opened.value;
const [space] = standardSpaces(driver.hello);
if (space === undefined) throw new Error("there is no space");
const terms = { space, hello: driver.hello };
const writer = new ScriptWriter(terms);
const arbitrary = trace(space, { hello: driver.hello });
const seeds = new RunSeeds("bench");
const runs = Array.from({ length: RUNS }, (_, run) => arbitrary.generate(seeds.random(run), undefined).value);
const commands = count(runs);

/** The shortest of several rounds, in seconds. */
async function fastest(round: () => Promise<void> | void): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let each = 0; each < ROUNDS; each++) {
    const started = performance.now();
    await round();
    best = Math.min(best, (performance.now() - started) / 1000);
  }
  return best;
}

/** Every line is answered before the next is written. */
async function askOneByOne(): Promise<void> {
  const process = new AdapterProcess(COMMAND, LIMITS);
  await process.send(GREETING.text, GREETING.lines);
  for (const requests of runs.slice(0, RUNS_ONE_BY_ONE)) {
    for (const line of writer.write(requests).text.trimEnd().split("\n")) {
      // The adapter writes out at sync only.
      await process.send(`${line}\nsync\n`, 2);
    }
  }
  await process.quit();
}

/** As a search does: several runs under way, each judged in its turn. */
async function askAhead(runner: Runner): Promise<void> {
  const flights = [];
  for (const requests of runs) {
    flights.push(runner.begin(requests));
    if (flights.length >= driver.ahead) await judge(flights.shift());
  }
  for (const flight of flights) await judge(flight);
}

async function judge(flight: ReturnType<Runner["begin"]> | undefined): Promise<void> {
  const finding = await flight?.();
  if (finding) throw new Error(`${finding.check}: ${finding.observed}`);
}

const scratch = mkdtempSync(join(tmpdir(), "mapcheck-bench-"));
const file = join(scratch, "requests");
writeFileSync(file, runs.map((requests) => writer.write(requests).text).join(""));

/** Nobody looks at what comes out. */
function pipeThrough(): void {
  spawnSync("sh", ["-c", 'cat "$0" | "$1" | cat > /dev/null', file, COMMAND.file], { stdio: "inherit" });
}

const runner = driver.runnerIn(space);
const single = (await fastest(askOneByOne)) / count(runs.slice(0, RUNS_ONE_BY_ONE));
const ahead = (await fastest(() => askAhead(runner))) / commands;
const adapter = (await fastest(pipeThrough)) / commands;
await driver.renew();
rmSync(scratch, { recursive: true });

console.log(`
commands through a pipe to adapters/template-c, each with its queries, best of ${ROUNDS} rounds:

  one line at a time          ${rate(single)}
  ${driver.ahead} runs under way           ${rate(ahead)}   ${(single / ahead).toFixed(0)} x
  piped by the shell          ${rate(adapter)}   ${(ahead / adapter).toFixed(2)} x as fast as the harness
`);

function count(traces: readonly (readonly Request[])[]): number {
  return traces.reduce((sum, requests) => sum + requests.length, 0);
}

function rate(seconds: number): string {
  return `${(1e-6 / seconds).toFixed(3)} M commands/s`;
}
