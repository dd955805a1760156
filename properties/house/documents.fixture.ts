/** What the project's documents say that a test can check. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { marked, type Token, type Tokens } from "marked";
import { ROOT } from "./sources.fixture.ts";

/** Where the rules on imports stand. */
export const ARCHITECTURE = "ARCHITECTURE.md";

/** The documents whose paths must exist. */
export function documents(): readonly string[] {
  const pages = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ARCHITECTURE, "CONTRIBUTING.md", ...pages.map((name) => `docs/${name}`)];
}

/** What one folder, or one file, may import from another. */
export interface Permission {
  /** A folder, ending in `/`, or a file. */
  readonly target: string;
  /** The names that may be imported besides types; `undefined` for any. */
  readonly values: readonly string[] | undefined;
}

/** One row of the table of folders. */
export interface Folder {
  /** Ends in `/`, or names a file. */
  readonly path: string;
  readonly permissions: readonly Permission[];
}

/**
 * The table of folders in ARCHITECTURE.md, top down: folder, what lives there, what it may import. The last
 * column names paths. `(types)` after one permits types only, and names in these brackets are permitted
 * besides; `everything above` is all folders of the rows before.
 */
export function readFolders(): readonly Folder[] {
  const table = tokensOf(ARCHITECTURE).find(
    (token): token is Tokens.Table =>
      token.type === "table" && "header" in token && token.header[2]?.text === "may import",
  );
  const folders: Folder[] = [];
  for (const [folder, , mayImport] of table?.rows ?? []) {
    const path = codeIn(folder?.tokens ?? [])[0] ?? "";
    const permissions = permissionsIn(mayImport?.tokens ?? []);
    if (mayImport?.text.includes("everything above")) {
      permissions.push(...folders.map((above) => ({ target: above.path, values: undefined })));
    }
    folders.push({ path, permissions });
  }
  return folders;
}

function permissionsIn(cell: readonly Token[]): Permission[] {
  const permissions: { target: string; values: string[] | undefined }[] = [];
  for (const token of cell) {
    const last = permissions.at(-1);
    if (token.type === "text" && token.raw.includes("(types") && last) last.values = [];
    if (token.type !== "codespan" || !("text" in token)) continue;
    if (token.text.includes("/")) permissions.push({ target: token.text, values: undefined });
    else last?.values?.push(token.text);
  }
  return permissions;
}

/** Every path that `document` names, in `code` or as a link. Paths are from the root. */
export function pathsNamedIn(document: string): readonly string[] {
  const tokens = tokensOf(document);
  const links = tokens.flatMap((token) =>
    "href" in token && typeof token.href === "string" ? [token.href] : [],
  );
  const relative = links
    .filter((href) => !/^(\w+:|#)/.test(href))
    .map((href) => posix.join(posix.dirname(document), href.replace(/#.*$/, "")));
  return [...relative, ...codeIn(tokens).filter((code) => PATH.test(code))];
}

/** One or more names with `/` between or after them. */
const PATH = /^(?:[\w.-]+\/)+(?:[\w.-]+)?$/;

function codeIn(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => (token.type === "codespan" && "text" in token ? [token.text] : []));
}

/** All tokens of a document, those inside others too. */
function tokensOf(document: string): readonly Token[] {
  const found: Token[] = [];
  marked.walkTokens(
    marked.lexer(readFileSync(join(ROOT, document), "utf8")),
    (token) => void found.push(token),
  );
  return found;
}
