/** The option that says what a check must have met to mean anything. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { SOMETIMES, type Sometimes } from "../../properties/sometimes.ts";
import type { CheckResult } from "../check/check.ts";
import type { Hello } from "../trace/space.ts";
import { complain, EXIT } from "./exit-status.ts";

/** What the command line says of situations. */
export interface RequireOptions {
  /** Situations that must come up, or parts of their names. */
  readonly require?: readonly string[];
}

const REMEDY = "name more commands, or require less";

const ALL: readonly Sometimes[] = Object.values(SOMETIMES).flat();

/** Adds `--require`. */
export function addRequireOption(command: Command): void {
  command.addOption(
    new Option(
      "--require <text>",
      "a situation that must come up, or a part of the names of several, such as split; can be given several times",
    ).argParser((text: string, before: readonly string[] = []) => [...before, parseSituation(text)]),
  );
}

/**
 * The situations that must come up: those of the surface that have one of the texts in their names. A text that names
 * none of them asks for those of the other surface, which never come up.
 */
export function requiredOf(
  { require: texts = [] }: RequireOptions,
  { surface }: Hello,
): readonly Sometimes[] {
  const named = texts.flatMap((text) => {
    const own = SOMETIMES[surface].filter((name) => name.includes(text));
    return own.length > 0 ? own : ALL.filter((name) => name.includes(text));
  });
  return [...new Set(named)];
}

/** Says which of the situations that are missing the scope's commands could have led to, and which not. */
export function complainOfMissing(missing: readonly Sometimes[], { never }: CheckResult): typeof EXIT.usage {
  const possible = missing.filter((name) => never.includes(name));
  const ruledOut = missing.filter((name) => !never.includes(name));
  if (possible.length > 0) complain(`${possible.join(", ")}: never came up; widen the scope`);
  if (ruledOut.length > 0) complain(`${ruledOut.join(", ")}: can't come up in this scope; ${REMEDY}`);
  return EXIT.usage;
}

function parseSituation(text: string): string {
  if (text !== "" && ALL.some((name) => name.includes(text))) return text;
  throw new InvalidArgumentError(
    "write a part of the name of a situation, as fuzz lists them, such as split",
  );
}
