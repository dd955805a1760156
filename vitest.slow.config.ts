import { defineConfig } from "vitest/config";

/** The suites that take minutes: run by `.ci/run`, not by `npm test`. */
export default defineConfig({
  test: {
    include: ["src/**/*.slow.ts", "properties/**/*.slow.ts"],
    maxWorkers: "100%",
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
