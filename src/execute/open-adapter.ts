import {
  type AdapterCommand,
  type AdapterLimits,
  AdapterProcess,
  type Ending,
} from "../subjects/adapter/process.ts";
import { problemOfProgram } from "../subjects/adapter/program.ts";
import { escapeText } from "../trace/escape.ts";
import { parseHello } from "../trace/parse-hello.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { AdapterDriver } from "./adapter-driver.ts";
import { GREETING } from "./script.ts";

/** A driver, and what of the adapter's `hello` was not understood, a line each. */
export interface OpenedAdapter {
  readonly driver: AdapterDriver;
  readonly warnings: readonly string[];
}

/** Starts an adapter and hears what it says of itself. The error is a line for the user. */
export async function openAdapter(
  command: AdapterCommand,
  limits: AdapterLimits,
): Promise<Result<OpenedAdapter, string>> {
  const problem = await problemOfProgram(command.file);
  if (problem !== undefined) return failure(`${shown(command)}: it can't be started: ${problem}`);
  const process = new AdapterProcess(command, limits);
  const { bytes, ending } = await process.send(GREETING.text, GREETING.lines);
  process.kill();
  const [line = "", synced = ""] = new TextDecoder().decode(bytes).split("\n");
  if (ending && synced === "") return failure(complaint(command, whatOf(ending), process.stderr));
  const greeting = parseHello(line);
  if (!greeting.ok) return failure(complaint(command, `hello: ${greeting.error}`, process.stderr));
  const { hello, warnings } = greeting.value;
  return success({
    driver: new AdapterDriver(command, limits, hello, bytes),
    warnings: warnings.map((warning) => `${shown(command)}: hello: ${warning}; it is left out of account`),
  });
}

function whatOf({ kind, what, neverStarted }: Ending): string {
  if (neverStarted) return `${what}; correct the path, or build it`;
  const when = kind === "out-of-step" ? "after hello" : "before it answered hello and the sync behind it";
  return `${what}, ${when}; try: echo "hello 1" | the command`;
}

function complaint(command: AdapterCommand, what: string, stderr: string): string {
  const printed = stderr.trim();
  return `${shown(command)}: ${what}${printed === "" ? "" : `; it printed: ${escapeText(printed.slice(-MAX_PRINTED))}`}`;
}

/** What is shown of standard error in a line, in characters. */
const MAX_PRINTED = 300;

function shown({ file }: AdapterCommand): string {
  return escapeText(file);
}
