import { expect, test } from "vitest";
import { FailureInjection } from "./failure-injection.ts";

/** What the next `calls` calls are told. */
function next(injection: FailureInjection, calls: number): string {
  return Array.from({ length: calls }, () => (injection.fires() ? "x" : ".")).join("");
}

test("nothing fails before it is told to", () => {
  const injection = new FailureInjection();
  expect(next(injection, 50)).toBe(".".repeat(50));
  expect(injection.fired).toBe(0);
});

test.each([
  [0, "xxxxx", 5],
  [1, ".xxxx", 4],
  [4, "....x", 1],
  [5, ".....", 0],
])("after %i calls every later one fails", (calls, told, fired) => {
  const injection = new FailureInjection();
  injection.failAfter(calls);
  expect(next(injection, 5)).toBe(told);
  expect(injection.fired).toBe(fired);
});

test("it is armed anew, and disarmed, with the count at 0", () => {
  const injection = new FailureInjection();
  injection.failAfter(0);
  expect(next(injection, 2)).toBe("xx");
  injection.failAfter(1);
  expect(injection.fired).toBe(0);
  expect(next(injection, 3)).toBe(".xx");
  injection.disarm();
  expect(injection.fired).toBe(0);
  expect(next(injection, 3)).toBe("...");
});

test("calls are counted, those that fail too, from the last time that it was armed or disarmed", () => {
  const injection = new FailureInjection();
  next(injection, 2);
  expect(injection.calls).toBe(2);
  injection.failAfter(1);
  expect(injection.calls).toBe(0);
  next(injection, 3);
  expect(injection.calls).toBe(3);
  injection.disarm();
  expect(injection.calls).toBe(0);
});
