import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { inOrder } from "./vitest.order.fixture.ts";

/** The longest first: whichever is last keeps one core busy and the others idle. */
const LONGEST = [
  "soak",
  "campaign",
  "adapter-hang",
  "adapter-verify",
  "several-defects",
  "interruption",
  "loopback",
  "planted-even",
  "planted-odd",
  "package",
  "action",
].map((name) => `${name}.slow.ts`);

/** The suites that take minutes: run by `.ci/run`, not by `npm test`. */
export default defineConfig({
  test: {
    // What is tested must not take the job that tests it for its own.
    env: { GITHUB_ACTIONS: "", GITHUB_STEP_SUMMARY: "" },
    include: ["src/**/*.slow.ts", "properties/**/*.slow.ts"],
    sequence: { sequencer: inOrder(LONGEST) },
    // Two more than there are cores: some suites only wait, for a process that hangs or for a moment to kill it.
    maxWorkers: availableParallelism() + 2,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
