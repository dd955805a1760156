/**
 * How long SPIN takes to check the memory set over a few pages exhaustively:
 * `npx tsx src/check/spin.bench.ts [pages] [flags]`, without numbers for 7 and then 8 pages with 3 flags.
 *
 * Everything is timed that a user waits for: generating the checker in C, compiling it and running it. Needs
 * Debian's packages spin and gcc; without them, it says so and ends with status 3.
 *
 * SPIN searches depth-first on one core, exactly, without partial-order reduction, as every command counts. With
 * `-DNOCOMP` and a hash table made to measure its run takes 0.4 s instead of 0.75 s for 7 pages, and 4.2 s instead of
 * 5.0 s for 8. Breadth-first, and both ways to use two cores, take longer for states as small and cheap as these.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { promelaOf } from "./memory-set.pml.ts";

const DEFAULT_SCOPES: readonly Scope[] = [
  { pages: 7, flags: 3 },
  { pages: 8, flags: 3 },
];
/** With more, SPIN reports transitions in eight digits and an exponent. */
const MAX_PAGES = 8;
const MAX_FLAGS = 3;

const GENERATE = ["-a", "-o2", "model.pml"];
const COMPILE = ["-O2", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"];

const EXIT = { differs: 1, usage: 2, environment: 3 };

interface Scope {
  readonly pages: number;
  readonly flags: number;
}

interface Counts {
  readonly states: number;
  /** Commands carried out: without the arrival in the initial state, which SPIN counts too. */
  readonly transitions: number;
}

interface SpinRun extends Counts {
  readonly seconds: {
    readonly generate: number;
    readonly compile: number;
    readonly run: number;
    readonly total: number;
  };
}

const execute = promisify(execFile);

/** Checks the scope with SPIN, in a folder of its own that is removed afterwards. */
async function runSpin(pages: number, flags: number): Promise<SpinRun> {
  const folder = await mkdtemp(join(tmpdir(), "mapcheck-spin-"));
  try {
    const started = performance.now();
    await writeFile(join(folder, "model.pml"), promelaOf(pages, flags));
    await execute("spin", GENERATE, { cwd: folder });
    const generated = performance.now();
    await execute("gcc", COMPILE, { cwd: folder });
    const compiled = performance.now();
    const { stdout } = await execute("./pan", panOptions({ pages, flags }), { cwd: folder });
    const ended = performance.now();
    const seconds = {
      generate: (generated - started) / 1000,
      compile: (compiled - generated) / 1000,
      run: (ended - compiled) / 1000,
      total: (ended - started) / 1000,
    };
    return { ...readCounts(stdout), seconds };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Depth-first search goes from state to state nearly without return, so its stack has room for all. */
function panOptions(scope: Scope): string[] {
  const { states } = expectedCounts(scope);
  return [`-m${states + 1000}`];
}

/**
 * How many states there are: any flags or none for each page, and any begins that they allow. So the next
 * page is mapped as a new area, or behind a mapped one as more of its area.
 */
function expectedCounts({ pages, flags }: Scope): Counts {
  let [unmappedLast, mappedLast] = [1, 0];
  for (let page = 0; page < pages; page++) {
    const states = unmappedLast + mappedLast;
    [unmappedLast, mappedLast] = [states, flags * states + mappedLast];
  }
  const states = unmappedLast + mappedLast;
  const ranges = (pages * (pages + 1)) / 2;
  return { states, transitions: states * ranges * (3 * flags + 1) };
}

/** Has `check` explore the same scope: a whole process, from its source to its verdict. */
async function runCheck({ pages, flags }: Scope): Promise<Counts & { readonly seconds: number }> {
  const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
  const names = ["r", "rw", "rx"].slice(0, flags).join(",");
  const scope = ["--pages", `${pages}`, "--flags", names, "--commands", "map,replace,unmap,protect"];
  const args = ["check", "--subject", "memory-set", "--no-save", "--json", ...scope];
  const started = performance.now();
  const { stdout } = await execute(process.execPath, ["--import", "tsx", main, ...args]);
  const seconds = (performance.now() - started) / 1000;
  const { states, transitions }: Counts = JSON.parse(stdout);
  return { states, transitions, seconds };
}

function readCounts(report: string): Counts {
  const states = /^\s*(\d+) states, stored/m.exec(report)?.[1];
  const transitions = /^\s*(\d+) transitions \(= stored\+matched\)/m.exec(report)?.[1];
  const isComplete = report.includes("errors: 0") && !report.includes("max search depth too small");
  if (!isComplete || states === undefined || transitions === undefined) {
    throw new Error(`SPIN didn't get through:\n${report}`);
  }
  return { states: Number(states), transitions: Number(transitions) - 1 };
}

function table({ pages, flags }: Scope, { states, transitions, seconds }: SpinRun): string {
  const rate = transitions / seconds.run / 1e6;
  return [
    `SPIN, ${pages} pages, ${flags} flags: ${grouped(states)} states, ${grouped(transitions)} transitions`,
    `  generate ${inSeconds(seconds.generate)}`,
    `  compile  ${inSeconds(seconds.compile)}`,
    `  run      ${inSeconds(seconds.run)}  ${rate.toFixed(1)} million transitions/s`,
    `  total    ${inSeconds(seconds.total)}`,
    "",
  ].join("\n");
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(2).padStart(7)} s`;
}

async function isInstalled(program: string): Promise<boolean> {
  try {
    await execute("which", [program]);
    return true;
  } catch {
    return false;
  }
}

/** The scopes that the arguments ask for; none if they can't be understood. */
function scopesOf(args: readonly string[]): readonly Scope[] {
  if (args.length === 0) return DEFAULT_SCOPES;
  const [pages, flags = 3] = args.map(Number);
  if (args.length > 2 || !isWithin(pages, MAX_PAGES) || !isWithin(flags, MAX_FLAGS)) return [];
  return [{ pages, flags }];
}

function isWithin(count: number | undefined, most: number): count is number {
  return Number.isInteger(count) && count !== undefined && count >= 1 && count <= most;
}

function complain(line: string, status: number): number {
  process.stderr.write(`${line}\n`);
  return status;
}

async function main(): Promise<number> {
  const scopes = scopesOf(process.argv.slice(2));
  if (scopes.length === 0)
    return complain(`usage: [pages, 1-${MAX_PAGES}] [flags, 1-${MAX_FLAGS}]`, EXIT.usage);
  if (!(await isInstalled("spin")) || !(await isInstalled("gcc"))) {
    return complain("needs SPIN and a C compiler: apt-get install spin gcc", EXIT.environment);
  }
  for (const scope of scopes) {
    const spin = await runSpin(scope.pages, scope.flags);
    process.stdout.write(table(scope, spin));
    const own = await runCheck(scope);
    process.stdout.write(
      `mapcheck, the real MemorySet: ${grouped(own.states)} states, ${grouped(own.transitions)} transitions\n` +
        `  total    ${inSeconds(own.seconds)}  ${(own.seconds / spin.seconds.total).toFixed(1)} x SPIN\n`,
    );
    const expected = expectedCounts(scope);
    if (
      [spin, own].some(
        (counts) => counts.states !== expected.states || counts.transitions !== expected.transitions,
      )
    ) {
      return complain(
        `expected ${expected.states} states, ${expected.transitions} transitions`,
        EXIT.differs,
      );
    }
  }
  return 0;
}

process.exitCode = await main();
