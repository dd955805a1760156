import type { Command } from "commander";
import { loadCorpus } from "../corpus/cases.ts";
import { type Flaw, findFlaws } from "../corpus/check.ts";
import { counted } from "../report/statistics.ts";
import { printJson } from "../trace/escape.ts";
import { corpusArgument } from "./corpus-options.ts";
import { complain, EXIT, type ExitStatus, type Finish } from "./exit-status.ts";
import { problemAnnotation, repositoryRoot, stepSummaryFile } from "./github.ts";
import { PROGRAM } from "./invocation.ts";

interface CheckOptions {
  readonly json?: boolean;
}

const HELP = `
broken: a file that is no corpus file, whose id is not where the file is, or
whose finding is at no line of its trace. stale: a case that can't be asked of
any implementation, with a line that doesn't parse or breaks a precondition, or
that is marked as stale. duplicate: a case that prune would remove, or two that
are the same run and were both written or marked by hand. Any of them makes the
exit status 1, and under GitHub Actions an annotation at its file. Nothing is
run: mapcheck replay says whether cases agree.

Examples:
  ${PROGRAM} corpus check
  ${PROGRAM} corpus check my-corpus --json`;

/** `mapcheck corpus check`: what is wrong with saved cases. */
export function addCorpusCheck(corpus: Command, finish: Finish): void {
  corpus
    .command("check")
    .summary("find broken, stale and duplicate cases, for CI")
    .description("Says what is wrong with saved cases, a line each. Nothing is run.")
    .addArgument(corpusArgument("where they are"))
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
    .action(async (directory: string, options: CheckOptions) => finish(await check(directory, options)));
}

async function check(directory: string, { json }: CheckOptions): Promise<ExitStatus> {
  const loaded = await loadCorpus(directory);
  if (!loaded.ok) return complain(loaded.error);
  const flaws = await findFlaws(loaded.value);
  const files = loaded.value.length;
  process.stdout.write(json ? `${printJson({ files, flaws }, 2)}\n` : flawsText(flaws, files));
  if (stepSummaryFile(process.env) !== undefined) annotate(flaws, json ? process.stderr : process.stdout);
  return flaws.length > 0 ? EXIT.finding : EXIT.agree;
}

/** Has GitHub show what is wrong at the files. A JSON object is somebody else's to read: then on standard error. */
function annotate(flaws: readonly Flaw[], stream: NodeJS.WriteStream): void {
  const root = repositoryRoot(process.env);
  for (const { kind, problem, file } of flaws) {
    stream.write(problemAnnotation(`${kind}: ${problem}`, root, file));
  }
}

function flawsText(flaws: readonly Flaw[], files: number): string {
  const lines = flaws.map(({ kind, problem }) => `${kind.padEnd(KIND_WIDTH)}  ${problem}`);
  const count = (kind: Flaw["kind"]) => flaws.filter((flaw) => flaw.kind === kind).length;
  const tally =
    flaws.length === 0
      ? "all in order"
      : `${count("broken")} broken, ${count("stale")} stale, ${count("duplicate")} duplicate`;
  return `${[...lines, `${counted(files, "file")}: ${tally}`].join("\n")}\n`;
}

/** As wide as `duplicate`. */
const KIND_WIDTH = 9;
