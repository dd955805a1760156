/** What a session of `fuzz` or `verify` is to do, from what the command line says. */
import { availableParallelism } from "node:os";
import { conformanceSuite, smallScope } from "../check/conformance.ts";
import { BreadthFirst, QUICK } from "../check/exact-end.ts";
import { Pace } from "../explore/pace.ts";
import type { SavedCampaign } from "../explore/saved-campaign.ts";
import { freshSeed } from "../explore/seeds.ts";
import type { Session } from "../explore/session.ts";
import { standardSpaces } from "../explore/spaces.ts";
import { Threads } from "../explore/threads.ts";
import type { RandomTraces } from "../explore/trace-source.ts";
import { DEFAULT_MAX_COMMANDS } from "../generate/trace.ts";
import type { FormattedSession } from "../report/fuzz.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { Hello, Space } from "../trace/space.ts";
import { corpusOf, saveTo } from "./corpus-options.ts";
import type { FuzzSetup } from "./fuzz-worker.ts";
import { campaignWords, keepIn, misfitOf } from "./resume.ts";
import { budgetOf, type FuzzOptions, goesOn } from "./search-options.ts";
import { choosesSpace, spaceOf } from "./space-options.ts";
import { choiceOf, type OpenTarget } from "./target.ts";
import { workerModule } from "./worker-module.ts";

const WORKER = import.meta.url.replace(/fuzz-session(\.[jt]s)$/, "fuzz-worker$1");

/**
 * The most that `--pages` times `--max-commands` may be on the memory-set surface: every page is compared after
 * every command. At this bound a run takes about a second, and it is between runs that the clock and Ctrl-C are
 * looked at.
 */
const MAX_WORK = 2 ** 22;

/** The session that the options ask for. The error is a line for the user. */
export async function sessionOf(
  options: FuzzOptions,
  target: OpenTarget,
  campaign?: SavedCampaign,
): Promise<Result<FormattedSession, string>> {
  const { seed = freshSeed(), maxCommands = DEFAULT_MAX_COMMANDS, minimize, shard } = options;
  const spaces = spacesOf(options, target.driver.hello);
  if (!spaces.ok) return spaces;
  const corpus = await corpusOf(options);
  if (!corpus.ok) return corpus;
  const { hello } = target.driver;
  const suite = options.isGate ? await conformanceSuite(smallScope(hello), hello, new Pace()) : undefined;
  const kept = keptIn(options, target, seed, campaign);
  if (!kept.ok) return kept;
  return success({
    target,
    spaces: spaces.value,
    seed,
    maxCommands,
    budget: budgetOf(options),
    injectAll: options.inject !== undefined,
    keepGoing: goesOn(options),
    corpus: corpus.value,
    saveTo: saveTo(options),
    ...(minimize !== "greedy" && {
      exactEnd: new BreadthFirst(minimize === "exact" ? Number.POSITIVE_INFINITY : QUICK),
    }),
    ...(suite && { suite }),
    ...(shard && { shard }),
    ...kept.value,
    ...handsOf(options, target, { spaces: spaces.value, seed, maxCommands }),
  });
}

/** The space that was chosen, or those that the surface has. */
function spacesOf(options: FuzzOptions, hello: Hello): Result<readonly Space[], string> {
  const chosen = spaceOf(options, hello);
  if (!chosen.ok) return chosen;
  if (hello.surface === "address-space") {
    return success(choosesSpace(options) ? [chosen.value] : standardSpaces(hello));
  }
  const { size, page } = chosen.value;
  const { maxCommands = DEFAULT_MAX_COMMANDS } = options;
  if ((size / page) * maxCommands > MAX_WORK) return failure(tooMuchWork(size / page, maxCommands));
  return success([chosen.value]);
}

function tooMuchWork(pages: number, maxCommands: number): string {
  return (
    `--pages ${pages} with --max-commands ${maxCommands} makes runs too long; ` +
    `lower one of them, so that their product is at most ${MAX_WORK}`
  );
}

/** How the session is kept in a file, and taken up from it, where that is asked for. */
function keptIn(
  options: FuzzOptions,
  target: OpenTarget,
  seed: string,
  campaign: SavedCampaign | undefined,
): Result<Pick<Session, "keep" | "resumed">, string> {
  const { resume: file } = options;
  if (file === undefined) return success({});
  const words = campaignWords(options, target, seed);
  const misfit = campaign && misfitOf(file, campaign, words, target.driver.hello.surface);
  if (misfit !== undefined) return failure(misfit);
  return success({ keep: keepIn(file, words), ...(campaign && { resumed: campaign.state }) });
}

/** Several threads, unless one is enough. */
function handsOf(
  { workers = availableParallelism(), inject, ...options }: FuzzOptions,
  { command, driver }: OpenTarget,
  traces: RandomTraces,
): Pick<Session, "handsOf"> {
  if (workers === 1) return {};
  const { surface } = driver.hello;
  const choice = choiceOf(options, command);
  const setup: FuzzSetup = { ...traces, choice, injectAll: inject !== undefined, surface };
  const threads = { worker: workerModule(WORKER), setup, threads: workers, surface };
  return { handsOf: (alone) => new Threads(threads, alone) };
}
