import { describe, expect, test } from "vitest";
import { ADDRESS_LIMIT } from "./address.ts";
import { requestsIn } from "./literal.fixture.ts";
import { OPS } from "./request.ts";
import { isRequest } from "./request-schema.ts";

/** One request a verb, and what else a verb can look like. */
const REQUESTS = requestsIn(
  "map 0x1000 0x2000 rw mock",
  "map 0x0 0x0 - linear:0xffffffffff000 replace",
  "map 0x0 0x1000 rwxudn alloc:eager !frame=0",
  "map 0x0 0x1000 r alloc:lazy replace !backend=7",
  "unmap 0xfffffffffffff 0x10000000000000",
  "unmap 0x0 0x1000 !backend=1",
  "protect 0x0 0x1000 rx",
  "clear",
  "clear !backend=0",
  "fault 0x1234 r",
  "access 0x0 rwx",
  "write 0x0 00ff",
  "store 0x0 01",
  "load 0x0 0x8",
  "areas",
  "pages",
  "frames",
  "injected",
  "find 0x0",
  "translate 0xfff",
  "overlaps 0x0 0x1000",
  "read 0x0 0x8",
  "find-free 0x1000 0x2000 0x0-0x10000 0x1000",
  "can-access 0x0 0x1000 w",
);

/** What the values of any request may not be replaced by. */
const NO_VALUES = [
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  "0x1000",
  null,
  undefined,
  [],
  {},
  1n,
];

describe("a request", () => {
  test.each(REQUESTS.map((request) => [JSON.stringify(request), request] as const))(
    "%s",
    (_text, request) => {
      expect(isRequest(request)).toBe(true);
    },
  );

  test("of every verb", () => {
    expect(new Set(REQUESTS.map(({ op }) => op))).toEqual(new Set(OPS));
  });

  test("that was read from JSON, but for its bytes", () => {
    for (const request of REQUESTS) {
      expect(isRequest(JSON.parse(JSON.stringify(request)))).toBe(!("bytes" in request));
    }
  });
});

describe("no request", () => {
  test.each(REQUESTS.map((request) => [JSON.stringify(request), request] as const))(
    "%s, changed",
    (_text, request) => {
      for (const key of Object.keys(request)) {
        const { [key]: _, ...rest }: Record<string, unknown> = { ...request };
        // Only an injection can be left out.
        expect(isRequest(rest), `without ${key}`).toBe(key === "inject");
        for (const value of NO_VALUES) {
          const allowed = key === "inject" && value === undefined;
          expect(isRequest({ ...request, [key]: value }), `${key} is ${String(value)}`).toBe(allowed);
        }
      }
      expect(isRequest({ ...request, more: 1 })).toBe(false);
    },
  );

  test.each<unknown>([
    undefined,
    null,
    0,
    "clear",
    [],
    [{ op: "clear" }],
    {},
    { op: "" },
    { op: "Clear" },
    { op: "reset" },
    { op: ["clear"] },
    { op: "clear", inject: { kind: "backend" } },
    { op: "clear", inject: { kind: "backend", after: -1 } },
    { op: "clear", inject: { kind: "backend", after: 0.5 } },
    { op: "clear", inject: { kind: "network", after: 0 } },
    { op: "clear", inject: { kind: "backend", after: 0, more: 1 } },
    { op: "areas", inject: { kind: "backend", after: 0 } },
    { op: "find", addr: ADDRESS_LIMIT },
    { op: "unmap", start: ADDRESS_LIMIT, size: 0 },
    { op: "unmap", start: 0, size: ADDRESS_LIMIT + 2 },
    { op: "fault", addr: 0, access: 0 },
    { op: "fault", addr: 0, access: 8 },
    { op: "protect", start: 0, size: 0, flags: 64 },
    { op: "map", start: 0, size: 1, flags: 0, backend: { kind: "linear" }, replace: false },
    { op: "map", start: 0, size: 1, flags: 0, backend: { kind: "mock", physical: 0 }, replace: false },
    { op: "find-free", hint: 0, size: 1, limit: { start: 0 }, align: 1 },
    { op: "find-free", hint: 0, size: 1, limit: { start: 0, end: ADDRESS_LIMIT }, align: 1 },
  ])("%j", (value) => {
    expect(isRequest(value)).toBe(false);
  });
});
