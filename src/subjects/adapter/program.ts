import { open } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** How much of a file says whether it is a program, in bytes. */
const ENOUGH = 512;

/** What the system itself says well when the program is started, or what is no hindrance: it need not be readable. */
const LEFT_TO_START = new Set(["ENOENT", "EACCES", "EPERM", "EISDIR"]);

/**
 * Why a file can't be started as a program, in words with the remedy; `undefined` where it can, or where starting it
 * says so just as well. A text that doesn't begin with `#!` is refused, as the system would hand it to a shell.
 */
export async function problemOfProgram(file: string): Promise<string | undefined> {
  if (file === "") return "its name is empty; write one behind --";
  if (file.includes("/")) return problemAt(file);
  const { PATH = "" } = process.env;
  for (const directory of PATH.split(delimiter)) {
    const start = await startOf(join(directory, file));
    if (start instanceof Uint8Array) return problemOf(start);
    if (start === "ENAMETOOLONG") return unreachable(start);
  }
  return undefined;
}

async function problemAt(path: string): Promise<string | undefined> {
  const start = await startOf(path);
  if (start instanceof Uint8Array) return problemOf(start);
  return LEFT_TO_START.has(start) ? undefined : unreachable(start);
}

/** The first bytes of a file, or the system's code for why they can't be had. */
async function startOf(path: string): Promise<Uint8Array | string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: new Uint8Array(ENOUGH) });
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

function problemOf(start: Uint8Array): string | undefined {
  const isScript = start[0] === 0x23 && start[1] === 0x21;
  // Programs have a zero somewhere in their header, texts have none.
  if (isScript || start.includes(0)) return undefined;
  return "it is a text that doesn't begin with #!; begin it with the program that runs it, such as #!/bin/sh";
}

function unreachable(code: string): string {
  return `its path leads nowhere (${code}); correct it`;
}
