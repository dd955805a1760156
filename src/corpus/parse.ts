import { isUtf8 } from "node:buffer";
import { type CorpusEntry, entryFromFile } from "./entry.ts";
import { parseJson } from "./json.ts";
import { endOfText, type Problem } from "./problem.ts";
import { validate } from "./validate.ts";

/** A corpus file read: a case, or why it is none. `stale` and `broken` as in `LoadedFile`. */
export type ParsedFile =
  | { readonly status: "entry"; readonly entry: CorpusEntry }
  | { readonly status: "stale" | "broken"; readonly problem: Problem };

/**
 * Reads the bytes of a corpus file. With `path` (absolute, `/` between its parts) the file belongs to a
 * corpus directory, and its id must be the end of its path.
 */
export function parseCorpusFile(bytes: Uint8Array, path?: string): ParsedFile {
  if (bytes.length > MAX_BYTES) return { status: "broken", problem: TOO_LARGE };
  if (!isUtf8(bytes)) return { status: "broken", problem: encodingProblem(bytes) };
  // The decoder drops a byte order mark, which some editors write.
  const json = parseJson(new TextDecoder().decode(bytes));
  if (!json.ok) return { status: "broken", problem: json.error };
  const file = validate(json.value);
  if (!file.ok) return { status: "broken", problem: file.error };
  const { id } = file.value;
  if (path !== undefined && !path.endsWith(`/${id}.json`)) {
    const what = `the id "${id}" isn't where the file is`;
    const remedy = `name the file ${id}.json below the corpus directory, or correct the id`;
    return { status: "broken", problem: { place: json.value.placeOf(["id"]), what, remedy } };
  }
  const entry = entryFromFile(file.value);
  if (entry.ok) return { status: "entry", entry: entry.value };
  const { path: part, what, remedy } = entry.error;
  return { status: "stale", problem: { place: json.value.placeOf(part), what, remedy } };
}

/** A thousand lines of the longest requests. What is larger is no corpus file, and may not fit in a string. */
const MAX_BYTES = 64 * 2 ** 20;

const TOO_LARGE: Problem = {
  what: "the file has more than 64 MiB, which no corpus file has",
  remedy: "remove it from the corpus",
};

/** Decoding replaces what isn't UTF-8, so the first byte that encoding doesn't bring back is the culprit. */
function encodingProblem(bytes: Uint8Array): Problem {
  const again = new TextEncoder().encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  const valid = bytes.findIndex((byte, index) => byte !== again[index]);
  return {
    place: endOfText(new TextDecoder().decode(bytes.subarray(0, valid))),
    what: "the file isn't UTF-8",
    remedy: "save it in that encoding, or restore it from version control",
  };
}
