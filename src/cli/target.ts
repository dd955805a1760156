/** What the command line wants tested: a subject by name, a module, or a command that speaks the trace language. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { InProcess } from "../execute/driver.ts";
import { openAdapter } from "../execute/open-adapter.ts";
import type { FormattedTarget } from "../report/setting.ts";
import { loadSubject } from "../subjects/module.ts";
import { DEFAULT_SUBJECT, findSubject, type NamedSubject, subjectCalled } from "../subjects/registry.ts";
import type { FormatName } from "../trace/hardware.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { complain } from "./exit-status.ts";
import { commandLine } from "./invocation.ts";
import { formatOption, inFormat, parseDuration } from "./options.ts";

/** A module whose default export is a subject. */
export interface ModuleChoice {
  readonly module: string;
}

/** What the command line says of what is tested. */
export interface TargetOptions {
  readonly subject?: NamedSubject | ModuleChoice;
  readonly format?: FormatName;
  /** Seconds that an adapter has for one run. */
  readonly timeout?: number;
}

/** Words behind `--`: a program and its arguments, or nothing. */
export type CommandWords = readonly string[];

/** What is tested, ready to be. */
export interface OpenTarget extends FormattedTarget {
  /** The words that choose it again, and those of its command, which go to the end of a line. */
  readonly words: readonly string[];
  readonly command: CommandWords;
}

/** What was chosen, as plain data: for another thread. */
export interface TargetChoice {
  /** The name of a subject. */
  readonly name?: string;
  readonly module?: string;
  readonly format?: FormatName;
  readonly timeout?: number;
  readonly command: CommandWords;
}

/** What the options and the words behind `--` choose. */
export function choiceOf({ subject, format, timeout }: TargetOptions, command: CommandWords): TargetChoice {
  return {
    ...(subject !== undefined && ("module" in subject ? { module: subject.module } : { name: subject.name })),
    ...(format !== undefined && { format }),
    ...(timeout !== undefined && { timeout }),
    command,
  };
}

/** Opens what was chosen once more, without a word of what was said the first time. */
export function reopenTarget({
  name,
  module,
  command,
  ...options
}: TargetChoice): Promise<Result<OpenTarget, string>> {
  const subject = module === undefined ? findSubject(name ?? "") : { module };
  return openTarget({ ...options, ...(subject !== undefined && { subject }) }, command, () => {});
}

/** The line that replays a saved case on the target. A name that begins with a dash is not to be taken for an option. */
export function replayLine(file: string, { words, command }: OpenTarget): string {
  return commandLine(["replay", file.replace(/^-/, "./-"), ...words, ...behindDashes(command)]);
}

/** A command at the end of a line. */
export function behindDashes(command: CommandWords): readonly string[] {
  return command.length === 0 ? [] : ["--", ...command];
}

/** How long an adapter has for one run unless told otherwise, in seconds. */
const DEFAULT_TIMEOUT = 10;

/** Adds `--subject`, `--format` and `--timeout`. `fallback` says what is tested when nothing is named. */
export function addTargetOptions(command: Command, fallback: string): Command {
  const text =
    "what to test: a name that mapcheck subjects lists, several planted defects at once as defect:NAME+NAME, or the " +
    "path of a module whose default export is a Subject " +
    `(default: ${fallback})`;
  return command
    .addOption(new Option("--subject <name>", text).argParser(parseSubject))
    .addOption(formatOption())
    .addOption(
      new Option(
        "--timeout <duration>",
        `how long a command behind -- may take for one run (default: ${DEFAULT_TIMEOUT}s)`,
      ).argParser(parseDuration),
    );
}

/**
 * Opens what the options and the words behind `--` name, and tells `warn` what of it is not understood. The error is a
 * line for the user.
 */
export async function openTarget(
  options: TargetOptions,
  words: CommandWords,
  warn: (warning: string) => unknown = complain,
): Promise<Result<OpenTarget, string>> {
  const { subject, format, timeout } = options;
  const [file, ...args] = words;
  if (file !== undefined) return openCommand(file, args, options, warn);
  if (timeout !== undefined) return failure("--timeout is about a command behind --; leave it out");
  if (subject !== undefined && "module" in subject) return openModule(subject.module, format);
  const named = inFormat(subject ?? DEFAULT_SUBJECT, format);
  return named.ok ? success(openNamed(named.value, format)) : named;
}

/** A subject with a name. */
export function openNamed(named: NamedSubject, asked?: FormatName): OpenTarget {
  const { name, format, subject } = named;
  const words = ["--subject", name, ...(asked === undefined ? [] : ["--format", asked])];
  return {
    name,
    driver: new InProcess(subject),
    words,
    command: [],
    ...(format !== undefined && { format }),
  };
}

async function openModule(path: string, format: FormatName | undefined): Promise<Result<OpenTarget, string>> {
  if (format !== undefined)
    return failure(`--format is about the stack's own page tables; leave it out with ${path}`);
  const loaded = await loadSubject(path);
  if (!loaded.ok) return loaded;
  const driver = new InProcess(loaded.value);
  return success({ name: driver.hello.name, driver, words: ["--subject", path], command: [] });
}

async function openCommand(
  file: string,
  args: readonly string[],
  { subject, format, timeout }: TargetOptions,
  warn: (warning: string) => unknown,
): Promise<Result<OpenTarget, string>> {
  if (subject !== undefined)
    return failure("--subject and a command behind -- are two things to test; leave one out");
  if (format !== undefined)
    return failure("--format is about the stack's own page tables; leave it out with a command");
  const opened = await openAdapter({ file, args }, { seconds: timeout ?? DEFAULT_TIMEOUT });
  if (!opened.ok) return opened;
  const { driver, warnings } = opened.value;
  for (const warning of warnings) warn(warning);
  const words = timeout === undefined ? [] : ["--timeout", `${timeout}s`];
  return success({ name: driver.hello.name, driver, words, command: [file, ...args] });
}

function parseSubject(name: string): NamedSubject | ModuleChoice {
  const found = subjectCalled(name);
  if (found.ok) return found.value;
  if (isModule(name)) return { module: name };
  throw new InvalidArgumentError(found.error);
}

/** Whether a name is that of a module, a subject that somebody else wrote. */
export function isModule(name: string): boolean {
  return name.includes("/") || /\.[cm]?[jt]s$/.test(name);
}
