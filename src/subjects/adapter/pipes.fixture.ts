/** Standard input and output as the adapters of the tests use them: one thing after the other, nothing in between. */
import { readSync, writeSync } from "node:fs";

/** Every line of standard input, without its end, as it comes. */
export function* requests(): Generator<string> {
  const chunk = new Uint8Array(1 << 16);
  let rest = "";
  for (let size = readSync(0, chunk); size > 0; size = readSync(0, chunk)) {
    const lines = (rest + Buffer.from(chunk.subarray(0, size)).toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** Writes all of it to standard output. */
export function print(bytes: string | Uint8Array): void {
  const all = Buffer.from(bytes);
  for (let done = 0; done < all.length; ) done += writeSync(1, all, done);
}
