import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { newTally, type Tally } from "../explore/campaign.ts";
import { progressLine, progressOn } from "./progress.ts";

/** Keeps what is written, as a terminal of 80 columns or as a pipe. */
class Sink extends Writable {
  written = "";
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(isTTY: boolean, columns = 80) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  override _write(chunk: unknown, _encoding: unknown, done: () => void): void {
    this.written += String(chunk);
    done();
  }
}

function tally(runs: number, requests: number, findings = 0): Tally {
  const made = newTally("memory-set");
  made.statistics.requests = requests;
  made.done.add({ from: 0, to: runs });
  return Object.assign(made, { findings });
}

test.each([
  [tally(1, 5), 1, "1 run, 5 commands/s, no findings, 1 s"],
  [tally(12_345, 600_000, 1), 2.04, "12,345 runs, 294,118 commands/s, 1 finding, 2 s"],
  [tally(0, 0, 3), 10, "0 runs, 0 commands/s, 3 findings, 10 s"],
])("says runs, speed, findings and time (%#)", (so_far, seconds, line) => {
  expect(progressLine(so_far, seconds)).toBe(line);
});

test("is redrawn in place on a terminal, ten times a second, and taken away in the end", () => {
  const terminal = new Sink(true);
  const progress = progressOn(terminal);
  for (const seconds of [0.05, 0.12, 0.18, 0.25])
    progress.update(seconds, () => progressLine(tally(seconds * 100, 0), seconds));
  const lines = stripVTControlCharacters(terminal.written).split("\n");
  expect(lines.map((line) => line.slice(0, 7))).toEqual(["12 runs", "25 runs", ""]);
  expect(terminal.written).toContain("\u001b[1A");
  terminal.written = "";
  progress.done();
  expect(terminal.written).toContain("\u001b[2K\u001b[1A\u001b[2K");
  expect(stripVTControlCharacters(terminal.written)).toBe("");
});

test.each([
  ["a pipe", new Sink(false)],
  ["a terminal that doesn't know its width", new Sink(true, 0)],
])("is a line every five seconds on %s", (_, sink) => {
  const progress = progressOn(sink);
  for (const seconds of [1, 4.9, 5.1, 6, 10, 10.2])
    progress.update(seconds, () => progressLine(tally(seconds * 10, 0), seconds));
  progress.done();
  expect(sink.written).toBe(
    "51 runs, 0 commands/s, no findings, 5 s\n102 runs, 0 commands/s, no findings, 10 s\n",
  );
});

test("is nothing on a terminal before there was any", () => {
  const terminal = new Sink(true);
  progressOn(terminal).done();
  expect(terminal.written).toBe("");
});
