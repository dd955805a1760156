import { defineConfig } from "vitest/config";

const BRANCHES = { branches: 95 };

export default defineConfig({
  test: {
    // What is tested must not take the job that tests it for its own.
    env: { GITHUB_ACTIONS: "", GITHUB_STEP_SUMMARY: "" },
    // The process that hands the work out has little to do itself: no core is kept for it.
    maxWorkers: "100%",
    // For what hangs. Some tests take seconds where the machine is busy and coverage is measured.
    testTimeout: 60_000,
    include: ["src/**/*.test.ts", "models/**/*.test.ts", "properties/**/*.test.ts"],
    coverage: {
      provider: "v8",
      include: [
        "src/memory/**",
        "src/paging/**",
        "src/address-space/**",
        "src/trace/**",
        "src/execute/**",
        "models/**",
        "properties/**",
      ],
      exclude: ["**/*.{test,slow,bench,fixture}.ts"],
      reporter: ["text", "html"],
      thresholds: {
        "src/memory/**": BRANCHES,
        "src/paging/**": BRANCHES,
        "src/address-space/**": BRANCHES,
        "src/trace/**": BRANCHES,
        "src/execute/**": BRANCHES,
      },
    },
  },
});
