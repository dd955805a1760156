import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "models/**/*.test.ts", "properties/**/*.test.ts"],
    coverage: {
      provider: "v8",
      include: ["src/memory/**", "src/trace/**", "src/execute/**", "models/**"],
      exclude: ["**/*.test.ts", "**/*.slow.ts", "**/*.bench.ts"],
      reporter: ["text", "html"],
      thresholds: { branches: 95 },
    },
  },
});
