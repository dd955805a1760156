import fc from "fast-check";
import { expect, test } from "vitest";
import { LineBuffer } from "./line-buffer.ts";

/** Some bytes, of which every fourth or so ends a line. */
const chunk = fc
  .array(fc.constantFrom("a", "\n", "\r", "\0", "\xff", "ok\n", "x".repeat(300), "y".repeat(2 ** 18)))
  .map((parts) => Buffer.from(parts.join(""), "latin1"));

test("gives out whole lines, as many as are asked for, however they come in", () => {
  fc.assert(
    fc.property(
      fc.array(chunk),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }),
      (chunks, wanted) => {
        const buffer = new LineBuffer();
        const kept: [taken: Uint8Array, expected: string][] = [];
        let rest = "";
        for (const bytes of chunks) {
          buffer.add(bytes);
          rest += bytes.toString("latin1");
          let lines = wanted[kept.length % wanted.length] ?? 1;
          while (rest.split("\n").length > lines) {
            expect(buffer.hasLines(lines)).toBe(true);
            const end = rest.split("\n", lines).join("\n").length + 1;
            kept.push([buffer.takeLines(lines), rest.slice(0, end)]);
            rest = rest.slice(end);
            lines = wanted[kept.length % wanted.length] ?? 1;
          }
          expect(buffer.hasLines(lines)).toBe(false);
          expect(buffer.length).toBe(rest.length);
          expect(buffer.lastLine).toBe(rest.length - (rest.lastIndexOf("\n") + 1));
        }
        kept.push([buffer.takeAll(), rest]);
        expect(buffer.length).toBe(0);
        // What was taken is never written to again.
        for (const [taken, expected] of kept)
          expect(Buffer.from(taken).equals(Buffer.from(expected, "latin1"))).toBe(true);
      },
    ),
    { numRuns: 60, seed: 4 },
  );
});

test("does not take what lies in its memory for lines", () => {
  const buffer = new LineBuffer();
  buffer.add(Buffer.alloc(2 ** 19, "\n"));
  expect(buffer.hasLines(2 ** 19)).toBe(true);
  buffer.takeAll();
  buffer.add(Buffer.from("no end"));
  expect(buffer.hasLines(1)).toBe(false);
  expect(buffer.lastLine).toBe(6);
});
