import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { sortedMap } from "./sorted-map.ts";

test("keys are kept in numeric order", () => {
  const map = sortedMap<string>();
  for (const key of [10, 9, 2 ** 51, 0, 100]) map.set(key, `at ${key}`);
  expect(map.keysArray()).toEqual([0, 9, 10, 100, 2 ** 51]);
  expect(map.get(100)).toBe("at 100");
});

// Vitest hands out the default export of a CommonJS package in its own way.
test("the tree is found under Node's own loader as well", () => {
  const script = `
    const { sortedMap } = await import(${JSON.stringify(new URL("./sorted-map.ts", import.meta.url).href)});
    const map = sortedMap();
    map.set(7, "seven");
    process.stdout.write(map.get(7));
  `;
  const flags = ["--import", "tsx", "--input-type=module", "--eval", script];
  expect(execFileSync(process.execPath, flags, { encoding: "utf8" })).toBe("seven");
});
