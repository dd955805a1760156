/**
 * The package as its users get it: packed, installed in a directory that has nothing to do with this one,
 * run and imported there by plain Node, and type-checked by a program that uses it.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TSC = join(ROOT, "node_modules", ".bin", "tsc");

const elsewhere = mkdtempSync(join(tmpdir(), "mapcheck-package-"));
let packed: readonly string[] = [];

/** Runs a command to its end, in `elsewhere` unless told otherwise. */
function run(command: string, args: readonly string[], cwd = elsewhere) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** Runs a command that must succeed, and gives its output. */
function outputOf(command: string, args: readonly string[], cwd = elsewhere): string {
  const { status, stdout, stderr } = run(command, args, cwd);
  expect(status, `${command} ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

function write(file: string, content: string): void {
  writeFileSync(join(elsewhere, file), content);
}

const PACKED = z
  .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
  .length(1);

beforeAll(() => {
  const [tarball] = PACKED.parse(
    JSON.parse(outputOf("npm", ["pack", "--json", "--pack-destination", elsewhere], ROOT)),
  );
  packed = tarball?.files.map(({ path }) => path) ?? [];
  write("package.json", JSON.stringify({ name: "elsewhere", private: true, type: "module" }));
  outputOf("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${tarball?.filename}`]);
});

afterAll(() => rmSync(elsewhere, { recursive: true }));

describe("the tarball", () => {
  test("holds the program, its documents and nothing else", () => {
    const tops = new Set(packed.map((path) => path.split("/")[0]));
    expect([...tops].sort()).toEqual([
      "ARCHITECTURE.md",
      "LICENSE",
      "README.md",
      "dist",
      "docs",
      "package.json",
    ]);
  });

  test("holds no tests, no benchmarks and no sources", () => {
    expect(packed.filter((path) => /\.(test|slow|bench|fixture)\./.test(path))).toEqual([]);
    expect(packed.filter((path) => path.startsWith("dist/") && !/\.(js|d\.ts)$/.test(path))).toEqual([]);
  });

  test("brings no package along that only its developers need", () => {
    expect(run("npm", ["ls", "typescript", "vitest", "vite", "@biomejs/biome"]).stdout).toContain("(empty)");
  });
});

describe("the command line", () => {
  test("shows what it can do", () => {
    const help = outputOf("npx", ["mapcheck", "--help"]);
    for (const command of ["fuzz", "verify", "replay", "subjects"]) expect(help).toContain(command);
  });

  test("knows its version", () => {
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
    expect(outputOf("npx", ["mapcheck", "--version"])).toBe(`${version}\n`);
  });

  test("lists the subjects", () => {
    const listed = z
      .object({ subjects: z.array(z.object({ name: z.string() })) })
      .parse(JSON.parse(outputOf("npx", ["mapcheck", "subjects", "--json"])));
    const names = listed.subjects.map(({ name }) => name);
    expect(names).toContain("memory-set");
    expect(names.filter((name) => name.startsWith("defect:")).length).toBeGreaterThanOrEqual(16);
  });

  test("fuzzes the stack", () => {
    const args = ["mapcheck", "fuzz", "--runs", "200", "--seed", "package", "--json"];
    expect(JSON.parse(outputOf("npx", args))).toMatchObject({ outcome: "agree", runs: 200, findings: [] });
  });

  test("finds a planted defect, saves it, and replays what it saved", () => {
    const defect = ["--subject", "defect:touching-overlaps"];
    const fuzzed = run("npx", [
      "mapcheck",
      "fuzz",
      ...defect,
      "--seed",
      "package",
      "--runs",
      "10000",
      "--json",
    ]);
    expect(fuzzed.status).toBe(1);
    const report = z.object({ findings: z.array(z.object({ file: z.string() })).length(1) });
    const file = report.parse(JSON.parse(fuzzed.stdout)).findings[0]?.file ?? "";
    expect(run("npx", ["mapcheck", "replay", file, ...defect]).status).toBe(1);
    outputOf("npx", ["mapcheck", "replay", file]);
  });
});

