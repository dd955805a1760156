/** What mapcheck finds in published systems, from the contract alone. `docs/findings.md` tells about it. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadDirectory } from "../corpus/load.ts";
import { build, CORPUS, replayed, search } from "./adapters.fixture.ts";

const LOADED = await loadDirectory(CORPUS);

/** The files of the known bugs of an implementation, and the ids of the cases in them. */
function knownBugs(implementation: string) {
  return LOADED.flatMap((loaded) =>
    loaded.status === "entry" &&
    loaded.entry.status === "known" &&
    loaded.entry.implementation === implementation
      ? [{ file: loaded.file, id: loaded.entry.id }]
      : [],
  );
}

describe.each([
  {
    adapter: "memory-set-rs",
    implementation: "memory_set-0.4.1",
    least: 8,
    args: ["--seed", "published-4", "--runs", "3000"],
  },
  {
    adapter: "axaddrspace-rs",
    implementation: "axaddrspace-0.6.0",
    least: 6,
    args: ["--seed", "published", "--pages", "262144", "--runs", "4000"],
  },
  { adapter: "unicorn", implementation: "unicorn-2.1.4", least: 1, args: ["--seed", "s", "--runs", "500"] },
])("$implementation", ({ adapter, implementation, least, args }) => {
  beforeAll(() => build(adapter));

  test("still has every bug that is known of it", async () => {
    const known = knownBugs(implementation);
    expect(known.length).toBeGreaterThanOrEqual(least);
    const found = await replayed(
      adapter,
      known.map(({ file }) => file),
    );
    expect([...found]).toEqual(known.map(({ id }) => [id, "known"]));
  });

  test("shows as many to a search that knows none of them", async () => {
    const { report } = await search(adapter, ["--keep-going", ...args]);
    expect(report.findings.length).toBeGreaterThanOrEqual(least);
    expect(report.findings.filter(({ stable }) => !stable)).toEqual([]);
  });
});
