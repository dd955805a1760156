/** The rules of the house. Each test lists what breaks one; ARCHITECTURE.md and CONTRIBUTING.md say why. */
import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  documents,
  type Folder,
  type Permission,
  pathsNamedIn,
  readFolders,
} from "./house/documents.fixture.ts";
import {
  type Import,
  type Mark,
  ROOT,
  readSource,
  readSources,
  type Source,
} from "./house/sources.fixture.ts";

const SOURCES = readSources();
const FOLDERS = readFolders();

const MAX_LINES = 400;

/** Where the program begins for its users. */
const ENTRY_POINTS = ["src/index.ts", "src/cli/main.ts"];

/** What is no part of the package: it may import anything of ours. */
const APART = /\.(test|slow|adapters|bench|mutation|fixture|config)\.ts$/;

/** What somebody runs from the command line, by vitest or by tsx. */
const RUN = /\.(test|slow|adapters|bench|mutation|config)\.ts$/;

const PRODUCT = SOURCES.filter(({ path }) => !APART.test(path));

/** Where numbers become addresses, which takes a cast. */
const BRANDS = "src/trace/address.ts";

/** Words that fit anything. */
const VAGUE = ["util", "utils", "helper", "helpers", "manager", "managers"];

/** Comments that switch something off, or that promise to do a thing later. */
const EVASIVE = /@ts-|biome-ignore|(?:v8|c8|istanbul) ignore|\b(?:TODO|FIXME|XXX)\b/;

/** What each source must keep to: each rule gives what breaks it. */
const RULES = {
  "nothing is hidden from the compiler": ({ path, casts }: Source) => (path === BRANDS ? [] : casts),
  "no test is skipped, focused or put off": ({ evadedTests }: Source) => evadedTests,
  "no name fits anything": ({ names }: Source) => names.filter(({ name }) => isVague(name)),
  "no comment switches a check off or puts work off": ({ comments }: Source) =>
    comments.filter(({ name }) => EVASIVE.test(name)),
  "everything that is exported says what it means": ({ path, undocumented }: Source) =>
    APART.test(path) ? [] : undocumented,
};