const PROGRAM = `
import fc from "fast-check";
import { execute, memorySetSubject, parseTrace, trace, virtAddr } from "mapcheck";

const space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };
const subject = memorySetSubject();
fc.assert(fc.property(trace(space), (requests) => execute(requests, subject, space) === undefined));
const parsed = parseTrace("map 0x0 0x1000 rw mock\\nunmap 0x0 0x1000\\n");
console.log(parsed.ok && execute(parsed.value.requests, subject, space) === undefined);
`;

/** A line after an expected error must be wrong: where a type was lost, nothing is. */
const TYPED_PROGRAM = `
import { type Finding, MemoryArea, type MappingBackend, MemorySet, type VirtAddr, virtAddr } from "mapcheck";
import { execute, memorySetSubject, trace } from "mapcheck";

type PageTable = Map<number, string>;

class Backend implements MappingBackend<string, PageTable, Backend> {
  map(start: VirtAddr, _size: number, flags: string, pageTable: PageTable): boolean {
    pageTable.set(start, flags);
    return true;
  }
  unmap(start: VirtAddr, _size: number, pageTable: PageTable): boolean {
    return pageTable.delete(start);
  }
  protect(): boolean {
    return true;
  }
  clone(): Backend {
    return new Backend();
  }
}

export class CountedSet extends MemorySet<string, PageTable, Backend> {
  get count(): number {
    return this.areas.size;
  }
  get first(): VirtAddr | undefined {
    return this.areas.get(0)?.start;
  }
  get wrong(): string {
    // @ts-expect-error
    return this.areas.size;
  }
}

new CountedSet().map(new MemoryArea(virtAddr(0), 0x1000, "rw", new Backend()), new Map(), false);
// @ts-expect-error
new CountedSet().map(new MemoryArea(0, 0x1000, "rw", new Backend()), new Map(), false);

const space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };
export const found: Finding | undefined = execute([{ op: "clear" }], memorySetSubject(), space);
// @ts-expect-error
export const wrong: Finding = execute([], memorySetSubject(), space);
// @ts-expect-error
trace(space).filter((requests: string) => true);
`;

describe("the library", () => {
  test("is imported by a program that plain Node runs", () => {
    write("program.mjs", PROGRAM);
    expect(outputOf(process.execPath, ["program.mjs"])).toBe("true\n");
  });

  test.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
    ["preserve", "bundler"],
  ])("has types for --module %s --moduleResolution %s", (module, moduleResolution) => {
    write("typed.ts", TYPED_PROGRAM);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2023",
      lib: ["es2023"],
      types: [],
      // The declarations themselves are checked too.
      skipLibCheck: false,
      module,
      moduleResolution,
    };
    write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
    expect(outputOf(TSC, ["--project", "tsconfig.json"])).toBe("");
  });
});

/** A subject of a user's own. Its mistake shows where the environment has `MISTAKE`. */
const SUBJECT = `
function mistaken(request) {
  return process.env.MISTAKE !== undefined && request.op === "clear" ? { kind: "err", name: "BadState" } : undefined;
}
const stack = memorySetSubject();
const subject = {
  hello: { ...MEMORY_SET_HELLO, name: "mine-1.0" },
  create(space) {
    const instance = stack.create(space);
    return {
      apply: (request) => mistaken(request) ?? instance.apply(request),
      observe: (into) => instance.observe(into),
    };
  },
};
`;

/** The same with types. An enum is what Node alone can't strip. */
const TYPED_SUBJECT = `
import { memorySetSubject, MEMORY_SET_HELLO, type Answer, type Instance, type Request, type Space, type Subject } from "mapcheck";
import { Mistake } from "./mistake";
${SUBJECT.replace("mistaken(request)", "mistaken(request: Request): Answer | undefined")
  .replace("process.env.MISTAKE !== undefined", "Mistake.made(process.env)")
  .replace("const subject", "const subject: Subject")
  .replace("create(space)", "create(space: Space): Instance")}
enum Kind { Only }
export default Kind.Only === 0 ? subject : undefined;
`;

const MISTAKE = `
export namespace Mistake {
  export const made = (env: Record<string, string | undefined>): boolean => env["MISTAKE"] !== undefined;
}
`;

