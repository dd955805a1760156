/** Savers whom something stops: permissions, a kill, others that save the same. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { CorpusEntry } from "./entry.ts";

/** What the process saves: `entry` as `memory-set/case-0` and so on, with a note of `noteBytes`. */
export interface Saving {
  readonly directory: string;
  readonly entry: CorpusEntry;
  readonly cases: number;
  readonly noteBytes: number;
}

/** Starts the process. It prints, a line for each case, whether it existed already, or why it couldn't be saved. */
export function startSaver(saving: Saving): ChildProcessByStdio<null, Readable, null> {
  const { directory, entry, cases, noteBytes } = saving;
  const program = `
    import { saveEntry } from ${JSON.stringify(new URL("./save.ts", import.meta.url).href)};
    for (let index = 0; index < ${cases}; index++) {
      const name = { id: "memory-set/case-" + index, note: "x".repeat(${noteBytes}) };
      const saved = await saveEntry(${JSON.stringify(directory)}, { ...${JSON.stringify(entry)}, ...name });
      console.log(saved.ok ? saved.value.existed : saved.error);
    }`;
  return spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Runs `body` as a user whom permissions concern. They don't concern the superuser. */
export async function unprivileged<T>(body: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return body();
  process.seteuid?.(65534);
  try {
    return await body();
  } finally {
    process.seteuid?.(0);
  }
}
