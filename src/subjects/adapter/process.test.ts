import { describe, expect, test } from "vitest";
import { Hostile } from "../../cli/adapter.fixture.ts";
import type { Manner } from "./hostile.fixture.ts";
import { AdapterProcess, NEVER_RUN } from "./process.ts";

const hostile = new Hostile();

const RUN = "reset base=0x0 size=0x10000 page=0x1000 frames=0\nunmap 0x0 0x0\nareas\nsync\n";

function start(manner: Manner, seconds = 60): AdapterProcess {
  const [file = "", ...args] = hostile.command(manner);
  return new AdapterProcess({ file, args }, { seconds });
}

function textOf({ bytes }: { readonly bytes: Uint8Array }): string {
  return Buffer.from(bytes).toString("latin1");
}

describe("a process", () => {
  test("answers batches in their order, and those that it was given before it was told to quit", async () => {
    const process = start("correct");
    const batches = [process.send(RUN, 4), process.send("sync\n", 1), process.send(RUN, 4)];
    const quit = process.quit();
    const answers = "ok\nok\nok none\nok\n";
    expect((await Promise.all(batches)).map(textOf)).toEqual([answers, "ok\n", answers]);
    expect(await quit).toBeUndefined();
    expect(await process.send(RUN, 4)).toMatchObject({ ending: NEVER_RUN });
  });

  test("that ends says so in the batch that it was busy with, and only there", async () => {
    const process = start("exits in the middle of a line");
    const [first, second] = await Promise.all([process.send(RUN, 4), process.send(RUN, 4)]);
    expect(textOf(first)).toBe("ok\no");
    expect(first.ending).toEqual({ kind: "crash", what: "it ended with status 3" });
    expect(second).toEqual({ bytes: new Uint8Array(), ending: NEVER_RUN });
    expect(await process.send(RUN, 4)).toEqual({ bytes: new Uint8Array(), ending: NEVER_RUN });
    expect(await process.quit()).toBeUndefined();
  });

  test("may be told to quit before it has ended in a batch", async () => {
    const process = start("exits with 3");
    const batch = process.send(RUN, 4);
    expect(await process.quit()).toBeUndefined();
    expect(await batch).toMatchObject({ ending: { kind: "crash" } });
  });

  test("that is ended gives what it had said", async () => {
    const process = start("hangs");
    const batch = process.send(RUN, 4);
    await hostile.isUnderWay();
    process.kill();
    expect(await batch).toMatchObject({ ending: { kind: "crash", what: "it was ended" } });
  });

  test("keeps the end of what it printed on standard error, and no more", async () => {
    const process = start("floods standard error");
    await process.send(RUN, 4);
    expect(process.stderr.length).toBe(4096);
    expect(process.stderr).toMatch(/e{4000}.* the last words\u202e\n$/);
  });

  test("that answers what nobody asked is out of step", async () => {
    const process = start("answers quit");
    expect(await process.quit()).toEqual({
      kind: "out-of-step",
      what: "it printed more lines than it was asked for",
    });
  });

  test("that can't be started says why", async () => {
    const process = new AdapterProcess({ file: "./there-is-none", args: [] }, { seconds: 60 });
    const what = "it can't be started: there is no such program";
    expect(await process.send(RUN, 4)).toMatchObject({ ending: { kind: "crash", what } });
    await process.quit();
  });
});
