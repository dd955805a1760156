/** Saved cases, and what is in a corpus afterwards. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { type CorpusEntry, draftId, entryId, entryToFile } from "./entry.ts";

/** A case of the memory-set surface that somebody wrote by hand. */
export function handWritten(name: string, ...lines: readonly string[]): CorpusEntry {
  return {
    id: `memory-set/${name}`,
    surface: "memory-set",
    space: SIXTEEN_PAGES,
    requests: requestsIn(...lines),
    status: "regression",
  };
}

/** A finding at the last of these requests, as a search saves it, but for `changes`. */
export function found(lines: readonly string[], changes: Partial<CorpusEntry> = {}): CorpusEntry {
  const requests = requestsIn(...lines);
  const entry: CorpusEntry = {
    ...handWritten("", ...lines),
    implementation: "tested-1",
    finding: {
      kind: "invariant",
      check: "areas",
      at: requests.length - 1,
      expected: "0x0 in no area",
      observed: "0x0 in 0x0-0x1000 r mock",
      answer: "ok",
    },
    ...changes,
  };
  const { surface, space, finding } = entry;
  return { ...entry, id: changes.id ?? (finding ? entryId(surface, space, requests, finding) : entry.id) };
}

/** The finding as it was met, in run 7 of a seed. */
export function draftOf(entry: CorpusEntry): CorpusEntry {
  const origin = { seed: "demo", run: 7, shrunkFrom: entry.requests.length };
  return { ...entry, id: draftId(entry.id), origin, status: "unstable", note: "as it was met" };
}

/** What an unmap of the first of so many pages goes wrong at. All of these have the same signature. */
export function unmapOfPages(pages: number, changes: Partial<CorpusEntry> = {}): CorpusEntry {
  return found([`map 0x0 0x${pages}000 r mock`, `unmap 0x0 0x${pages - 1}000`], changes);
}

/** Writes the cases below `directory`, whatever is there, and gives their files. */
export async function put(directory: string, ...entries: readonly CorpusEntry[]): Promise<string[]> {
  const files = entries.map(({ id }) => join(directory, `${id}.json`));
  for (const [index, entry] of entries.entries()) {
    await putText(files[index] ?? "", JSON.stringify(entryToFile(entry), null, 2));
  }
  return files;
}

/** Writes a text, and the directories that it needs. */
export async function putText(file: string, text: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

/** The ids of the files below `directory`, in order. */
export async function idsIn(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true });
  return names.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : [])).sort();
}
