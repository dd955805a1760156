import { defineConfig } from "vitest/config";
import { inOrder } from "./vitest.order.fixture.ts";

/** The longest first, so that no core is idle at the end. */
const LONGEST = ["linux", "published"].map((name) => `${name}.adapters.ts`);

/** The adapters of published systems and the templates: `npm run test:adapters`. */
export default defineConfig({
  test: {
    // What is tested must not take the job that tests it for its own.
    env: { GITHUB_ACTIONS: "", GITHUB_STEP_SUMMARY: "" },
    include: ["src/**/*.adapters.ts"],
    sequence: { sequencer: inOrder(LONGEST) },
    maxWorkers: "100%",
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
