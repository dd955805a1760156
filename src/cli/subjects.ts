import type { Command } from "commander";
import { SUBJECTS } from "../subjects/registry.ts";
import { EXIT, type Finish } from "./exit-status.ts";

/** `mapcheck subjects`: what can be tested by name. */
export function addSubjects(program: Command, finish: Finish): void {
  program
    .command("subjects")
    .description("list what can be tested: the stack, and defects planted in it on purpose")
    .option("--json", "print one JSON array")
    .action(({ json }: { readonly json?: boolean }) => {
      process.stdout.write(json ? asJson() : asLines());
      finish(EXIT.agree);
    });
}

function asJson(): string {
  const listed = SUBJECTS.map(({ name, surface, summary, killedBy }) => ({
    name,
    surface,
    summary,
    killedBy,
  }));
  return `${JSON.stringify(listed, null, 2)}\n`;
}

function asLines(): string {
  const width = Math.max(...SUBJECTS.map(({ name }) => name.length));
  return SUBJECTS.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join("");
}
