import { escapeText } from "./escape.ts";

/** What is wrong with a text in the trace language, and where. */
export interface ParseError {
  /** 1 for the first line. */
  readonly line: number;
  /** 1 for the first character of the line. */
  readonly column: number;
  /** What stands there, made printable and cut to 40 characters; empty at the end of the line. */
  readonly token: string;
  /** What was found and what to write instead; one line, safe to print on a terminal. */
  readonly message: string;
}

/** The error in one line: `trace.txt:3:5: …` with a file name, else `line 3, column 5: …`. */
export function formatParseError(error: ParseError, fileName?: string): string {
  const { line, column, message } = error;
  const place =
    fileName === undefined ? `line ${line}, column ${column}` : `${escapeText(fileName)}:${line}:${column}`;
  return `${place}: ${message}`;
}

const MAX_TOKEN = 40;

/** `token` as an error shows it: printable, and cut where it is long. */
export function shownToken(token: string): string {
  return escapeText(token.length > MAX_TOKEN ? `${token.slice(0, MAX_TOKEN - 1)}…` : token);
}
