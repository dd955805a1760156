/** The same search twice: on a subject within this process, and on one behind a pipe. */
import { afterAll, beforeAll, vi } from "vitest";
import { type Driver, InProcess } from "../../execute/driver.ts";
import { openAdapter } from "../../execute/open-adapter.ts";
import { newTally } from "../../explore/campaign.ts";
import { fuzz } from "../../explore/fuzz.ts";
import { Pace } from "../../explore/pace.ts";
import type { WorkedOut } from "../../explore/session-finding.ts";
import { standardSpaces } from "../../explore/spaces.ts";
import { findSubject } from "../registry.ts";
import type { Instance, Subject } from "../subject.ts";
import type { LoopbackArguments } from "./loopback.fixture.ts";
import { type PlainScript, plainScript } from "./plain-script.fixture.ts";

/** What a search through the first runs of a seed comes to. */
export interface Searched {
  readonly runs: number;
  readonly requests: number;
  readonly found: WorkedOut | undefined;
}

/** Searches on both. */
export class InsideAndOut {
  private script: PlainScript | undefined;

  constructor() {
    vi.setConfig({ testTimeout: 300_000 });
    beforeAll(async () => {
      this.script = await plainScript("loopback");
    });
    afterAll(() => this.script?.remove());
  }

  async search(name: string, runs: number, seed = "pipe"): Promise<{ inside: Searched; outside: Searched }> {
    const subject = findSubject(name)?.subject;
    if (subject === undefined) throw new Error(`there is no subject ${name}`);
    const words: LoopbackArguments = [name];
    const command = { file: process.execPath, args: [this.script?.path ?? "", ...words] };
    const opened = await openAdapter(command, { seconds: 120 });
    if (!opened.ok) throw new Error(opened.error);
    return {
      inside: await search(new InProcess(withoutMachine(subject)), runs, seed),
      outside: await search(opened.value.driver, runs, seed),
    };
  }
}

async function search(driver: Driver, runs: number, seed: string): Promise<Searched> {
  const { hello } = driver;
  const campaign = { driver, spaces: standardSpaces(hello), seed, maxCommands: 30, injectAll: false };
  const tally = newTally(hello.surface);
  const budget = { runs, seconds: Number.POSITIVE_INFINITY };
  const found = await fuzz(campaign, budget, new Pace(), tally);
  await driver.renew();
  const { statistics } = tally;
  return {
    runs: tally.runs,
    requests: statistics.requests,
    found,
  };
}

/** The subject without the machine below it, which can't be seen through a pipe. */
function withoutMachine({ hello, create }: Subject): Subject {
  return {
    hello,
    create(space): Instance {
      const instance = create(space);
      return {
        apply: (request) => instance.apply(request),
        observe(into) {
          instance.observe(into);
          into.hardware = undefined;
        },
        ...(instance.drop && { drop: (into) => instance.drop?.(into) }),
      };
    },
  };
}
