import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Has the files whose names end so run first, in this order, and after them all others in Vitest's own. */
export function inOrder(names: readonly string[]) {
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const rank = ({ moduleId }: TestSpecification) => {
        const at = names.findIndex((name) => moduleId.endsWith(name));
        return at < 0 ? names.length : at;
      };
      return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
    }
  };
}
