import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** The suites that take minutes: run by `.ci/run`, not by `npm test`. */
export default defineConfig({
  test: {
    // What is tested must not take the job that tests it for its own.
    env: { GITHUB_ACTIONS: "", GITHUB_STEP_SUMMARY: "" },
    include: ["src/**/*.slow.ts", "properties/**/*.slow.ts"],
    // One more than there are cores: some suites only wait, for a process that hangs.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
