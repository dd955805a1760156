import "./memory-limit.fixture.ts";
import { expect, test } from "vitest";

/**
 * Declares the tests of suites, each given by its import, in this order; and one that fails where one of them can't be
 * loaded: Stryker takes a file without tests for one in which nothing failed.
 */
export async function declareSuites(...suites: readonly (() => Promise<unknown>)[]): Promise<void> {
  let failure: unknown;
  try {
    for (const load of suites) await load();
  } catch (error) {
    failure = error;
  }
  test("the suites can be loaded", () => {
    expect(failure).toBeUndefined();
  });
}
