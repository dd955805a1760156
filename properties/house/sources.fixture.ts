/** The project's own TypeScript files as the rules of the house see them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type ESTree, parseSync, Visitor } from "vite";

/** The root of the project. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** One import or re-export. */
export interface Import {
  /** The path of a file of ours, from the root; or the specifier of anything else, as it stands. */
  readonly target: string;
  readonly ours: boolean;
  /** The names that are there when the program runs, `*` for all of a module. None: types only. */
  readonly values: readonly string[];
  readonly line: number;
}

/** A place in a file, `name` what stands there. */
export interface Mark {
  readonly name: string;
  readonly line: number;
}

/** One file. */
export interface Source {
  /** From the root, with `/`. */
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  readonly comments: readonly Mark[];
  /** Every name that is declared or used. */
  readonly names: readonly Mark[];
  /** Ways around the compiler: `any`, `!`, and `as` in front of anything but `const`. */
  readonly casts: readonly Mark[];
  /** Tests that are skipped, focused, put off or expected to fail. */
  readonly evadedTests: readonly Mark[];
  /** What is exported without a doc comment. */
  readonly undocumented: readonly Mark[];
}

/** Every TypeScript file of the project, in the order of their paths. */
export function readSources(): readonly Source[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith(".ts"));
  const below = ["models", "properties", "src"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name.split(sep).join("/")}`),
  );
  return [...top, ...below].sort().map((path) => readSource(path, readFileSync(join(ROOT, path), "utf8")));
}

/** What the rules see of the file `path` with this text. */
export function readSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
  const lineOf = (at: number) => text.slice(0, at).split("\n").length;
  const mark = (name: string, node: { start: number }): Mark => ({ name, line: lineOf(node.start) });
  const documented = new Set(
    comments
      .filter(({ value }) => value.startsWith("*"))
      .map(({ end }) => text.slice(end).search(/\S/) + end),
  );
  const imports: Import[] = [];
  const names: Mark[] = [];
  const casts: Mark[] = [];
  const evadedTests: Mark[] = [];
  const undocumented: Mark[] = [];
  const add = (source: ESTree.Expression | ESTree.StringLiteral | null, values: readonly string[]) => {
    if (source?.type !== "Literal" || typeof source.value !== "string") return;
    const ours = source.value.startsWith(".");
    const target = ours ? posix.join(posix.dirname(path), source.value) : source.value;
    imports.push({ target, ours, values, line: lineOf(source.start) });
  };
  const declared = (node: ESTree.ExportNamedDeclaration | ESTree.ExportDefaultDeclaration) => {
    if (node.declaration && !documented.has(node.start)) undocumented.push(mark("export", node));
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === "type" ? [] : importedValues(node)),
    ExportNamedDeclaration: (node) => {
      declared(node);
      add(node.source, node.exportKind === "type" ? [] : exportedValues(node));
    },
    ExportDefaultDeclaration: declared,
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === "type" ? [] : ["*"]),
    ImportExpression: (node) => add(node.source, ["*"]),
    TSImportType: (node) => add(node.source, []),
    Identifier: (node) => void names.push(mark(node.name, node)),
    TSAnyKeyword: (node) => void casts.push(mark("any", node)),
    TSNonNullExpression: (node) => void casts.push(mark("!", node)),
    TSTypeAssertion: (node) => void casts.push(mark("<>", node)),
    TSAsExpression: (node) => {
      if (text.slice(node.typeAnnotation.start, node.typeAnnotation.end) !== "const")
        casts.push(mark("as", node));
    },
    MemberExpression: (node) => {
      if (isEvadedTest(node)) evadedTests.push(mark(text.slice(node.start, node.end), node));
    },
  }).visit(program);
  return {
    path,
    lineCount: text.trimEnd().split("\n").length,
    imports,
    comments: comments.map((comment) => mark(comment.value, comment)),
    names,
    casts,
    evadedTests,
    undocumented,
  };
}

function importedValues({ specifiers }: ESTree.ImportDeclaration): string[] {
  // An import without names runs the module.
  if (specifiers.length === 0) return ["*"];
  return specifiers.flatMap((specifier) => {
    if (specifier.type !== "ImportSpecifier") return ["*"];
    return specifier.importKind === "type" ? [] : [nameOf(specifier.imported)];
  });
}

function exportedValues({ specifiers }: ESTree.ExportNamedDeclaration): string[] {
  return specifiers.filter(({ exportKind }) => exportKind !== "type").map(({ local }) => nameOf(local));
}

function nameOf(name: ESTree.ModuleExportName): string {
  return name.type === "Literal" ? name.value : name.name;
}

const TEST_FUNCTIONS = ["test", "it", "describe", "suite", "bench"];
const EVASIONS = ["skip", "skipIf", "runIf", "only", "todo", "fails"];

/** Whether `node` is like `test.skip` or `describe.concurrent.only`. */
function isEvadedTest({ object, property }: ESTree.MemberExpression): boolean {
  if (property.type !== "Identifier" || !EVASIONS.includes(property.name)) return false;
  let root = object;
  while (root.type === "MemberExpression") root = root.object;
  return root.type === "Identifier" && TEST_FUNCTIONS.includes(root.name);
}
