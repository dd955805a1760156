import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { execute } from "../execute/execute.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import { ADDRESS_SPACE_HELLO, MEMORY_SET_HELLO } from "../trace/space.ts";
import { loadSubject } from "./module.ts";
import type { Subject } from "./subject.ts";

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "mapcheck-module-"));
});

afterAll(() => rm(directory, { recursive: true }));

/** A file is imported once, so each test has one of its own. */
let files = 0;

async function load(text: string, extension = "mjs") {
  const path = join(directory, `subject-${files++}.${extension}`);
  await writeFile(path, text);
  return { path, loaded: await loadSubject(path) };
}

async function subjectOf(text: string, extension?: string): Promise<Subject> {
  const { loaded } = await load(text, extension);
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.value;
}

/** What is wrong with a module, without its path. */
async function errorOf(text: string, extension?: string): Promise<string> {
  const { path, loaded } = await load(text, extension);
  if (loaded.ok) throw new Error("it is taken");
  expect(loaded.error.slice(0, path.length + 2)).toBe(`${path}: `);
  expect(loaded.error).not.toMatch(/\p{C}/u);
  return loaded.error.slice(path.length + 2);
}

const HELLO = JSON.stringify({ ...MEMORY_SET_HELLO, name: "mine" });

/** An object with these members, as text. */
function subjectText(members: string, hello = HELLO): string {
  return `{ hello: ${hello}, ${members} }`;
}

const INSTANCE = 'create: () => ({ apply: () => ({ kind: "err", name: "Unsupported" }), observe() {} })';

describe("a module may be", () => {
  test.each<[what: string, extension: string, text: string]>([
    ["an ES module", "mjs", `export default ${subjectText(INSTANCE)};`],
    ["a CommonJS module", "cjs", `module.exports = ${subjectText(INSTANCE)};`],
    ["a CommonJS module with a default", "cjs", `exports.default = ${subjectText(INSTANCE)};`],
    ["one from a compiler", "cjs", `exports.__esModule = true; exports.default = ${subjectText(INSTANCE)};`],
    [
      "TypeScript",
      "ts",
      `const text: string = "x"; export default ${subjectText(INSTANCE)} satisfies object;`,
    ],
    ["an ES module in TypeScript", "mts", `export default ${subjectText(INSTANCE)} as unknown;`],
    ["a CommonJS module in TypeScript", "cts", `module.exports = ${subjectText(INSTANCE)} as unknown;`],
    ["TypeScript that node can't strip", "ts", `enum E { A }\nexport default ${subjectText(INSTANCE)}; E.A;`],
    [
      "a class",
      "mjs",
      `class S { hello = ${HELLO}; create() { return new I(); } }
      class I { apply() { return this.answer; } observe() {} answer = { kind: "err", name: "Unsupported" }; }
      export default new S();`,
    ],
  ])("%s", async (_what, extension, text) => {
    const subject = await subjectOf(text, extension);
    expect(subject.hello).toEqual({ ...MEMORY_SET_HELLO, name: "mine" });
    const finding = execute(requestsIn("clear"), subject, SIXTEEN_PAGES);
    expect(finding).toMatchObject({ check: "answer", observed: "err Unsupported" });
  });

  // What imports the sources of this project is tested in a process of its own: `src/cli/module.test.ts`.
  test("TypeScript that imports more TypeScript", async () => {
    await writeFile(join(directory, "other.ts"), "export const NAME: string = 'other';");
    const subject = await subjectOf(
      `import { NAME } from "./other.ts";
       const plain = ${subjectText(INSTANCE)};
       export default { ...plain, hello: { ...plain.hello, name: NAME } };`,
      "ts",
    );
    expect(subject.hello.name).toBe("other");
    expect(execute(requestsIn("clear"), subject, SIXTEEN_PAGES)).toMatchObject({ check: "answer" });
  });
});

