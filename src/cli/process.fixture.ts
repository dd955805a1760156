/** The command line in a process of its own. */
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Starts the command line from its sources, without colours and with `more` in its environment. */
export function start(args: readonly string[], more = {}, stdout: "pipe" | number = "pipe"): ChildProcess {
  const env = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...more };
  const stdio: StdioOptions = ["ignore", stdout, "pipe"];
  return spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], { cwd: ROOT, env, stdio });
}

/** What a process came to. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for the end of a process that writes to pipes, or to none. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  await closed;
  return { status: child.exitCode, stdout, stderr };
}

function textOf(stream: Readable | null): Promise<string> | string {
  return stream === null || stream.destroyed ? "" : text(stream);
}
