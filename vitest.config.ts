import { defineConfig } from "vitest/config";

const BRANCHES = { branches: 95 };

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "models/**/*.test.ts", "properties/**/*.test.ts"],
    coverage: {
      provider: "v8",
      include: ["src/memory/**", "src/trace/**", "src/execute/**", "models/**"],
      exclude: ["**/*.{test,slow,bench,fixture}.ts"],
      reporter: ["text", "html"],
      thresholds: {
        "src/memory/**": BRANCHES,
        "src/trace/**": BRANCHES,
        "src/execute/**": BRANCHES,
      },
    },
  },
});
