/**
 * The exit status of every subcommand:
 * 0 all agree, 1 a finding, 2 wrong usage or unreadable input, 3 the harness or its environment failed.
 */
export const EXIT = { agree: 0, finding: 1, usage: 2, environment: 3 } as const;

/** One of the four. */
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** A subcommand hands in its exit status when it is done. There is one place that leaves the process. */
export type Finish = (status: ExitStatus) => void;

/** Tells the user in one line, on standard error, what is wrong with the input and what to do about it. */
export function complain(problem: string): typeof EXIT.usage {
  process.stderr.write(`mapcheck: ${problem}\n`);
  return EXIT.usage;
}
