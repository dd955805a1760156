import { describe, expect, test } from "vitest";
import { isManner, MANNERS, ownManners, PLAIN_DIALECT, withManner } from "./dialect.ts";

describe("a dialect", () => {
  test("begins with the contract's own manners", () => {
    const own = Object.fromEntries(Object.entries(MANNERS).map(([key, [first]]) => [key, first]));
    expect(PLAIN_DIALECT).toEqual(own);
    expect(ownManners(PLAIN_DIALECT)).toEqual({});
  });

  test("takes on others, one by one", () => {
    const free = withManner(PLAIN_DIALECT, "boundaries", "free");
    expect(free).toEqual({ ...PLAIN_DIALECT, boundaries: "free" });
    const both = free && withManner(free, "protect-holes", "stop");
    expect(both && ownManners(both)).toEqual({ boundaries: "free", "protect-holes": "stop" });
    expect(both && withManner(both, "boundaries", "exact")).toEqual({
      ...PLAIN_DIALECT,
      "protect-holes": "stop",
    });
  });

  test("shows its manners in one order, whatever order they came in", () => {
    const keys = (["linear-fault", "sizes", "boundaries"] as const).map(
      (key) => [key, MANNERS[key][1]] as const,
    );
    const dialect = keys.reduce((all, [key, value]) => withManner(all, key, value) ?? all, PLAIN_DIALECT);
    expect(JSON.stringify(ownManners(dialect))).toBe(
      '{"boundaries":"free","sizes":"roundup","linear-fault":"true"}',
    );
  });

  test("has no other keys and values", () => {
    expect(withManner(PLAIN_DIALECT, "boundaries", "")).toBeUndefined();
    expect(withManner(PLAIN_DIALECT, "eager-fault", "TRUE")).toBeUndefined();
    expect(isManner("")).toBe(false);
    expect(withManner(PLAIN_DIALECT, "boundaries", "skip")).toBeUndefined();
    expect(isManner("sizes")).toBe(true);
    expect(isManner("toString")).toBe(false);
  });
});
