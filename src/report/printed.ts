import { terminalText } from "./terminal-text.ts";

/** Lines of standard error that are shown with a finding. */
const MOST_LINES = 10;

/** The end of what an implementation printed besides its answers, with a label before it; no lines if it is nothing. */
export function printedLines(stderr: string): string[] {
  const text = stderr.trim();
  if (text === "") return [];
  const lines = text.split("\n").slice(-MOST_LINES);
  return lines.map((line, at) => `  ${at === 0 ? "printed " : "        "}  ${terminalText(line)}`);
}
