/**
 * How fast mapcheck is: `npm run bench`, with `-- --json` one JSON object.
 *
 * - executor: traces generated beforehand run on stack and model, everything compared after every command
 * - fuzz loop: the same with generating and statistics, as `mapcheck fuzz` does it
 * - plain: `fc.commands` and `fc.modelRun` on the same stack, model and comparison
 * - address space: the fuzz loop on the address-space surface, with x86-64 page tables, in a space of 16 pages,
 *   and in all the spaces that `mapcheck fuzz` uses
 *
 * Each way is measured in a process of its own, as users run one or the other: in a shared one the engine
 * compiles the stack and the model for the objects of both. The processes take turns, so that what
 * disturbs the machine disturbs all of them alike, and each round gives a ratio.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type AddressSpaceRow, addressSpaceRows } from "../address-space/address-space.bench.ts";
import { InProcess } from "../execute/driver.ts";
import { Executor } from "../execute/executor.ts";
import { trace } from "../generate/trace.ts";
import { type MemorySetRow, memorySetRows } from "../memory/memory-set.bench.ts";
import { addressSpaceSubject } from "../subjects/address-space.ts";
import { memorySetSubject } from "../subjects/memory-set.ts";
import type { Subject } from "../subjects/subject.ts";
import { virtAddr } from "../trace/address.ts";
import type { Space } from "../trace/space.ts";
import { newTally } from "./campaign.ts";
import { fuzz } from "./fuzz.ts";
import { Pace } from "./pace.ts";
import { runPlainCommands } from "./plain-commands.bench.ts";
import { RunSeeds } from "./seeds.ts";
import { standardSpaces } from "./spaces.ts";

const SPACE: Space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };
const MAX_COMMANDS = 50;
/** How often each way takes its turn. */
const TURNS = 5;
/** In a turn, the best of so many rounds counts, when the engine has compiled what is hot. */
const ROUNDS = 50;

/** One way to run commands: does some, and says how many. */
type Way = (round: number) => Promise<number> | number;

function executorAlone(): Way {
  const subject = memorySetSubject();
  const executor = new Executor(subject, SPACE);
  const traces = trace(SPACE, { maxCommands: MAX_COMMANDS });
  const seeds = new RunSeeds("bench");
  const generated = Array.from(
    { length: 200 },
    (_, run) => traces.generate(seeds.random(run), undefined).value,
  );
  const commands = generated.reduce((sum, requests) => sum + requests.length, 0);
  return () => {
    for (let repeat = 0; repeat < 5; repeat++) for (const requests of generated) executor.run(requests);
    return 5 * commands;
  };
}

/** The fuzz loop on `subject`, whose runs take place in the spaces in turn. */
function fuzzLoop(subject: Subject, spaces: readonly Space[]): Way {
  return async (round) => {
    const tally = newTally(subject.hello.surface);
    const campaign = {
      driver: new InProcess(subject),
      spaces,
      seed: `bench-${round}`,
      maxCommands: MAX_COMMANDS,
      injectAll: false,
    };
    await fuzz(campaign, { runs: 1000, seconds: Number.POSITIVE_INFINITY }, new Pace(), tally);
    return tally.statistics.requests;
  };
}

function plain(round: number): number {
  return runPlainCommands(memorySetSubject(), SPACE, MAX_COMMANDS, 500, round);
}

const ADDRESS_SPACE = addressSpaceSubject("x86-64");

const MEMORY_SET_WAYS: Readonly<Record<string, () => Way>> = {
  executor: executorAlone,
  "fuzz loop": () => fuzzLoop(memorySetSubject(), [SPACE]),
  plain: () => plain,
};
const ADDRESS_SPACE_WAYS: Readonly<Record<string, () => Way>> = {
  "16 pages": () => fuzzLoop(ADDRESS_SPACE, [SPACE]),
  "small and large": () => fuzzLoop(ADDRESS_SPACE, standardSpaces(ADDRESS_SPACE.hello)),
};
const WAYS = { ...MEMORY_SET_WAYS, ...ADDRESS_SPACE_WAYS };

/** Commands per second of one way, the best round of a turn. */
async function measure(way: Way): Promise<number> {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const commands = await way(round);
    best = Math.max(best, (commands / (performance.now() - started)) * 1000);
  }
  return best;
}

function measureElsewhere(name: string): number {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), "--way", name];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

/** One way on some surface. */
interface LoopRow {
  readonly name: string;
  readonly commandsPerSecond: number;
}

interface Row extends LoopRow {
  /** How many times as fast as the plain way. */
  readonly timesPlain: number;
}

function addressSpaceLoops(): LoopRow[] {
  return Object.keys(ADDRESS_SPACE_WAYS).map((name) => ({
    name,
    commandsPerSecond: median(Array.from({ length: TURNS }, () => measureElsewhere(name))),
  }));
}

function rows(): Row[] {
  const names = Object.keys(MEMORY_SET_WAYS);
  const turns = Array.from(
    { length: TURNS },
    () => new Map(names.map((name) => [name, measureElsewhere(name)])),
  );
  return names.map((name) => ({
    name,
    commandsPerSecond: median(turns.map((turn) => turn.get(name) ?? 0)),
    timesPlain: median(turns.map((turn) => (turn.get(name) ?? 0) / (turn.get("plain") ?? 1))),
  }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean", default: false }, way: { type: "string" } },
  });
  const way = WAYS[values.way ?? ""];
  if (way) return void process.stdout.write(String(await measure(way())));
  const figures = {
    commands: rows(),
    memorySet: memorySetRows(),
    addressSpaceLoops: addressSpaceLoops(),
    addressSpace: addressSpaceRows(),
  };
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : table(figures));
}

interface Figures {
  readonly commands: readonly Row[];
  readonly memorySet: readonly MemorySetRow[];
  readonly addressSpaceLoops: readonly LoopRow[];
  readonly addressSpace: readonly AddressSpaceRow[];
}

function table({ commands, memorySet, addressSpaceLoops, addressSpace }: Figures): string {
  return [
    "memory-set, 16 pages, traces of up to 50 commands, everything compared after every command",
    ...commands.map(({ name, commandsPerSecond, timesPlain }) => {
      return `  ${name.padEnd(18)} ${millions(commandsPerSecond)} commands/s  ${timesPlain.toFixed(2)} x plain`;
    }),
    "the bare MemorySet: unmap, map and protect of one area",
    ...memorySet.map(
      ({ name, opsPerSecond }) => `  ${name.padEnd(18)} ${millions(opsPerSecond)} operations/s`,
    ),
    "address-space, x86-64, traces of up to 50 commands: the fuzz loop, everything compared after every command",
    ...addressSpaceLoops.map(
      ({ name, commandsPerSecond }) => `  ${name.padEnd(18)} ${millions(commandsPerSecond)} commands/s`,
    ),
    "the bare AddressSpace, x86-64: unmap, map and fault of one 4 KiB page among so many; translate",
    ...addressSpace.map(({ name, opsPerSecond, translationsPerSecond }) => {
      const [ops, translations] = [millions(opsPerSecond), millions(translationsPerSecond)];
      return `  ${name.padEnd(18)} ${ops} operations/s  ${translations} translations/s`;
    }),
    "",
  ].join("\n");
}

function millions(perSecond: number): string {
  return `${(perSecond / 1e6).toFixed(2).padStart(6)} million`;
}

await main();
