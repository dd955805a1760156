import { PassThrough } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { DEVICE, EXECUTE, NO_FLAGS, READ, USER, WRITE } from "../trace/flags.ts";
import { PLAIN, paintFor } from "./paint.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Every text that this way of painting can bring forth. */
function everything(paint: typeof PLAIN): string {
  const { faint, strong, good, bad, flags } = paint;
  return (
    [faint, strong, good, bad].map((style) => style("x")).join("") + flags("x", READ) + flags("x", NO_FLAGS)
  );
}

test("plain text is the text itself", () => {
  expect(everything(PLAIN)).toBe("xxxxxx");
});

test("what is no terminal gets no colour", () => {
  for (const name of ["FORCE_COLOR", "NO_COLOR"]) vi.stubEnv(name, undefined);
  expect(everything(paintFor(new PassThrough()))).toBe("xxxxxx");
});

test("FORCE_COLOR asks for colour: what may be executed, written, read and nothing of it look different", () => {
  vi.stubEnv("NO_COLOR", undefined);
  vi.stubEnv("NODE_DISABLE_COLORS", undefined);
  vi.stubEnv("FORCE_COLOR", "1");
  const { flags, bad } = paintFor(new PassThrough());
  const looks = [EXECUTE, WRITE, READ, NO_FLAGS].map((set) => flags("x", set));
  expect(new Set(looks).size).toBe(4);
  expect(flags("x", READ | WRITE)).toBe(flags("x", WRITE));
  expect(flags("x", READ | WRITE | EXECUTE)).toBe(flags("x", EXECUTE));
  expect(flags("x", USER | DEVICE)).toBe(flags("x", NO_FLAGS));
  expect(bad("x")).toBe("\u001b[31mx\u001b[39m");
});
