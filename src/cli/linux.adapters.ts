/** The Linux kernel behind its adapter. */
import { beforeAll, describe, expect, test } from "vitest";
import { build, CLEAN, search } from "./adapters.fixture.ts";

describe("linux", () => {
  beforeAll(() => build("linux"));

  test("keeps the contract in its own dialect, for two minutes", async () => {
    expect(await search("linux", ["--time", "2m"])).toMatchObject(CLEAN);
  });

  test("keeps it near the limit on the number of mappings", async () => {
    expect(await search("linux", ["--time", "20s"], { LINUX_MAPPINGS: "4" })).toMatchObject(CLEAN);
  });

  test.each([
    "boundaries=exact",
    "protect-holes=skip",
    "protect-holes=refuse",
    "zero-unmap=ok",
    "sizes=exact",
    "present=fault-only",
    "eager-fault=false",
    "linear-fault=false",
  ])("is noticed to differ with %s", async (manner) => {
    const { status } = await search("linux", ["--time", "60s"], { LINUX_DIALECT: manner });
    expect(status).toBe(1);
  });

  test("is noticed to run out of mappings with no-memory=frames", async () => {
    const more = { LINUX_MAPPINGS: "4", LINUX_DIALECT: "no-memory=frames" };
    const { status } = await search("linux", ["--time", "60s"], more);
    expect(status).toBe(1);
  });
});
