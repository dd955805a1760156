/** The list of mutants that change nothing that anybody could see. People write and review it. */
import { z } from "zod";
import { parseJson } from "../corpus/json.ts";
import type { Problem } from "../corpus/problem.ts";
import { firstProblem } from "../corpus/validate.ts";
import { failure, type Result, success } from "../trace/result.ts";

const TEXT = z.string("a text").min(1, "a text that isn't empty");

const LIST = z.strictObject({
  equivalents: z.array(
    z.strictObject({
      file: TEXT,
      mutator: TEXT,
      text: TEXT,
      original: TEXT,
      replacement: z.string("a text"),
      times: z.int("a whole number").min(2, "at least 2").optional(),
      reason: TEXT,
    }),
  ),
});

/** One mutant, or several of which all is the same but the place, and why nobody can notice them. */
export interface Equivalent {
  /** These five say which mutant is meant, as in `Mutant`: there is no number of a line that could move. */
  readonly file: string;
  readonly mutator: string;
  readonly text: string;
  readonly original: string;
  readonly replacement: string;
  /** How many mutants are meant. */
  readonly times: number;
  readonly reason: string;
  /** The line of the list where it begins. */
  readonly line: number;
}

/** The list in this text. */
export function readEquivalents(text: string): Result<readonly Equivalent[], Problem> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const list = LIST.safeParse(json.value.value, { reportInput: true });
  if (!list.success) return failure(firstProblem(json.value, list.error));
  return success(
    list.data.equivalents.map(({ times = 1, ...rest }, index) => {
      return { ...rest, times, line: json.value.placeOf(["equivalents", index]).line };
    }),
  );
}
