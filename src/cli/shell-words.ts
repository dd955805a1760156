/** The words that the shell has besides the trace language, and what can be typed next. */
import type { Hello } from "../trace/space.ts";

/** What the shell itself is told, with what it does. */
export const SHELL_WORDS = {
  undo: "undo           take the last line back",
  trace: "trace          show all lines so far",
  save: "save NAME      keep the trace in the corpus, as <surface>/NAME",
  help: "help           show this",
  quit: "quit           end, as Ctrl-D does",
} as const;

/** One of them. */
export type ShellWord = keyof typeof SHELL_WORDS;

/** Whether it is one of them. */
export function isShellWord(word: string): word is ShellWord {
  return Object.hasOwn(SHELL_WORDS, word);
}

/** What begins a space of its own. */
export const RESET = "reset";

/** The words that the last one of a line may become, and that one, as `readline` asks for them. */
export function completionsOf(line: string, hello: Hello): [words: string[], last: string] {
  const words = line.trimStart().split(/\s+/);
  const last = words.at(-1) ?? "";
  const fitting = (words.length === 1 ? verbsOf(hello) : operandsOf(words[0] ?? "", hello)).filter((word) =>
    word.startsWith(last),
  );
  return [fitting, last];
}

function verbsOf({ commands, queries }: Hello): readonly string[] {
  const verbs = commands.filter((name) => name !== "replace" && name !== "drop");
  return [...verbs, ...queries, RESET, ...Object.keys(SHELL_WORDS)];
}

function operandsOf(verb: string, { commands, backends, inject }: Hello): readonly string[] {
  if (verb === RESET) return ["base=", "size=", "page=", "frames="];
  const isCommand = commands.some((name) => name === verb);
  const failures = isCommand ? inject.map((kind) => `!${kind}=`) : [];
  if (verb !== "map") return failures;
  return [...backends, ...(commands.includes("replace") ? ["replace"] : []), ...failures];
}
