import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What has to notice a mutant of the stack, the quickest first: nothing runs after the first failure. */
const SUITES = ["memory", "paging", "address-space", "stack"].map(
  (name) => `src/mutation/${name}.mutation.ts`,
);

class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => SUITES.findIndex((suite) => moduleId.endsWith(suite));
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The tests that Stryker runs for each mutant: docs/mutation.md. */
export default defineConfig({
  test: {
    include: SUITES,
    sequence: { sequencer: InOrder },
    // One thread for all four: what they import, it loads once.
    isolate: false,
    testTimeout: 60_000,
  },
});
