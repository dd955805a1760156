import type { Command } from "commander";
import { type NamedSubject, SUBJECTS } from "../subjects/registry.ts";
import { EXIT, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";

const HELP = `
Examples:
  ${PROGRAM} subjects
  ${PROGRAM} fuzz --subject defect:touching-overlaps`;

/** `mapcheck subjects`: what can be tested by name. */
export function addSubjects(program: Command, finish: Finish): void {
  program
    .command("subjects")
    .summary("list what can be tested")
    .description(
      "Lists what can be tested: the stack, and the stack with a defect planted in it on purpose, to see that " +
        "it is found.",
    )
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
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
  return `${JSON.stringify({ subjects: listed }, null, 2)}\n`;
}

function asLines(): string {
  const sound = SUBJECTS.filter(({ killedBy }) => killedBy === undefined);
  const defects = SUBJECTS.filter(({ killedBy }) => killedBy !== undefined);
  const heading = "The same with a defect planted on purpose, to see that it is found:";
  return `${listOf(sound)}\n${heading}\n\n${listOf(defects)}`;
}

function listOf(subjects: readonly NamedSubject[]): string {
  const width = Math.max(...subjects.map(({ name }) => name.length));
  return subjects.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`).join("");
}
