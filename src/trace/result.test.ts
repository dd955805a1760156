import { expect, test } from "vitest";
import { failure, type Result, success } from "./result.ts";

test("a result is a success with its value or a failure with its error", () => {
  const half = (n: number): Result<number, string> => (n % 2 === 0 ? success(n / 2) : failure(`${n} is odd`));
  expect(half(4)).toEqual({ ok: true, value: 2 });
  expect(half(3)).toEqual({ ok: false, error: "3 is odd" });
});
