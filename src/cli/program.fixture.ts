/** The command line, run inside the test. */
import { vi } from "vitest";
import type { ExitStatus } from "./exit-status.ts";
import { runProgram } from "./program.ts";

/** What a run of the command line came to. */
export interface Ran {
  readonly status: ExitStatus;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line with `args`. */
export async function mapcheck(...args: readonly string[]): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  try {
    return { status: await runProgram(args), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
