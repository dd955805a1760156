import { type ChildProcess, spawn } from "node:child_process";

/**
 * Ends groups of processes when this process ends, in whatever way: also by SIGKILL, which leaves it no time to do so
 * itself. It is a process of its own that waits for the end of its input; it gets the numbers of groups to watch
 * (`+n`) and of such as are gone (`-n`).
 *
 * Its program is text, as it has to run alike from the sources and from the build. It is a group of its own, so that
 * Ctrl-C doesn't reach it.
 */
const PROGRAM = `
const groups = new Set();
let rest = "";
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\\n");
  rest = lines.pop();
  for (const line of lines) {
    if (line[0] === "+") groups.add(Number(line.slice(1)));
    else groups.delete(Number(line.slice(1)));
  }
});
process.stdin.on("end", () => {
  for (const group of groups) {
    try { process.kill(-group, "SIGKILL"); } catch {}
  }
});
`;

let guard: ChildProcess | undefined;

/** Has the group of processes ended when this process does. */
export function watchGroup(group: number): void {
  guard ??= startGuard();
  guard.stdin?.write(`+${group}\n`);
}

/** The group is gone: its number may come to belong to others. */
export function releaseGroup(group: number): void {
  guard?.stdin?.write(`-${group}\n`);
}

function startGuard(): ChildProcess {
  const child = spawn(process.execPath, ["-e", PROGRAM], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: {},
  });
  // Nobody waits for it: this process ends when all else is done, and that is when its work begins.
  child.unref();
  const { stdin } = child;
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  stdin.on("error", () => {});
  child.on("error", () => {});
  return child;
}
