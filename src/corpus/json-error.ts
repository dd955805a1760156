import { endOfText, type Place, type Problem, showValue } from "./problem.ts";

/** What to do about a file that is damaged beyond mending by hand. */
export const RESTORE = "restore the file from version control, or delete it";

/** Where a text begins. */
export const START: Place = { line: 1, column: 1 };

/** The problem with values that are nested too deeply, at `place`. */
export function tooDeep(place: Place): Problem {
  return { place, what: "the JSON is nested too deeply", remedy: RESTORE };
}

/** The problem with a text that isn't JSON, from what the parser threw over it. */
export function describeSyntaxError(text: string, error: unknown): Problem {
  if (!isLocated(error)) return tooDeep(START);
  if (isCutOff(text, error)) {
    const what = "the JSON ends in the middle (a truncated file)";
    return { place: endOfText(text.trimEnd()), what, remedy: RESTORE };
  }
  const [found = ""] = text.slice(error.offset, error.offset + 100).match(TOKEN) ?? [];
  const what = `not valid JSON: unexpected ${showValue(found)}`;
  return { place: error, what, remedy: "correct the syntax there" };
}

/** What the parser throws for a text that isn't JSON; anything else is its stack running out. */
interface LocatedError extends Error, Place {
  readonly offset: number;
}

function isLocated(error: unknown): error is LocatedError {
  return error instanceof Error && "line" in error && "column" in error && "offset" in error;
}

/** A string, a mark, or a run of anything else. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|[{}[\]:,]|[^\s"{}[\]:,]+/s;

/**
 * Whether more text could still complete this one. Where the text ends too early the parser reports either
 * the end or the last token that it saw.
 */
function isCutOff(text: string, error: LocatedError): boolean {
  if (error.message.startsWith("Unexpected end of input")) return true;
  const { start, depth } = lastToken(text);
  return depth > 0 && error.offset >= start && !"}]".includes(text.charAt(start));
}

/** Where the last token of the text starts, and how many brackets are open behind it. */
function lastToken(text: string): { readonly start: number; readonly depth: number } {
  let start = 0;
  let depth = 0;
  let inWord = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const wasInWord = inWord;
    inWord = !'"{}[]:, \t\r\n'.includes(char);
    if (" \t\r\n".includes(char) || (inWord && wasInWord)) continue;
    start = at;
    if (char === '"') at = endOfString(text, at);
    else if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
  }
  return { start, depth };
}

/** Where the string that starts at `start` has its closing quote; the end of the text when it has none. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at;
}