describe("imports", () => {
  test("every folder is in the table of ARCHITECTURE.md", () => {
    expect(PRODUCT.filter(({ path }) => folderOf(path) === undefined).map(({ path }) => path)).toEqual([]);
    const unused = FOLDERS.filter((folder) => !PRODUCT.some(({ path }) => folderOf(path) === folder));
    expect(unused.map(({ path }) => path)).toEqual([]);
  });

  test("the table's arrows all point up, so that no folders import each other", () => {
    const wrong = FOLDERS.flatMap((folder, row) =>
      folder.permissions
        .filter(({ target }) => !FOLDERS.slice(0, row).some((above) => covers(above.path, target)))
        .map(({ target }) => `${folder.path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test("each folder imports only what the table lets it", () => {
    const breaches = ({ path, imports }: Source) => imports.filter((found) => !isPermitted(path, found));
    expect(complaints(PRODUCT, breaches)).toEqual([]);
  });

  test("no file is without a way to it from where something is run", () => {
    const reached = reachable([...ENTRY_POINTS, ...SOURCES.filter(({ path }) => RUN.test(path)).map(pathOf)]);
    expect(SOURCES.map(pathOf).filter((path) => !reached.has(path))).toEqual([]);
  });

  test("nothing that users get imports a test, a benchmark or what these share", () => {
    const shipped = reachable(ENTRY_POINTS);
    expect([...shipped].filter((path) => APART.test(path))).toEqual([]);
  });
});

describe("packages", () => {
  const { dependencies, devDependencies } = readPackage();

  test("users get every package that the program imports, and no other", () => {
    const imported = new Set(PRODUCT.flatMap(packagesOf));
    expect([...imported].sort()).toEqual([...dependencies].sort());
  });

  test("every package that anything imports is declared", () => {
    const declared = new Set([...dependencies, ...devDependencies]);
    const undeclared = SOURCES.flatMap(packagesOf).filter((name) => !declared.has(name));
    expect(undeclared).toEqual([]);
  });
});

describe("sources", () => {
  test(`no file has more than ${MAX_LINES} lines`, () => {
    const long = SOURCES.filter(({ lineCount }) => lineCount > MAX_LINES);
    expect(long.map(({ path, lineCount }) => `${path}: ${lineCount}`)).toEqual([]);
  });

  test("no file is named after its being of use", () => {
    expect(SOURCES.map(pathOf).filter(isVague)).toEqual([]);
  });

  test.each(Object.entries(RULES))("%s", (_rule, breaches) => {
    expect(complaints(SOURCES, breaches)).toEqual([]);
  });
});

describe("documents", () => {
  const ignored = readFileSync(join(ROOT, ".gitignore"), "utf8").split("\n");

  test.each(documents())("every path that %s names is there", (document) => {
    const paths = pathsNamedIn(document).filter(
      (path) => !ignored.some((entry) => entry && path.startsWith(entry)),
    );
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("the rules see the paths that documents name", () => {
    expect(documents().flatMap(pathsNamedIn)).toContain("src/trace/");
    expect(documents().flatMap(pathsNamedIn)).toContain("docs/contract.md");
  });
});

describe("the table lets", () => {
  test.each<[path: string, target: string, values: string[], allowed: boolean]>([
    ["models/page-records.ts", "src/memory/area.ts", ["MemoryArea"], false],
    ["models/page-records.ts", "src/memory/area.ts", [], false],
    ["models/page-records.ts", "src/trace/address.ts", ["alignUp"], false],
    ["models/page-records.ts", "src/trace/address.ts", ["virtAddr"], true],
    ["models/page-records.ts", "models/memory-set.ts", ["MemorySetModel"], true],
    ["src/memory/area.ts", "models/page-records.ts", ["BEGINS"], false],
    ["src/memory/area.ts", "src/trace/request.ts", [], false],
    ["src/memory/area.ts", "src/trace/flags.ts", ["READ"], true],
    ["src/subjects/registry.ts", "properties/invariants.ts", ["CHECKS"], false],
    ["src/subjects/registry.ts", "properties/invariants.ts", [], true],
    ["src/cli/main.ts", "src/explore/fuzz.ts", ["fuzz"], true],
    ["src/trace/parse.ts", "src/cli/main.ts", [], false],
  ])("%s import from %s { %s }: %s", (path, target, values, allowed) => {
    expect(isPermitted(path, { ours: true, target, values, line: 1 })).toBe(allowed);
  });
});

describe("the rules see", () => {
  const see = (text: string) => readSource("src/memory/area.ts", text);

  test.each([
    ['import { a, type B } from "../trace/x.ts";', "src/trace/x.ts", ["a"]],
    ['import type { B } from "../trace/x.ts";', "src/trace/x.ts", []],
    ['import { type B } from "../trace/x.ts";', "src/trace/x.ts", []],
    ['import x, * as y from "pkg/z";', "pkg/z", ["*", "*"]],
    ['import "./x.ts";', "src/memory/x.ts", ["*"]],
    ['export { a as b, type C } from "../x.ts";', "src/x.ts", ["a"]],
    ['export type { C } from "../x.ts";', "src/x.ts", []],
    ['export * from "../../models/x.ts";', "models/x.ts", ["*"]],
    ['await import("./x.ts");', "src/memory/x.ts", ["*"]],
    ['let a: import("./x.ts").A;', "src/memory/x.ts", []],
  ])("%s", (text, target, values) => {
    expect(see(text).imports).toMatchObject([{ target, values, line: 1 }]);
  });

  test.each<[rule: keyof typeof RULES, text: string]>([
    ["nothing is hidden from the compiler", "let a: any;"],
    ["nothing is hidden from the compiler", "a!.b;"],
    ["nothing is hidden from the compiler", "a as unknown;"],
    ["nothing is hidden from the compiler", "<number>a;"],
    ["no test is skipped, focused or put off", 'test.skip("x", () => {});'],
    ["no test is skipped, focused or put off", "describe.concurrent.only.each([1]);"],
    ["no name fits anything", "const packageManager = 1;"],
    ["no name fits anything", "function stringUtils() {}"],
    ["no comment switches a check off or puts work off", "// TODO later"],
    ["no comment switches a check off or puts work off", "/* @ts-expect-error */"],
    ["no comment switches a check off or puts work off", "// biome-ignore lint: why not"],
    ["everything that is exported says what it means", "export const a = 1;"],
    ["everything that is exported says what it means", "/* no doc comment */ export function a() {}"],
  ])("%s: not %s", (rule, text) => {
    expect(RULES[rule](see(text))).toHaveLength(1);
  });

  test.each(Object.entries(RULES))("%s: but what is in order", (_rule, breaches) => {
    const text =
      '/** One. */\nexport const manage = [1] as const;\ntest.each([1])("x", () => {}); // mapcheck';
    expect(breaches(see(text))).toEqual([]);
  });
});

function pathOf({ path }: { readonly path: string }): string {
  return path;
}

function isVague(name: string): boolean {
  const words = name.split(/[^A-Za-z]|(?<=[a-z])(?=[A-Z])/);
  return words.some((word) => VAGUE.includes(word.toLowerCase()));
}

/** A line for each mark or import that breaks a rule. */
function complaints(
  sources: readonly Source[],
  breaches: (source: Source) => readonly (Mark | Import)[],
): string[] {
  return sources.flatMap((source) =>
    breaches(source).map((found) => {
      const what = "name" in found ? found.name : `${found.target} { ${found.values.join(", ") || "types"} }`;
      return `${source.path}:${found.line}: ${what}`;
    }),
  );
}

/** Whether `path`, a file or folder, is `folder` or lies in it. */
function covers(folder: string, path: string): boolean {
  return path === folder || (folder.endsWith("/") && path.startsWith(folder));
}

/** The row of the table that a file belongs to: the most particular one. */
function folderOf(path: string): Folder | undefined {
  const rows = FOLDERS.filter((folder) => covers(folder.path, path));
  return rows.sort((a, b) => b.path.length - a.path.length)[0];
}

function isPermitted(path: string, { ours, target, values }: Import): boolean {
  const folder = folderOf(path);
  if (!ours || folder === undefined || folderOf(target) === folder) return true;
  const permits = (permission: Permission) =>
    covers(permission.target, target) && values.every((name) => permission.values?.includes(name) ?? true);
  return folder.permissions.some(permits);
}

/** The files of ours that the files `from` lead to, themselves included. */
function reachable(from: readonly string[]): ReadonlySet<string> {
  const found = new Set(from);
  // A set that grows while it is walked is walked to its end.
  for (const path of found) {
    const source = SOURCES.find((candidate) => candidate.path === path);
    for (const { ours, target } of source?.imports ?? []) if (ours) found.add(target);
  }
  return found;
}

/** The packages that a file imports. */
function packagesOf({ imports }: Source): string[] {
  const others = imports.filter(({ ours, target }) => !ours && !isBuiltin(target));
  return others.map(({ target }) => target.split("/", target.startsWith("@") ? 2 : 1).join("/"));
}

function readPackage(): { readonly dependencies: string[]; readonly devDependencies: string[] } {
  const {
    dependencies,
    devDependencies,
  }: Record<string, Record<string, string>> = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return {
    dependencies: Object.keys(dependencies ?? {}),
    devDependencies: Object.keys(devDependencies ?? {}),
  };
}
