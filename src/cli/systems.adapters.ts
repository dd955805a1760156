/** The Linux kernel and the Unicorn emulator behind their adapters, and the templates. */
import { beforeAll, describe, expect, test } from "vitest";
import { build, search } from "./adapters.fixture.ts";

/** What nobody found fault with. */
const CLEAN = { status: 0, stderr: "", report: { outcome: "agree", findings: [], problems: [] } };

describe.each(["template-c", "template-python"])("%s", (adapter) => {
  beforeAll(() => build(adapter));

  test("keeps the contract", async () => {
    expect(await search(adapter, ["--time", "10s"])).toMatchObject(CLEAN);
  });

  test("keeps it with every single failure injected", async () => {
    expect(await search(adapter, ["--inject", "all", "--runs", "20"])).toMatchObject(CLEAN);
  });

  test("is caught with its planted bug", async () => {
    const { status, report } = await search(adapter, ["--time", "60s"], { TEMPLATE_BUG: "1" });
    expect(status).toBe(1);
    expect(report.findings).toMatchObject([{ stable: true }]);
    expect(report.findings[0]?.trace.length).toBeLessThanOrEqual(3);
  });
});

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
