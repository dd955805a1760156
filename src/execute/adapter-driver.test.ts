import { describe, expect, test } from "vitest";
import { Hostile } from "../cli/adapter.fixture.ts";
import type { Manner } from "../subjects/adapter/hostile.fixture.ts";
import { requestsIn, SIXTEEN_PAGES } from "../trace/literal.fixture.ts";
import type { AdapterDriver } from "./adapter-driver.ts";
import { openAdapter } from "./open-adapter.ts";
import { ScriptWriter } from "./script.ts";
import { Statistics } from "./statistics.ts";

const hostile = new Hostile();

const MAP = requestsIn("map 0x0 0x1000 rw mock");
const UNMAP = requestsIn("map 0x0 0x1000 rw mock", "unmap 0x0 0x1000");

async function open(manner: Manner, seconds = 60): Promise<AdapterDriver> {
  const [file = "", ...args] = hostile.command(manner);
  const opened = await openAdapter({ file, args }, { seconds });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value.driver;
}

describe("after the end of a process", () => {
  test("runs that were under way are done again by the next one", async () => {
    const driver = await open("exits with 3");
    const runner = driver.runnerIn(SIXTEEN_PAGES);
    const runs = [MAP, UNMAP, MAP, MAP, UNMAP, MAP];
    const flights = runs.map((requests) => runner.begin(requests));
    const statistics = new Statistics("memory-set");
    const results: [kind: string | undefined, at: number | undefined, earlier: number][] = [];
    for (const flight of flights) {
      const finding = await flight(statistics);
      results.push([finding?.kind, finding?.at, driver.earlier.length]);
    }
    expect(results).toEqual([
      [undefined, undefined, 0],
      ["crash", 1, 1],
      [undefined, undefined, 0],
      [undefined, undefined, 1],
      ["crash", 1, 2],
      [undefined, undefined, 0],
    ]);
    // What crashed was not carried out.
    expect(statistics.requests).toBe(6);
    expect(await driver.renew()).toBeUndefined();
  });

  test("a run that is begun before anybody has looked at it goes to the next one", async () => {
    const driver = await open("exits with 3");
    const runner = driver.runnerIn(SIXTEEN_PAGES);
    const script = new ScriptWriter(runner.terms).write(UNMAP);
    const sent = driver.send(script, { space: SIXTEEN_PAGES, requests: UNMAP });
    expect(await sent?.batch).toMatchObject({ ending: { kind: "crash" } });
    expect(await runner.begin(MAP)()).toBeUndefined();
    await driver.renew();
  });

  test("that came behind a run, that run is to blame", async () => {
    const driver = await open("exits behind a run");
    const runner = driver.runnerIn(SIXTEEN_PAGES);
    expect(await runner.begin(UNMAP)()).toBeUndefined();
    expect(await driver.renew()).toMatchObject({
      requests: UNMAP,
      finding: {
        kind: "crash",
        check: "crash",
        at: 1,
        observed: expect.stringMatching(/^it ended with status 3/),
      },
    });
    expect(driver.earlier).toEqual([]);
    expect(await driver.renew()).toBeUndefined();
  });

  test("whose start fails, that is found in every run", async () => {
    const driver = await open("says another hello later");
    const runner = driver.runnerIn(SIXTEEN_PAGES);
    const flights = [MAP, UNMAP].map((requests) => runner.begin(requests));
    for (const flight of flights) expect(await flight()).toMatchObject({ kind: "garbage", at: 0 });
    await driver.renew();
  });
});

test("a process does 4,096 runs, and each of them knows which came before it", async () => {
  const driver = await open("correct");
  const runner = driver.runnerIn(SIXTEEN_PAGES);
  const runs = Array.from({ length: 4102 }, (_, run) => (run % 2 === 0 ? MAP : UNMAP));
  const earlier: number[] = [];
  for (let run = 0; run < runs.length; run += driver.ahead) {
    const flights = runs.slice(run, run + driver.ahead).map((requests) => runner.begin(requests));
    for (const flight of flights) {
      expect(await flight()).toBeUndefined();
      earlier.push(driver.earlier.length);
    }
  }
  expect(earlier).toEqual(runs.map((_, run) => run % 4096));
  expect(driver.earlier.map(({ requests }) => requests)).toEqual(runs.slice(4096, 4101));
  expect(await driver.renew()).toBeUndefined();
});

test("renewed, an implementation knows of nothing before", async () => {
  const driver = await open("lies in the third run");
  const runner = driver.runnerIn(SIXTEEN_PAGES);
  for (const found of [undefined, undefined, "answer", undefined]) {
    expect((await runner.begin(UNMAP)())?.kind).toBe(found);
  }
  expect(await driver.renew()).toBeUndefined();
  for (const found of [undefined, undefined, "answer"]) {
    expect((await runner.begin(UNMAP)())?.kind).toBe(found);
  }
  expect(driver.earlier).toHaveLength(2);
  await driver.renew();
});

describe("an interruption", () => {
  test("ends what hangs, and nothing begins after it", async () => {
    const driver = await open("hangs", 3600);
    const runner = driver.runnerIn(SIXTEEN_PAGES);
    const flights = [UNMAP, MAP].map((requests) => runner.begin(requests));
    const hanging = flights[0]?.();
    await hostile.isUnderWay();
    driver.interrupt();
    expect(await hanging).toBeUndefined();
    expect(await flights[1]?.()).toBeUndefined();
    expect(await runner.begin(MAP)()).toBeUndefined();
    await driver.renew();
    await hostile.expectNothingLeft();
  });

  test("ends what was told to quit, and doesn't", async () => {
    const driver = await open("ignores quit", 3600);
    expect(await driver.runnerIn(SIXTEEN_PAGES).begin(MAP)()).toBeUndefined();
    const renewed = driver.renew();
    await hostile.isUnderWay();
    driver.interrupt();
    await renewed;
    await hostile.expectNothingLeft();
  });
});
