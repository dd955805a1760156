import { escapeText } from "../trace/escape.ts";

/** A place in a text. Line and column count from 1, the column in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Why a file can't be used, and what a person can do about it. Neither part ends in a full stop. */
export interface Problem {
  /** Absent where the whole file is meant. */
  readonly place?: Place;
  readonly what: string;
  readonly remedy: string;
}

/** The most characters of a value that a message shows. */
const SHOWN_LENGTH = 60;

/** The problem as one line, `file:line:column: what; remedy`, with nothing in it that a terminal obeys. */
export function describeProblem(file: string, problem: Problem): string {
  const { place, what, remedy } = problem;
  const where = place === undefined ? file : `${file}:${place.line}:${place.column}`;
  return escapeText(`${where}: ${what}; ${remedy}`);
}

/** A value from a file as a message shows it: as JSON, cut to 60 characters. */
export function showValue(value: unknown): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

/** The place just behind the last character of `text`. */
export function endOfText(text: string): Place {
  const lines = text.split(LINE_END);
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** What ends a line. */
export const LINE_END = /\r\n|\n|\r/;
