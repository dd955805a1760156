/**
 * How long it takes to check three pages of an address space to the end, and whether it comes to the states that it has
 * to: `npm run bench:check:space [-- PAGES]`. There are areas of all three kinds, linear ones with one offset, without
 * flags, with r and with rw; faults, accesses, stores of 00 and 01; every single failure; and 12 frames. Two cores take
 * some minutes. Ends with status 1 if the counts are others.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

interface Counts {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
}

/** By pages. The suites have those of one page and two. */
const EXPECTED: { readonly [pages: string]: Counts } = {
  1: { states: 71, transitions: 5_261, depth: 8 },
  2: { states: 4_701, transitions: 891_571, depth: 15 },
  3: { states: 211_864, transitions: 79_342_788, depth: 19 },
};

const SCOPE = [
  ...["--frames", "12", "--flags", "-,r,rw"],
  ...["--commands", "map,replace,unmap,protect,clear,fault,access,store,failures"],
];

const EXIT = { differs: 1, usage: 2 };

/** A whole process, from its source to its verdict. */
async function check(pages: string) {
  const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
  const args = ["--import", "tsx", main, "check", "--pages", pages, ...SCOPE, "--no-save", "--json"];
  const started = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const result: Counts & { readonly outcome: string; readonly memory: number } = JSON.parse(stdout);
  return { ...result, seconds: (performance.now() - started) / 1000 };
}

async function main(pages = "3"): Promise<number> {
  const expected = EXPECTED[pages];
  if (expected === undefined) {
    process.stderr.write("usage: [pages, 1-3]\n");
    return EXIT.usage;
  }
  const { outcome, states, transitions, depth, memory, seconds } = await check(pages);
  const grouped = (count: number) => count.toLocaleString("en");
  process.stdout.write(
    `${pages} pages: ${outcome}, ${grouped(states)} states, ${grouped(transitions)} transitions; the last new state at ` +
      `depth ${depth}; ${Math.round(memory / states)} bytes a state; ${seconds.toFixed(1)} s, ` +
      `${grouped(Math.round(transitions / seconds))} transitions/s\n`,
  );
  const isRight =
    outcome === "agree" &&
    states === expected.states &&
    transitions === expected.transitions &&
    depth === expected.depth;
  if (isRight) return 0;
  process.stderr.write(`expected agreement on ${JSON.stringify(expected)}\n`);
  return EXIT.differs;
}

process.exitCode = await main(process.argv[2]);
