import type { z } from "zod";
import { failure, type Result, success } from "../trace/result.ts";
import type { LocatedJson } from "./json.ts";
import { type Problem, showValue } from "./problem.ts";
import { CORPUS_VERSION, type CorpusFile, corpusSchema, versionSchema } from "./schema.ts";

/** The JSON as a corpus file, or the first thing in it that keeps it from being one, and where. */
export function validate(json: LocatedJson): Result<CorpusFile, Problem> {
  const versioned = versionSchema.safeParse(json.value, { reportInput: true });
  if (!versioned.success) return failure(versionProblem(json, versioned.error));
  const file = corpusSchema.safeParse(json.value, { reportInput: true });
  return file.success ? success(file.data) : failure(firstProblem(json, file.error));
}

/** A whole number is another version; anything else is a mistake like any other. */
function versionProblem(json: LocatedJson, error: z.ZodError): Problem {
  const [issue] = error.issues;
  const found = issue?.path.length === 1 ? issue.input : undefined;
  if (typeof found !== "number" || !Number.isInteger(found)) return firstProblem(json, error);
  return {
    place: json.placeOf(["mapcheck"]),
    what: `version ${found} of the corpus file format; this program reads version ${CORPUS_VERSION}`,
    remedy: "use the mapcheck that wrote the file, or save the case again with this one",
  };
}

/**
 * What keeps the JSON from fitting a schema, as the error says that came of it. Errors come key by key in the order of
 * the schema; the first is the one to mend first.
 */
export function firstProblem(json: LocatedJson, error: z.ZodError): Problem {
  const [issue] = error.issues;
  if (issue === undefined) throw new Error("a schema error without an issue");
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const key = [...path, ...issue.keys.slice(0, 1)];
    const what = `unknown key ${pathText(key)}`;
    return { place: json.placeOfKey(key), what, remedy: "remove it, or use a mapcheck that knows it" };
  }
  const place = json.placeOf(path);
  // JSON has no `undefined`: nothing is there.
  if (issue.input === undefined) return { place, what: `key ${pathText(path)} is missing`, remedy: "add it" };
  const what = `${pathText(path)} must be ${issue.message}, found ${showValue(issue.input)}`;
  return { place, what, remedy: "correct it" };
}

/** A path in a JSON text as people write it: `"finding.at"`, `"trace[2]"`. */
function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  const text = path.map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`)).join("");
  return showValue(text.slice(1));
}
