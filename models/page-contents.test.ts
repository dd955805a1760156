import { expect, test } from "vitest";
import { PageContents } from "./page-contents.ts";

const BYTES = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);

test("a content is zeros until something is put there", () => {
  const contents = new PageContents(256);
  const content = contents.take();
  expect(contents.wordsOf(content)).toEqual(new Uint32Array(64));
  contents.put(content, 5, BYTES, 2, 3);
  expect([3, 4, 5, 6, 7, 8].map((offset) => contents.byteAt(content, offset))).toEqual([0, 0, 3, 4, 5, 0]);
  expect(contents.wordsOf(content)?.[1]).toBe(0x05040300);
});

test("no content is zeros, and nothing can be put there", () => {
  const contents = new PageContents(256);
  contents.put(0, 0, BYTES, 0, 8);
  expect(contents.byteAt(0, 0)).toBe(0);
  expect(contents.wordsOf(0)).toBeUndefined();
  expect(contents.touched).toEqual([]);
});

test("each has a place of its own, and none keeps what another left", () => {
  const contents = new PageContents(256);
  const [a, b] = [contents.take(), contents.take()];
  contents.put(a, 0, BYTES, 0, 8);
  contents.put(b, 0, BYTES, 4, 4);
  expect([contents.byteAt(a, 0), contents.byteAt(b, 0)]).toEqual([1, 5]);
  contents.release(a);
  const c = contents.take();
  expect([contents.byteAt(c, 0), contents.byteAt(b, 0)]).toEqual([0, 5]);
});

test("lines that were written to are known once each, in whatever page", () => {
  const contents = new PageContents(256);
  const [a, b] = [contents.take(), contents.take()];
  contents.put(a, 70, BYTES, 0, 1);
  contents.put(b, 60, BYTES, 0, 5);
  expect(contents.touched).toEqual([64, 0]);
  contents.put(b, 191, BYTES, 0, 2);
  expect(contents.touched).toEqual([64, 0, 128, 192]);
});

test("a cleared one begins anew", () => {
  const contents = new PageContents(256);
  const content = contents.take();
  contents.put(content, 0, BYTES, 0, 8);
  contents.release(contents.take());
  contents.clear();
  expect(contents.touched).toEqual([]);
  const [a, b] = [contents.take(), contents.take()];
  expect(a).not.toBe(b);
  expect([contents.byteAt(a, 0), contents.byteAt(b, 0)]).toEqual([0, 0]);
  contents.put(a, 0, BYTES, 0, 1);
  expect(contents.touched).toEqual([0]);
  contents.clear();
  contents.clear();
  expect(contents.take()).toBe(1);
});

test("a snapshot brings contents back, also what was written to lines that nobody had touched, and as often as need be", () => {
  const contents = new PageContents(256);
  const [a, b] = [contents.take(), contents.take()];
  contents.put(a, 0, BYTES, 0, 4);
  contents.put(b, 200, BYTES, 0, 8);
  contents.release(b);
  const restore = contents.snapshot();
  const seen = () => [0, 3, 64, 100, 200].map((offset) => contents.byteAt(a, offset));
  const before = seen();
  expect(before).toEqual([1, 4, 0, 0, 0]);
  for (const offset of [0, 64, 100, 200]) {
    const c = contents.take();
    expect([c, contents.byteAt(c, 200)]).toEqual([b, 0]);
    contents.put(a, offset, BYTES, 3, 5);
    contents.put(c, offset, BYTES, 0, 5);
    contents.put(contents.take(), offset, BYTES, 0, 5);
    contents.release(a);
    expect(seen()).not.toEqual(before);
    restore();
    expect(seen()).toEqual(before);
  }
});
