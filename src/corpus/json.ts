import { type DocumentNode, evaluate, type ObjectNode, parse, type ValueNode } from "@humanwhocodes/momoa";
import { failure, type Result, success } from "../trace/result.ts";
import { describeSyntaxError, RESTORE, START, tooDeep } from "./json-error.ts";
import { LINE_END, type Place, type Problem, showValue } from "./problem.ts";

/** A JSON text: its value, and where each part of it stands. */
export interface LocatedJson {
  readonly value: unknown;
  /** Where the value at `path` starts, or the innermost value around it when there is nothing at `path`. */
  readonly placeOf: (path: readonly PropertyKey[]) => Place;
  /** Where the name of the key at the end of `path` starts; as `placeOf` where that is no key. */
  readonly placeOfKey: (path: readonly PropertyKey[]) => Place;
}

/**
 * Reads JSON as RFC 8259 has it, and stricter: a key twice in one object is refused, since readers
 * disagree on which of the two counts, and so is the key `__proto__`.
 */
export function parseJson(text: string): Result<LocatedJson, Problem> {
  if (text.trim() === "") return failure({ what: "the file is empty", remedy: RESTORE, place: START });
  const conflict = findConflict(text);
  if (conflict !== undefined) return failure(conflict);
  let document: DocumentNode;
  try {
    document = parse(text, { mode: "json" });
  } catch (error) {
    return failure(describeSyntaxError(text, error));
  }
  const root = document.body;
  const flaw = findFlaw(root, text);
  if (flaw !== undefined) return failure(flaw);
  return success({
    value: evaluate(root),
    placeOf: (path) => placeOf(root, path),
    placeOfKey: (path) => placeOfKey(root, path),
  });
}

/** The first line that a merge left behind. In JSON no line can start like this: strings hold no line breaks. */
function findConflict(text: string): Problem | undefined {
  const line = text.split(LINE_END).findIndex((content) => /^(<{7}|>{7}|={7}|\|{7})/.test(content));
  if (line === -1) return undefined;
  return {
    place: { line: line + 1, column: 1 },
    what: "an unresolved merge conflict (<<<<<<<, =======, >>>>>>>)",
    remedy: "resolve the conflict and remove its markers",
  };
}

/** Values are nested at most this deep; a corpus file needs 3. Whoever walks the value may recurse. */
const MAX_DEPTH = 64;

/** The first thing in the tree that the parser lets pass and this reader doesn't. */
function findFlaw(node: ValueNode, text: string, depth = 0): Problem | undefined {
  if (depth > MAX_DEPTH) return tooDeep(node.loc.start);
  switch (node.type) {
    case "String":
      return findRawControl(node, text);
    case "Array":
      return firstOf(node.elements, (element) => findFlaw(element.value, text, depth + 1));
    case "Object":
      return findFlawInObject(node, text, depth);
    default:
      return undefined;
  }
}

function findFlawInObject(node: ObjectNode, text: string, depth: number): Problem | undefined {
  const seen = new Set<string>();
  return firstOf(node.members, (member) => {
    const key = keyOf(member);
    const place = member.name.loc.start;
    if (key === "__proto__") {
      return { place, what: `the key ${showValue(key)} isn't allowed`, remedy: "remove it" };
    }
    if (seen.has(key)) {
      return { place, what: `the key ${showValue(key)} is there twice`, remedy: "keep one of them" };
    }
    seen.add(key);
    return findRawControl(member.name, text) ?? findFlaw(member.value, text, depth + 1);
  });
}

function findRawControl(node: Member["name"], text: string): Problem | undefined {
  const { start, end } = node.loc;
  for (let offset = start.offset; offset < end.offset; offset++) {
    if (text.charCodeAt(offset) < 0x20) {
      return {
        place: start,
        what: "not valid JSON: a string holds a line break or another control character",
        remedy: "write it as an escape, such as \\n",
      };
    }
  }
  return undefined;
}

function firstOf<T>(items: readonly T[], find: (item: T) => Problem | undefined): Problem | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Member = ObjectNode["members"][number];

function keyOf(member: Member): string {
  return member.name.type === "String" ? member.name.value : member.name.name;
}

function memberAt(node: ValueNode, key: PropertyKey | undefined): Member | undefined {
  return node.type === "Object" ? node.members.find((member) => keyOf(member) === key) : undefined;
}

/** The node at `path` below `root`, or the last one on the way to it. */
function nodeAt(root: ValueNode, path: readonly PropertyKey[]): ValueNode {
  let node = root;
  for (const step of path) {
    const next = node.type === "Array" ? node.elements[Number(step)] : memberAt(node, step);
    if (next === undefined) return node;
    node = next.value;
  }
  return node;
}

function placeOf(root: ValueNode, path: readonly PropertyKey[]): Place {
  return nodeAt(root, path).loc.start;
}

function placeOfKey(root: ValueNode, path: readonly PropertyKey[]): Place {
  const member = memberAt(nodeAt(root, path.slice(0, -1)), path.at(-1));
  return member?.name.loc.start ?? placeOf(root, path);
}
