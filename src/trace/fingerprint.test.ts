import fc from "fast-check";
import { expect, test } from "vitest";
import { Fingerprint } from "./fingerprint.ts";

function of(...numbers: readonly number[]): Fingerprint {
  const fingerprint = new Fingerprint();
  for (const number of numbers) fingerprint.number(number);
  return fingerprint;
}

test("different numbers are different bytes, however many there are", () => {
  const numbers = fc.array(fc.oneof(fc.maxSafeNat(), fc.nat(300)), { maxLength: 30 });
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const same = a.length === b.length && a.every((number, index) => number === b[index]);
      expect(of(...a).equals(of(...b))).toBe(same);
    }),
  );
});

test("bytes are added as they are, also when there are many", () => {
  const fingerprint = new Fingerprint();
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 256);
  fingerprint.byte(7);
  fingerprint.add(bytes);
  expect(fingerprint.bytes.subarray(0, fingerprint.length)).toEqual(Uint8Array.of(7, ...bytes));
  fingerprint.reset();
  expect(fingerprint.length).toBe(0);
});

test.each([-1, 256, 1.5, Number.NaN])("%d is no byte", (value) => {
  expect(() => new Fingerprint().byte(value)).toThrow(RangeError);
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%d is no number", (value) => {
  expect(() => of(value)).toThrow(RangeError);
});
