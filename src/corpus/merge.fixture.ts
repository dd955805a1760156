/** Processes that work on one corpus at the same time. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { CorpusEntry } from "./entry.ts";

/** What a process does to the corpus `into`: saves cases, and merges corpora one after another. */
export interface Work {
  readonly into: string;
  readonly saves: readonly CorpusEntry[];
  readonly merges: readonly string[];
  /** Whether it prunes after each merge. */
  readonly prunes: boolean;
}

/** Starts the process. It begins at the end of its input, and prints a line for each step that went wrong. */
export function startWorker(work: Work): ChildProcessByStdio<Writable, Readable, null> {
  const urlOf = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const program = `
    import { mergeCorpora } from ${urlOf("./merge.ts")};
    import { pruneCorpus } from ${urlOf("./prune.ts")};
    import { saveEntry } from ${urlOf("./save.ts")};
    const { into, saves, merges, prunes } = ${JSON.stringify(work)};
    for await (const _ of process.stdin);
    const tell = ({ ok, error, value }) => {
      const problems = ok ? value.problems ?? [] : [error];
      for (const problem of problems) console.log(problem);
    };
    for (const entry of saves) tell(await saveEntry(into, entry));
    for (const from of merges) {
      tell(await mergeCorpora([from], into));
      if (prunes) tell(await pruneCorpus(into, false));
    }`;
  return spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}
