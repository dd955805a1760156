import { expect, test, vi } from "vitest";
import { Pace } from "./pace.ts";

test("breathing shows progress, and begins another turn after everything else had its own", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    let shown = 0;
    const pace = new Pace(() => {
      shown++;
    });
    expect(pace.turnIsOver).toBe(false);
    vi.advanceTimersByTime(1000);
    expect([pace.turnIsOver, pace.seconds, shown]).toEqual([true, 1, 0]);
    const others: string[] = [];
    setImmediate(() => others.push("a signal"));
    await pace.breathe();
    expect([pace.turnIsOver, shown, others]).toEqual([false, 1, ["a signal"]]);
  } finally {
    vi.useRealTimers();
  }
});

test("stops when somebody asks, and stays stopped", async () => {
  const pace = new Pace();
  expect(pace.stopped).toBe(false);
  setImmediate(() => pace.stop());
  await pace.breathe();
  await pace.breathe();
  expect(pace.stopped).toBe(true);
});
