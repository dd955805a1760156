import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { Answer } from "../trace/answer.ts";
import { isManner, MANNERS, PLAIN_DIALECT, withManner } from "../trace/dialect.ts";
import { escapeText } from "../trace/escape.ts";
import { ALL_FLAGS } from "../trace/flags.ts";
import { isAnswer } from "../trace/is-answer.ts";
import { LEAST_BITS, MOST_BITS } from "../trace/parse-hello.ts";
import { failure, type Result, success } from "../trace/result.ts";
import { OFFERS } from "../trace/space.ts";
import type { Instance, Subject } from "./subject.ts";

/** What `hello` must say. What it offers is what its surface has, as in the answer to `hello` on a pipe. */
const helloShape = z
  .looseObject({
    name: z.string().min(1),
    surface: z.enum(["memory-set", "address-space"]),
    flags: z.int().min(0).max(ALL_FLAGS),
    pageFlags: z.int().min(0).max(ALL_FLAGS),
    failure: z.enum(["atomic", "consistent"]),
    inject: z.array(z.enum(["frame", "backend"])),
    addrBits: z.int().min(LEAST_BITS).max(MOST_BITS),
    dialect: z.record(z.string(), z.string()),
    commands: z.array(z.string()),
    queries: z.array(z.string()),
    backends: z.array(z.string()).min(1),
  })
  .superRefine((hello, context) => {
    for (const key of ["commands", "queries", "backends"] as const) {
      const known: readonly string[] = OFFERS[hello.surface][key];
      const unknown = hello[key].find((word) => !known.includes(word));
      const message = `${JSON.stringify(unknown)} is none of ${known.join(", ")}`;
      if (unknown !== undefined) context.addIssue({ code: "custom", path: [key], message });
    }
    for (const [key, word] of [
      ["commands", "map"],
      ["queries", "areas"],
    ] as const) {
      const message = `${word} is missing, which is always asked`;
      if (!hello[key].includes(word)) context.addIssue({ code: "custom", path: [key], message });
    }
    for (const key of new Set([...Object.keys(MANNERS), ...Object.keys(hello.dialect)])) {
      const message = wrongManner(key, hello.dialect[key]);
      if (message !== undefined) context.addIssue({ code: "custom", path: ["dialect", key], message });
    }
  });

/** What is wrong with a key of a dialect that has this value, or is missing. */
function wrongManner(key: string, value = "nothing"): string | undefined {
  if (!isManner(key)) return "there is no such manner";
  return withManner(PLAIN_DIALECT, key, value) ? undefined : `${value} is none of ${MANNERS[key].join(", ")}`;
}

/** What the default export of a module must have. */
const subjectShape = z.looseObject({
  hello: helloShape,
  create: z.custom<Subject["create"]>((value) => typeof value === "function", { error: "a function" }),
});

/**
 * The subject that is the default export of a module, written in JavaScript or TypeScript. Its code runs in this process.
 * The error is a line for the user.
 */
export async function loadSubject(path: string): Promise<Result<Subject, string>> {
  const shown = escapeText(path);
  try {
    const module: unknown = await importModule(path);
    const subject = subjectIn(module);
    if (isSubject(subject)) return success(checked(subject));
    const [issue] = subjectShape.safeParse(subject).error?.issues ?? [];
    const where = ["default", ...(issue?.path ?? [])].join(".");
    return failure(
      `${shown}: ${where}: ${escapeText(issue?.message ?? "not a Subject")}; export default a Subject`,
    );
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    // The second line says where a mistake in the syntax is.
    const lines = what.split("\n").slice(0, 2).join(" ").trim();
    return failure(`${shown}: can't be imported: ${escapeText(lines)}; correct it, or the path`);
  }
}

/** TypeScript is translated on the way in, also where this program itself is plain JavaScript. */
async function importModule(path: string): Promise<unknown> {
  const url = pathToFileURL(resolve(path)).href;
  if (!/\.[cm]?tsx?$/.test(path)) return import(url);
  const { tsImport } = await import("tsx/esm/api");
  return tsImport(url, import.meta.url);
}

/** The default export; that of a module in CommonJS comes wrapped once more. */
function subjectIn(module: unknown): unknown {
  const once = defaultOf(module);
  return isSubject(once) ? once : (defaultOf(once) ?? once);
}

function defaultOf(module: unknown): unknown {
  return typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
}

function isSubject(value: unknown): value is Subject {
  return subjectShape.safeParse(value).success;
}

/** The subject, whose answers are looked at before they are judged: one that is none is a mistake of its own. */
function checked(subject: Subject): Subject {
  return {
    hello: { ...subject.hello, name: escapeText(subject.hello.name) },
    create: (space) => checkedInstance(subject.create(space)),
  };
}

function checkedInstance(instance: Instance): Instance {
  return {
    apply(request): Answer {
      // Whoever changes a request changes the trace that is shown.
      const answer: unknown = instance.apply(Object.freeze(request));
      if (isAnswer(answer)) return answer;
      throw new TypeError(`apply gave what is no answer to ${request.op}`);
    },
    observe: (into) => instance.observe(into),
    ...(instance.drop && { drop: (into) => instance.drop?.(into) }),
    ...(instance.fingerprint && { fingerprint: (into) => instance.fingerprint?.(into) }),
    ...(instance.snapshot && { snapshot: () => restoreOf(instance) }),
  };
}

/** What brings an instance back to where it is now. */
function restoreOf(instance: Instance): () => void {
  const restore: unknown = instance.snapshot?.();
  if (typeof restore !== "function") throw new TypeError("snapshot gave no function");
  return () => {
    restore();
  };
}