describe("no subject is", () => {
  /** Members of `hello` that take the place of sound ones; `undefined` takes them out. */
  function withHello(changes: object, hello: object = MEMORY_SET_HELLO): string {
    return `export default ${subjectText(INSTANCE, JSON.stringify({ ...hello, ...changes }))};`;
  }

  test.each<[what: string, text: string, error: string]>([
    ["a module without a default", `export const subject = ${subjectText(INSTANCE)};`, "default: "],
    ["an empty one", "", "default: "],
    ["a default that is none", "export default 7;", "default: "],
    ["a class that nobody has called", `export default class { hello = ${HELLO}; create() {} }`, "default: "],
    ["one without hello", "export default { create() {} };", "default.hello: "],
    ["one without create", `export default { hello: ${HELLO} };`, "default.create: a function"],
    [
      "one whose create is none",
      `export default { hello: ${HELLO}, create: {} };`,
      "default.create: a function",
    ],
    ["one without a name", withHello({ name: undefined }), "default.hello.name: "],
    ["one with an empty name", withHello({ name: "" }), "default.hello.name: "],
    ["one of no surface", withHello({ surface: "memory" }), "default.hello.surface: "],
    ["one with flags in letters", withHello({ flags: "rw" }), "default.hello.flags: "],
    ["one with unknown flags", withHello({ flags: 64 }), "default.hello.flags: "],
    ["one with unknown flags of pages", withHello({ pageFlags: -1 }), "default.hello.pageFlags: "],
    ["one with another promise", withHello({ failure: "none" }), "default.hello.failure: "],
    ["one with other failures", withHello({ inject: ["frames"] }), "default.hello.inject.0: "],
    ["one with too few bits", withHello({ addrBits: 16 }), "default.hello.addrBits: "],
    ["one with too many", withHello({ addrBits: 65 }), "default.hello.addrBits: "],
    ["one without a dialect", withHello({ dialect: undefined }), "default.hello.dialect: "],
    [
      "one with half a dialect",
      withHello({ dialect: {} }),
      "default.hello.dialect.boundaries: nothing is none of exact, free",
    ],
    [
      "one with another dialect",
      withHello({ dialect: { ...MEMORY_SET_HELLO.dialect, sizes: "round\u001b" } }),
      "default.hello.dialect.sizes: round\\u{1b} is none of exact, roundup",
    ],
    [
      "one with a slip in its dialect",
      withHello({ dialect: { ...MEMORY_SET_HELLO.dialect, boundary: "free" } }),
      "default.hello.dialect.boundary: there is no such manner",
    ],
    [
      "one with other commands",
      withHello({ commands: ["map", "mpa"] }),
      'default.hello.commands: "mpa" is none of map, ',
    ],
    [
      "one of the other surface's",
      withHello({ commands: ["map", "load"] }),
      'default.hello.commands: "load" is none of ',
    ],
    ["one without map", withHello({ commands: ["unmap"] }), "default.hello.commands: map is missing"],
    ["one without areas", withHello({ queries: ["pages"] }), "default.hello.queries: areas is missing"],
    [
      "one with other queries",
      withHello({ queries: ["areas", "frames"] }),
      'default.hello.queries: "frames" is none of ',
    ],
    ["one without a backend", withHello({ backends: [] }), "default.hello.backends: "],
    [
      "one with the other surface's",
      withHello({ backends: ["mock"] }, ADDRESS_SPACE_HELLO),
      'default.hello.backends: "mock" is none of linear, alloc:eager, alloc:lazy',
    ],
  ])("%s", async (_what, text, error) => {
    const said = await errorOf(text);
    expect(said.slice(0, error.length)).toBe(error);
    expect(said).toMatch(/; export default a Subject$/);
  });

  test.each<[what: string, text: string, extension: string, error: string]>([
    ["what throws", 'throw new Error("not \\x1b[2J\\ntoday");', "mjs", "not \\u{1b}[2J today"],
    ["what throws something else", "throw null;", "mjs", "null"],
    ["what throws in TypeScript", 'throw new TypeError("no" as string);', "ts", "no"],
    ["what imports what isn't there", 'import "./nothing.mjs";', "ts", "nothing.mjs"],
    ["no TypeScript", "export default {{;", "ts", ':1:16: ERROR: Expected identifier but found "{"'],
    ["no JavaScript", "export default {{;", "mjs", ""],
  ])("%s", async (_what, text, extension, error) => {
    const said = await errorOf(text, extension);
    expect(said).toMatch(/^can't be imported: .*; correct it, or the path$/);
    expect(said).toContain(error);
  });

  test.each(["gone.js", "gone.ts", "."])("%s", async (name) => {
    const loaded = await loadSubject(join(directory, name));
    expect(loaded).toMatchObject({ ok: false, error: expect.stringContaining("can't be imported: ") });
  });
});

test("a name is shown and never obeyed", async () => {
  const hello = JSON.stringify({ ...MEMORY_SET_HELLO, name: "a\u001b[2J\u202e" });
  const subject = await subjectOf(`export default ${subjectText(INSTANCE, hello)};`);
  expect(subject.hello.name).toBe("a\\u{1b}[2J\\u{202e}");
});

describe("a subject that", () => {
  const sound = "apply: () => ({ kind: 'ok' }), observe() {}";
  test.each<[what: string, create: string, check: string, observed: string]>([
    [
      "answers nothing",
      "({ apply() {}, observe() {} })",
      "panic",
      "TypeError: apply gave what is no answer to clear",
    ],
    [
      "answers text",
      "({ apply: () => 'ok', observe() {} })",
      "panic",
      "TypeError: apply gave what is no answer to clear",
    ],
    [
      "answers later",
      "({ apply: async () => ({ kind: 'ok' }), observe() {} })",
      "panic",
      "no answer to clear",
    ],
    [
      "answers something else",
      "({ apply: () => ({ kind: 'count', count: 1 }), observe() {} })",
      "answer",
      "ok 1",
    ],
    ["throws", "({ apply() { throw new Error('oh\\nno'); }, observe() {} })", "panic", "Error: oh"],
    ["throws no error", "({ apply() { throw 7; }, observe() {} })", "panic", "7"],
    ["isn't created", "{ throw new Error('none'); }", "panic", "Error: none"],
    ["is created later", `Promise.resolve({ ${sound} })`, "panic", "TypeError: "],
    ["is nothing", "undefined", "panic", "TypeError: "],
    [
      "throws when it is looked at",
      "({ apply: () => ({ kind: 'ok' }), observe() { throw new Error('no'); } })",
      "panic",
      "Error: no",
    ],
    [
      "shows what isn't there",
      "({ apply: () => ({ kind: 'ok' }), observe(into) { into.area(0, 0x1000, 0, 'mock'); } })",
      "areas",
      "0x0",
    ],
    [
      "throws when it is given up",
      `({ ${sound}, drop() { throw new Error('mine'); } })`,
      "panic",
      "Error: mine",
    ],
  ])("%s is a finding", async (_what, create, check, observed) => {
    const subject = await subjectOf(`export default ${subjectText(`create: () => ${create}`)};`);
    const finding = execute(requestsIn("clear"), subject, SIXTEEN_PAGES);
    expect(finding).toMatchObject({ check });
    expect(finding?.observed).toContain(observed);
  });

  test("has no drop gets none, and one that has keeps what it is", async () => {
    const none = await subjectOf(`export default ${subjectText(`create: () => ({ ${sound} })`)};`);
    expect(none.create(SIXTEEN_PAGES).drop).toBeUndefined();
    const own = await subjectOf(
      `class I { left = 3; apply() { return { kind: "ok" }; } observe() {} drop(into) { into.dataFrames = this.left; } }
       export default ${subjectText("create: () => new I()")};`,
    );
    expect(execute(requestsIn("clear"), own, SIXTEEN_PAGES)?.observed).toContain("3");
  });
});
