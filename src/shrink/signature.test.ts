import { describe, expect, test } from "vitest";
import type { Finding } from "../trace/finding.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import type { Counterexample } from "./same-finding.ts";
import { roughSignatureOf, signatureOf } from "./signature.ts";

const FINDING: Finding = {
  kind: "invariant",
  check: "areas",
  at: 1,
  expected: "a",
  observed: "b",
  answer: "ok",
};

/** A counterexample that shows at its last request. */
function shown(lines: readonly string[], changes: Partial<Finding> = {}): Counterexample {
  return { requests: requestsIn(...lines), finding: { ...FINDING, at: lines.length - 1, ...changes } };
}

const HOLE = shown(["map 0x0 0x3000 r mock", "unmap 0x1000 0x1000"]);

test("a signature is text that tells people what it is about", () => {
  expect(signatureOf(HOLE)).toBe("areas ok map[0-3] unmap[1-2]");
  expect(signatureOf(shown(["map 0x0 0x1000 r mock replace !backend=3", "clear !frame=0", "find 0x0"]))).toBe(
    "areas ok map+replace!backend[0-1] clear!frame find",
  );
  expect(roughSignatureOf(HOLE)).toBe("areas ok unmap");
  expect(roughSignatureOf(shown(["map 0x0 0x1000 r mock replace !backend=3"]))).toBe(
    "areas ok map+replace!backend",
  );
});

describe("findings are the same", () => {
  test.each<[what: string, other: Counterexample]>([
    ["elsewhere", shown(["map 0x8000000005000 0x3000 r mock", "unmap 0x8000000006000 0x1000"])],
    ["with larger ranges", shown(["map 0x0 0x9000 r mock", "unmap 0x4000 0x3000"])],
    ["with other flags", shown(["map 0x0 0x3000 rwx mock", "unmap 0x1000 0x1000"])],
    ["with another backend", shown(["map 0x0 0x3000 r alloc:lazy", "unmap 0x1000 0x1000"])],
    [
      "with other values",
      shown(["map 0x0 0x3000 r mock", "unmap 0x1000 0x1000"], { expected: "c", observed: "d" }),
    ],
    ["with something behind", shown(["map 0x0 0x3000 r mock", "unmap 0x1000 0x1000", "clear"], { at: 1 })],
  ])("%s", (_what, other) => {
    expect(signatureOf(other)).toBe(signatureOf(HOLE));
  });

  test("after another number of calls that succeed", () => {
    const failing = (after: number) => shown([`map 0x0 0x1000 r mock !backend=${after}`]);
    expect(signatureOf(failing(0))).toBe(signatureOf(failing(7)));
  });
});

describe("findings are different", () => {
  test.each<[what: string, other: Counterexample]>([
    ["by the check", shown(["map 0x0 0x3000 r mock", "unmap 0x1000 0x1000"], { check: "pages" })],
    ["by the answer", shown(["map 0x0 0x3000 r mock", "unmap 0x1000 0x1000"], { answer: "BadState" })],
    ["by the last verb", shown(["map 0x0 0x3000 r mock", "protect 0x1000 0x1000 r"])],
    ["by an earlier verb", shown(["protect 0x0 0x3000 r", "unmap 0x1000 0x1000"])],
    ["by how many there are", shown(["clear", "map 0x0 0x3000 r mock", "unmap 0x1000 0x1000"])],
    ["by where the range lies: at its start", shown(["map 0x0 0x3000 r mock", "unmap 0x0 0x1000"])],
    ["at its end", shown(["map 0x0 0x3000 r mock", "unmap 0x2000 0x1000"])],
    ["all of it", shown(["map 0x0 0x3000 r mock", "unmap 0x0 0x3000"])],
    ["over its end", shown(["map 0x0 0x3000 r mock", "unmap 0x2000 0x2000"])],
    ["beside it", shown(["map 0x0 0x3000 r mock", "unmap 0x3000 0x1000"])],
    ["with nothing in it", shown(["map 0x0 0x3000 r mock", "unmap 0x1000 0x0"])],
    ["by replacing", shown(["map 0x0 0x3000 r mock replace", "unmap 0x1000 0x1000"])],
    ["by a failure", shown(["map 0x0 0x3000 r mock", "unmap 0x1000 0x1000 !backend=0"])],
    ["by when it shows", shown(["map 0x0 0x3000 r mock", "unmap 0x1000 0x1000"], { at: 0 })],
  ])("%s", (_what, other) => {
    expect(signatureOf(other)).not.toBe(signatureOf(HOLE));
  });

  test("by the kind of the failure", () => {
    expect(signatureOf(shown(["clear !frame=0"]))).not.toBe(signatureOf(shown(["clear !backend=0"])));
  });
});

test("what is not shrunk yet is told apart by the request that it shows at, alone", () => {
  const longer = shown(["clear", "map 0x0 0x1000 r mock replace", "unmap 0x0 0x0", "areas"], { at: 2 });
  expect(roughSignatureOf(longer)).toBe(roughSignatureOf(HOLE));
  for (const changes of [{ check: "pages" }, { answer: "panic" }, { at: 0 }] as const) {
    expect(roughSignatureOf({ ...HOLE, finding: { ...HOLE.finding, ...changes } })).not.toBe(
      roughSignatureOf(HOLE),
    );
  }
  expect(roughSignatureOf(shown(["unmap 0x0 0x0 !backend=0"]))).not.toBe(roughSignatureOf(HOLE));
});