/** An adapter in JavaScript: the subject behind the trace language. */
const ADAPTER = `
import { createInterface } from "node:readline";
import { parseRequest, printAnswer, virtAddr } from "mapcheck";
import subject from "./mine.js";

let instance;
function answer(line) {
  const [verb] = line.split(" ");
  if (verb === "hello") return "ok mapcheck 1 name=mine-adapter surface=memory-set inject=backend addr-bits=52 page-flags=rwxudn commands=map,replace,unmap,protect,clear";
  if (verb === "sync") return "ok";
  if (verb === "reset") {
    const keys = Object.fromEntries(line.split(" ").slice(1).map((word) => word.split("=")));
    instance = subject.create({ base: virtAddr(Number(keys.base)), size: Number(keys.size), page: Number(keys.page), frames: 0 });
    return "ok";
  }
  const request = parseRequest(line);
  return request.ok ? printAnswer(instance.apply(request.value)) : "err InvalidParam";
}
let answers = "";
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "quit") break;
  answers += answer(line) + String.fromCharCode(10);
  if (line !== "sync") continue;
  process.stdout.write(answers);
  answers = "";
}
process.exit(0);
`;

/** What npx runs. */
const PROGRAM_FILE = join(elsewhere, "node_modules", ".bin", "mapcheck");

/** What `verify` prints as JSON. */
const OUTCOME = z.object({
  outcome: z.enum(["agree", "finding"]),
  subject: z.string(),
  runs: z.int(),
  findings: z.array(z.object({ trace: z.array(z.string()), file: z.string() })),
});

describe("an implementation of one's own", () => {
  beforeAll(() => {
    write(
      "mine.js",
      `import { memorySetSubject, MEMORY_SET_HELLO } from "mapcheck";\n${SUBJECT}\nexport default subject;`,
    );
    write("mine.ts", TYPED_SUBJECT);
    write("mistake.ts", MISTAKE);
    write(
      "mine.cjs",
      `const { memorySetSubject, MEMORY_SET_HELLO } = require("mapcheck");\n${SUBJECT}\nexports.default = subject;`,
    );
    write("adapter.mjs", ADAPTER);
  });

  /** Verifies with the package alone; what this test runs under doesn't reach it. */
  function verify(target: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const args = ["verify", "--runs", "60", "--seed", "package", "--json", "--corpus", "mine"];
    const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(PROGRAM_FILE, [...args, ...target], {
      cwd: elsewhere,
      env: { ...env, ...more },
      encoding: "utf8",
    });
    expect(stderr).not.toContain("mapcheck:");
    return { status, report: OUTCOME.parse(JSON.parse(stdout)) };
  }

  test.each<[name: string, target: readonly string[]]>([
    ["mine-1.0", ["--subject", "./mine.js"]],
    ["mine-1.0", ["--subject", "./mine.ts"]],
    ["mine-1.0", ["--subject", "./mine.cjs"]],
    ["mine-adapter", ["--", process.execPath, "adapter.mjs"]],
  ])("%s is verified: %j", (name, target) => {
    mkdirSync(join(elsewhere, "mine"));
    try {
      const sound = verify(target);
      expect(sound).toMatchObject({ status: 0, report: { outcome: "agree", subject: name, runs: 60 } });
      const mistaken = verify(target, { MISTAKE: "1" });
      expect(mistaken).toMatchObject({ status: 1, report: { outcome: "finding", subject: name } });
      expect(mistaken.report.findings.map(({ trace }) => trace)).toContainEqual(["clear"]);
      // Saved cases come first from then on.
      expect(verify(target)).toMatchObject({ status: 0, report: { outcome: "agree" } });
      const [file = ""] = mistaken.report.findings.map((found) => found.file);
      const env = { ...process.env, MISTAKE: "1" };
      const replayed = spawnSync(PROGRAM_FILE, ["replay", file, ...target], { cwd: elsewhere, env });
      expect(replayed.status).toBe(1);
    } finally {
      rmSync(join(elsewhere, "mine"), { recursive: true });
    }
  });

  test("has types", () => {
    write("node.d.ts", "declare const process: { readonly env: Record<string, string | undefined> };");
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2023",
      lib: ["es2023"],
      types: [],
      module: "preserve",
      moduleResolution: "bundler",
    };
    write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["mine.ts", "node.d.ts"] }));
    expect(outputOf(TSC, ["--project", "tsconfig.json"])).toBe("");
  });
});
