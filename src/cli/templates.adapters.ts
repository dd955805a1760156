/** The templates of adapters. */
import { beforeAll, describe, expect, test } from "vitest";
import { build, CLEAN, search } from "./adapters.fixture.ts";

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
