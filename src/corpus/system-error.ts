import { getSystemErrorMap } from "node:util";

/** The operating system's code for a failure of `node:fs`, such as `ENOENT`; `undefined` for another error. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** A failure of `node:fs` in the operating system's words, such as `permission denied (EACCES)`. */
export function describeSystemError(error: unknown): string {
  const code = systemErrorCode(error);
  for (const [name, words] of getSystemErrorMap().values()) {
    if (name === code) return `${words} (${name})`;
  }
  return error instanceof Error ? error.message : String(error);
}
