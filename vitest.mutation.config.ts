import { defineConfig } from "vitest/config";
import { inOrder } from "./vitest.order.fixture.ts";

/** What has to notice a mutant of the stack, the quickest first: nothing runs after the first failure. */
const SUITES = ["memory", "paging", "address-space", "stack"].map(
  (name) => `src/mutation/${name}.mutation.ts`,
);

/** The tests that Stryker runs for each mutant: docs/mutation.md. */
export default defineConfig({
  test: {
    include: SUITES,
    sequence: { sequencer: inOrder(SUITES) },
    // One thread for all four: what they import, it loads once.
    isolate: false,
    testTimeout: 60_000,
  },
});
