/** Campaigns that are kept in a file, so that they can be taken up again. */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Command, CommanderError } from "commander";
import { describeProblem } from "../corpus/problem.ts";
import { checkRoom, writeWhole } from "../corpus/save.ts";
import { describeSystemError, systemErrorCode } from "../corpus/system-error.ts";
import { Statistics } from "../execute/statistics.ts";
import {
  type CampaignState,
  parseCampaign,
  printCampaign,
  type SavedCampaign,
} from "../explore/saved-campaign.ts";
import type { Session } from "../explore/session.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { Surface } from "../trace/space.ts";
import { complain } from "./exit-status.ts";
import { addSearchOptions, type FuzzOptions, goesOn } from "./search-options.ts";
import { addTargetOptions, behindDashes, type CommandWords, type OpenTarget } from "./target.ts";

/** How often at most the file is written, in milliseconds. */
const INTERVAL = 250;

/** What a session has to do, with what an earlier one has said and done. */
export interface Resumption {
  readonly options: FuzzOptions;
  readonly command: CommandWords;
  readonly campaign?: SavedCampaign;
}

/**
 * Takes up the campaign of `--resume`, if there is one: what the command line doesn't say is as it was begun, and what
 * it says must agree with that. The error is a line for the user.
 */
export async function takeUp(given: FuzzOptions, command: CommandWords): Promise<Result<Resumption, string>> {
  const { resume: file } = given;
  if (file === undefined) return success({ options: given, command });
  const campaign = await load(file);
  if (!campaign.ok) return campaign;
  if (campaign.value === undefined) return success({ options: given, command });
  const begun = parseWords(campaign.value.words);
  if (begun === undefined) {
    const what = "the campaign was begun with options that this mapcheck doesn't know";
    return failure(describeProblem(file, { what, remedy: BEGIN_ANEW }));
  }
  const options = { ...begun.options, ...given };
  return success({
    options,
    command: command.length > 0 ? command : begun.command,
    campaign: campaign.value,
  });
}

/** What keeps a session from going on with a campaign: that it is another one, or that it was counted in another way. */
export function misfitOf(
  file: string,
  { words, state }: SavedCampaign,
  now: readonly string[],
  surface: Surface,
): string | undefined {
  if (words.length !== now.length || words.some((word, index) => word !== now[index])) {
    const what = `the campaign was begun with ${words.join(" ")}, and not with ${now.join(" ")}`;
    return describeProblem(file, { what, remedy: "leave the options out that differ, or name another file" });
  }
  const { answers, met } = new Statistics(surface).counts();
  const { counts } = state;
  if (counts.answers.length === answers.length && counts.met.length === met.length) return undefined;
  const what = "the campaign was begun by another version of mapcheck";
  return describeProblem(file, { what, remedy: BEGIN_ANEW });
}

/** The options that say what a campaign runs, as words of a command line. */
export function campaignWords(options: FuzzOptions, target: OpenTarget, seed: string): readonly string[] {
  const { shard } = options;
  const word = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [name, `${value}`];
  return [
    options.isGate ? "verify" : "fuzz",
    ...target.words,
    ...word("--seed", seed),
    ...word("--pages", options.pages),
    ...word("--base", options.base),
    ...word("--frames", options.frames),
    ...word("--page", options.page),
    ...word("--max-commands", options.maxCommands),
    ...word("--inject", options.inject),
    ...word("--minimize", options.minimize),
    ...word("--shard", shard && `${shard.index}/${shard.count}`),
    ...(goesOn(options) && !options.isGate ? ["--keep-going"] : []),
    ...behindDashes(target.command),
  ];
}

/** Keeps a session in a file, now and then. Where it can't be written, that is said once. */
export function keepIn(file: string, words: readonly string[]): NonNullable<Session["keep"]> {
  let next = 0;
  let wasSaid = false;
  return async (state: () => CampaignState, isLast: boolean) => {
    if (!isLast && performance.now() < next) return;
    try {
      await writeWhole(file, printCampaign({ words, state: state() }));
    } catch (error) {
      if (!wasSaid) complain(describeProblem(file, writeProblem(error)));
      wasSaid = true;
    }
    next = performance.now() + INTERVAL;
  };
}

/** Reads a campaign; `undefined` where the file isn't there yet, and can be written. */
async function load(file: string): Promise<Result<SavedCampaign | undefined, string>> {
  try {
    const campaign = parseCampaign(await readFile(file, "utf8"));
    if (campaign.ok) return campaign;
    const { place, what } = campaign.error;
    return failure(describeProblem(file, { ...(place && { place }), what, remedy: BEGIN_ANEW }));
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") {
      const what = `can't be read: ${describeSystemError(error)}`;
      return failure(describeProblem(file, { what, remedy: "name another file with --resume" }));
    }
    const room = await checkRoom(
      dirname(file),
      "make the directory writable, or name another file with --resume",
    );
    return room.ok ? success(undefined) : room;
  }
}

const BEGIN_ANEW = "remove the file to begin anew, or name another one with --resume";

function writeProblem(error: unknown) {
  const what = `can't be written: ${describeSystemError(error)}`;
  return {
    what,
    remedy: "how far the search is can't be kept; make room, or name another file with --resume",
  };
}

/** Reads words that a campaign was begun with; `undefined` where they mean nothing. */
function parseWords(words: readonly string[]): Omit<Resumption, "campaign"> | undefined {
  const dashes = words.indexOf("--");
  const end = dashes < 0 ? words.length : dashes;
  const command = new Command("campaign").exitOverride().configureOutput({ writeErr: () => {} });
  addTargetOptions(command, "");
  addSearchOptions(command);
  command.option("--keep-going");
  try {
    const options = command.parse(words.slice(1, end), { from: "user" }).opts<FuzzOptions>();
    return { options, command: words.slice(end + 1) };
  } catch (error) {
    if (error instanceof CommanderError) return undefined;
    throw error;
  }
}
