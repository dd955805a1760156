import { expect, test } from "vitest";
import { parseRequest } from "./parse-request.ts";
import { isCommand, OPS } from "./request.ts";

test("commands are those that can carry a failure to inject, and they come first", () => {
  const texts = [
    "map 0x0 0x1 r mock",
    "unmap 0x0 0x1",
    "protect 0x0 0x1 r",
    "clear",
    "fault 0x0 r",
    "access 0x0 r",
    "write 0x0 00",
    "store 0x0 00",
    "load 0x0 1",
    "areas",
    "pages",
    "frames",
    "injected",
    "find 0x0",
    "translate 0x0",
    "overlaps 0x0 0x1",
    "read 0x0 1",
    "find-free 0x0 0x1 0x0-0x1 0x1",
    "can-access 0x0 0x1 r",
  ];
  for (const [index, text] of texts.entries()) {
    const request = parseRequest(text);
    expect(request).toMatchObject({ ok: true, value: { op: OPS[index] } });
    expect(request.ok && isCommand(request.value)).toBe(index < 9);
    expect(parseRequest(`${text} !frame=0`).ok).toBe(index < 9);
  }
  expect(texts.length).toBe(OPS.length);
});
