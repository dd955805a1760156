/** The action as GitHub carries it out: the steps of `action.yml`, with inputs, in an environment such as it gives. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const TEXTS = z.record(z.string(), z.string());

const COMMON = { name: z.string().optional(), id: z.string().optional(), if: z.string().optional() };

/** A step that is a script. GitHub also knows `continue-on-error` and `working-directory`, which nothing here needs. */
const SCRIPT = z.strictObject({
  ...COMMON,
  run: z.string(),
  shell: z.literal("bash"),
  env: TEXTS.optional(),
});

/** A step that is another action. */
const FOREIGN = z.strictObject({ ...COMMON, uses: z.string(), with: TEXTS.optional() });

/**
 * What GitHub documents of an action that consists of steps, under "Metadata syntax reference": the keys, which of them
 * must be there, and what they hold.
 */
const METADATA = z.strictObject({
  name: z.string().min(1),
  author: z.string().optional(),
  description: z.string().min(1),
  branding: z
    .strictObject({
      icon: z.string(),
      color: z.enum(["white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"]),
    })
    .optional(),
  inputs: z.record(
    z.string().regex(/^[a-z_][\w-]*$/i),
    z.strictObject({
      description: z.string().min(1),
      required: z.boolean().optional(),
      default: z.string().optional(),
      deprecationMessage: z.string().optional(),
    }),
  ),
  outputs: z.record(
    z.string().regex(/^[a-z_][\w-]*$/i),
    z.strictObject({ description: z.string().min(1), value: z.string() }),
  ),
  runs: z.strictObject({ using: z.literal("composite"), steps: z.array(z.union([SCRIPT, FOREIGN])) }),
});

/** A step of the action. */
export type Step = z.infer<typeof METADATA>["runs"]["steps"][number];

/** What is read out of the text of an `action.yml`. Anything that GitHub doesn't document is an exception. */
export function parseAction(text: string): z.infer<typeof METADATA> {
  return METADATA.parse(parse(text));
}

/** The text of the project's own `action.yml`. */
export const ACTION_TEXT = readFileSync(join(ROOT, "action.yml"), "utf8");

/** The project's own action. */
export const ACTION = parseAction(ACTION_TEXT);

/** What the action puts out, all of it. */
const OUTPUTS = z.strictObject({ findings: z.string(), directory: z.string(), patch: z.string() });

/** What a run of the action came to. */
export interface ActionRun {
  /** The exit status of the first step that failed, or 0. */
  readonly status: number;
  readonly outputs: Readonly<z.infer<typeof OUTPUTS>>;
  /** What was given to the step that keeps an artifact, if it came to that. */
  readonly artifact?: Readonly<Record<string, string>>;
  /** All that was printed. */
  readonly log: string;
}

/** A checkout of the action, below a directory, in which a workspace can be made. */
export class Checkout {
  readonly path: string;
  readonly workspace: string;
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
    this.path = join(root, "action");
    this.workspace = join(root, "workspace");
    for (const name of CHECKED_OUT) cpSync(join(ROOT, name), join(this.path, name), { recursive: true });
  }

  /** Carries `steps` out in the workspace, and whatever has to be done after one that failed. */
  run(inputs: Readonly<Record<string, string>>, steps: readonly Step[] = ACTION.runs.steps): ActionRun {
    const values = new Map<string, string>();
    for (const [name, input] of Object.entries(ACTION.inputs)) {
      values.set(`inputs.${name}`, inputs[name] ?? input.default ?? "");
    }
    let [status, log] = [0, ""];
    let artifact: Record<string, string> | undefined;
    for (const step of steps) {
      if (!isDue(step, status !== 0, values)) continue;
      if ("uses" in step) {
        artifact = filledIn(step.with ?? {}, values);
        continue;
      }
      const done = this.execute(fill(step.run, values), filledIn(step.env ?? {}, values));
      log += done.log;
      if (status === 0) status = done.status;
      for (const [name, value] of done.outputs) values.set(`steps.${step.id}.outputs.${name}`, value);
    }
    const declared = Object.entries(ACTION.outputs).map(([name, { value }]) => [name, value]);
    const outputs = OUTPUTS.parse(filledIn(Object.fromEntries(declared), values));
    return { status, outputs, log, ...(artifact && { artifact }) };
  }

  /** Runs a script as GitHub does. */
  private execute(script: string, env: Readonly<Record<string, string>>) {
    const temporary = join(this.root, "temporary");
    mkdirSync(temporary, { recursive: true });
    const output = join(mkdtempSync(join(temporary, "commands-")), "output");
    writeFileSync(output, "");
    const { NODE_OPTIONS: _, VITEST: __, NO_COLOR: ___, ...outer } = process.env;
    const { status, stdout, stderr, error } = spawnSync(
      "bash",
      ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
      {
        cwd: this.workspace,
        env: {
          ...outer,
          // Some do so for the sake of their logs.
          FORCE_COLOR: "1",
          CI: "true",
          GITHUB_ACTIONS: "true",
          GITHUB_ACTION_PATH: this.path,
          GITHUB_OUTPUT: output,
          GITHUB_STEP_SUMMARY: join(temporary, "summary.md"),
          GITHUB_WORKSPACE: this.workspace,
          GITHUB_SHA: SHA,
          RUNNER_TEMP: temporary,
          ...env,
        },
        encoding: "utf8",
      },
    );
    if (error) throw error;
    return {
      status: status ?? -1,
      log: stdout + stderr,
      outputs: parseOutputs(readFileSync(output, "utf8")),
    };
  }
}

/** The commit that a run is said to be about. */
export const SHA = "0123456789abcdef0123456789abcdef01234567";

/** What of the repository the action is made of. */
const CHECKED_OUT = [
  ".ci/action.sh",
  "action.yml",
  "models",
  "package-lock.json",
  "package.json",
  "properties",
  "src",
  "tsconfig.build.json",
  "tsconfig.json",
];

/** The references such as `inputs.seed` in a text, in order. */
export function referencesIn(text: string): readonly string[] {
  const expressions = [...text.matchAll(/\$\{\{(.*?)\}\}/gs)].map(([, expression]) => expression ?? "");
  return expressions.flatMap((expression) => expression.match(/\b(?:inputs|steps)\.[\w.-]+/g) ?? []);
}

/** Whether a step is carried out: its condition is a row of `always()` and `REFERENCE != ''`, with `&&` between. */
function isDue({ if: condition }: Step, hasFailed: boolean, values: ReadonlyMap<string, string>): boolean {
  if (condition === undefined) return !hasFailed;
  const parts = condition
    .replace(/^\$\{\{ (.*) \}\}$/, "$1")
    .split(" && ")
    .map((part) => {
      if (part === "always()") return true;
      const [, reference] = /^([\w.-]+) != ''$/.exec(part) ?? [];
      if (reference === undefined) throw new Error(`not understood: ${part}`);
      return (values.get(reference) ?? "") !== "";
    });
  return parts.every((holds) => holds) && (!hasFailed || condition.includes("always()"));
}

function filledIn(
  texts: Readonly<Record<string, string>>,
  values: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fill(text, values)]));
}

/** A text with values in the place of its expressions, each of which is one reference. What isn't there is empty. */
function fill(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, reference) => values.get(reference) ?? "");
}

/** What a step has written to GITHUB_OUTPUT, of lines `name=value`. */
function parseOutputs(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const at = line.indexOf("=");
      if (at < 0) throw new Error(`no output: ${line}`);
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}
