/** How this program was called, so that the lines it prints can be pasted: from its sources, or installed. */
export const PROGRAM = import.meta.url.endsWith(".ts") ? "npm run -s mapcheck --" : "npx mapcheck";

/** The line that calls this program with `args`, for a POSIX shell. */
export function commandLine(args: readonly string[]): string {
  return [PROGRAM, ...args.map(quote)].join(" ");
}

/** An argument that a shell takes as it is. */
function quote(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
