/** The options that choose what is explored. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { SCOPE_COMMANDS, type Scope, type ScopeCommand } from "../generate/scope.ts";
import { areTellable } from "../trace/address-space-preconditions.ts";
import { ALL_FLAGS, type Flags, flagsFrom, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import { BACKEND_KINDS } from "../trace/observation.ts";
import { printFlags } from "../trace/print.ts";
import type { Backend } from "../trace/request.ts";
import { failure, type Result, success } from "../trace/result.ts";
import type { Hello } from "../trace/space.ts";
import { listOf } from "./options.ts";
import { addSpaceOptions, type SpaceOptions, spaceOf } from "./space-options.ts";

/** What the command line says of the scope. */
export interface ScopeOptions extends SpaceOptions {
  readonly flags?: readonly Flags[];
  readonly commands?: readonly (ScopeCommand | "failures")[];
  readonly backends?: readonly Backend["kind"][];
}

/** A word of `--commands`: a command, or that each is tried with each single failure too. */
const WORDS = [...SCOPE_COMMANDS, "failures"] as const;

/** Pages of a scope unless told otherwise. */
const PAGES = { "memory-set": 4, "address-space": 1 };
/** Flags of a scope unless told otherwise: on the address-space surface those of a guard page too. */
const FLAGS = { "memory-set": [READ, READ | WRITE], "address-space": [NO_FLAGS, READ, READ | WRITE] };

/** What is said of a scope in which nothing can be asked. */
export const NOTHING = "nothing can be tried in this scope; name more commands";

/** Adds `--flags`, `--commands`, `--backends`, and the options of the space. */
export function addScopeOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--flags <list>",
        "the flags of map and protect, such as -,r,rw (default: r,rw; for address spaces -,r,rw)",
      ).argParser(parseFlags),
    )
    .addOption(
      new Option(
        "--commands <list>",
        `what is tried in every state, of ${WORDS.join(",")} (default: all that can be asked); failures: each command with each single failure too`,
      ).argParser(listOf("commands", WORDS)),
    )
    .addOption(
      new Option(
        "--backends <list>",
        "what the areas are made of, of linear,alloc:eager,alloc:lazy (default: all)",
      ).argParser(listOf("backends", BACKEND_KINDS)),
    );
  addSpaceOptions(command, `${PAGES["memory-set"]}; for address spaces ${PAGES["address-space"]}`);
}

/** The scope that the options choose for an implementation. The error is a line for the user. */
export function scopeOf(options: ScopeOptions, hello: Hello): Result<Scope, string> {
  const { surface } = hello;
  const space = spaceOf(options, hello, PAGES[surface]);
  if (!space.ok) return space;
  const { commands = WORDS, flags = FLAGS[surface], backends = hello.backends } = options;
  const offered = SCOPE_COMMANDS.filter((name) => hello.commands.includes(name) && commands.includes(name));
  const missing = commands.find((name) => name !== "failures" && !hello.commands.includes(name));
  if (options.commands && missing !== undefined)
    return failure(
      `--commands ${missing} can't be used here: ${hello.name} has no such command; leave it out`,
    );
  const canFail = commands.includes("failures") && hello.inject.length > 0;
  if (options.commands?.includes("failures") && !canFail)
    return failure(`--commands failures can't be used here: ${hello.name} injects none; leave it out`);
  if (offered.length === 0)
    return failure("--commands names no command; name one of those that --help lists");
  const strange = backends.find((kind) => !hello.backends.includes(kind));
  if (strange !== undefined)
    return failure(`--backends ${strange} can't be used here: ${hello.name} has none; leave it out`);
  const misfit = misfitOfFlags(flags, hello);
  if (misfit !== undefined) return failure(misfit);
  return success({
    space: space.value,
    flags,
    commands: offered,
    backends,
    inject: canFail,
  });
}

/** Which flags can't be asked for, in a line for the user. */
function misfitOfFlags(flags: readonly Flags[], { surface, name, flags: known }: Hello): string | undefined {
  const unknown = flags.find((each) => (each & ~known & ALL_FLAGS) !== 0);
  if (unknown !== undefined)
    return `--flags ${printFlags(unknown)} can't be used here: ${name} knows ${printFlags(known)}`;
  const untellable = surface === "memory-set" ? undefined : flags.find((each) => !areTellable(each));
  if (untellable === undefined) return undefined;
  const why = "not every processor can tell these flags apart: w and x come with r, and d not with n";
  return `--flags ${printFlags(untellable)} can't be used here: ${why}`;
}

/** The options that choose this scope again, but for those of the space. */
export function scopeArguments({ flags, commands, backends, inject }: Scope, { surface }: Hello): string[] {
  return [
    "--flags",
    flags.map(printFlags).join(","),
    "--commands",
    [...commands, ...(inject ? ["failures"] : [])].join(","),
    ...(surface === "memory-set" ? [] : ["--backends", backends.join(",")]),
  ];
}

function parseFlags(text: string): readonly Flags[] {
  const all = text.split(",").map(flagsFrom);
  const flags = all.filter((each) => each !== undefined);
  if (flags.length === all.length && new Set(flags).size === flags.length) return flags;
  throw new InvalidArgumentError(
    "write sets of the letters rwxudn, in this order and each set once, such as -,r,rw",
  );
}
