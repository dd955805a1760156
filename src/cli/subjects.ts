import type { Command } from "commander";
import { type NamedSubject, STACK, SUBJECTS } from "../subjects/registry.ts";
import { FORMAT_NAMES } from "../trace/hardware.ts";
import { EXIT, type Finish } from "./exit-status.ts";
import { PROGRAM } from "./invocation.ts";

const HELP = `
Examples:
  ${PROGRAM} subjects
  ${PROGRAM} fuzz --subject address-space --format ept
  ${PROGRAM} fuzz --subject defect:touching-overlaps
  ${PROGRAM} fuzz --subject defect:touching-overlaps+find-includes-end`;

/** `mapcheck subjects`: what can be tested by name. */
export function addSubjects(program: Command, finish: Finish): void {
  program
    .command("subjects")
    .summary("list what can be tested")
    .description(
      "Lists what can be tested: the stack, and the stack with a defect planted in it on purpose, to see that " +
        "it is found. Defects of one surface can be had together, with a + between their names.",
    )
    .option("--json", "print one JSON object on standard output, instead of text")
    .addHelpText("after", HELP)
    .action(({ json }: { readonly json?: boolean }) => {
      process.stdout.write(json ? asJson() : asLines());
      finish(EXIT.agree);
    });
}

function asJson(): string {
  const listed = SUBJECTS.map(({ name, surface, summary, killedBy, format, inFormat }) => ({
    name,
    surface,
    summary,
    killedBy,
    formats: inFormat ? FORMAT_NAMES : format && [format],
  }));
  return `${JSON.stringify({ subjects: listed }, null, 2)}\n`;
}

function asLines(): string {
  const sound = SUBJECTS.filter(({ killedBy }) => killedBy === undefined);
  const surfaces = Object.keys(STACK).map((surface) => {
    const defects = SUBJECTS.filter(
      (subject) => subject.surface === surface && subject.killedBy !== undefined,
    );
    return defects.length === 0 ? "" : `\n${surface} with a defect planted on purpose:\n\n${listOf(defects)}`;
  });
  return `${listOf(sound)}${surfaces.join("")}\n${TOGETHER}\n\n${FORMATS}\n`;
}

const TOGETHER = `Several defects at once, of one surface and in any order: defect:NAME+NAME+NAME.`;

const FORMATS = `Formats of page tables, for --format with any of address-space that isn't about one alone:
${FORMAT_NAMES.join(", ")}`;

function listOf(subjects: readonly NamedSubject[]): string {
  const width = Math.max(...subjects.map(({ name }) => name.length));
  return subjects
    .map(({ name, summary, format, inFormat }) => {
      const only = format !== undefined && inFormat === undefined ? ` (${format} only)` : "";
      return `  ${name.padEnd(width)}  ${summary}${only}\n`;
    })
    .join("");
}
