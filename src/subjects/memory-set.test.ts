import { describe, expect, test } from "vitest";
import { MockPageTable } from "../memory/mock.ts";
import { virtAddr } from "../trace/address.ts";
import { requestsIn } from "../trace/literal.fixture.ts";
import { Observation } from "../trace/observation.ts";
import { printAnswer, printArea, printFlags } from "../trace/print.ts";
import { memorySetSubject } from "./memory-set.ts";
import type { Subject } from "./subject.ts";

const SPACE = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };

/** What an instance answers to the last request, and what it shows then. */
function carriedOut(lines: readonly string[], subject: Subject = memorySetSubject()) {
  const instance = subject.create(SPACE);
  const answers = requestsIn(...lines).map((request) => printAnswer(instance.apply(request)));
  const observed = new Observation();
  instance.observe(observed);
  const areas = Array.from({ length: observed.areaCount }, (_, index) => {
    const [start, end] = [observed.areaStarts[index] ?? 0, observed.areaEnds[index] ?? 0];
    const flags = observed.areaFlags[index] ?? 0;
    return printArea({ start: virtAddr(start), end: virtAddr(end), flags, backend: { kind: "mock" } });
  });
  const pages = Array.from({ length: observed.pageCount }, (_, index) => index).flatMap((index) => {
    const flags = printFlags(observed.pageFlags[index] ?? 0);
    return Array.from({ length: observed.pageCounts[index] ?? 0 }, (_, at) => {
      return `0x${((observed.pageAddrs[index] ?? 0) + at * SPACE.page).toString(16)}:${flags}`;
    });
  });
  return {
    answer: answers.at(-1),
    areas: areas.join(";"),
    pages: pages.join(";"),
    injected: observed.injected,
  };
}

const MAPPED = ["map 0x1000 0x2000 rwu mock", "map 0x4000 0x1000 - mock"];

describe("every request is answered by the stack", () => {
  test.each([
    ["map 0x3000 0x1000 r mock", "ok"],
    ["map 0x0 0x0 r mock", "err InvalidParam"],
    ["map 0x2000 0x1000 r mock", "err AlreadyExists"],
    ["map 0x2000 0x1000 r mock replace", "ok"],
    ["map 0x0 0x1000 r mock !backend=0", "err BadState"],
    ["unmap 0x0 0x8000", "ok"],
    ["unmap 0xffffffffff000 0x1000", "err InvalidParam"],
    ["protect 0x0 0x8000 x", "ok"],
    ["protect 0x0 0x8000 x !backend=0", "err BadState"],
    ["clear", "ok"],
    ["areas", "ok 0x1000-0x3000 rwu mock;0x4000-0x5000 - mock"],
    ["pages", "ok 0x1000:rwu;0x2000:rwu;0x4000:-"],
    ["injected", "ok 0"],
    ["find 0x2fff", "ok 0x1000-0x3000 rwu mock"],
    ["find 0x3000", "ok none"],
    ["overlaps 0x3000 0x1000", "ok false"],
    ["overlaps 0x3000 0x2000", "ok true"],
    ["find-free 0x0 0x1000 0x0-0x10000 0x1000", "ok 0x0"],
    ["find-free 0x1000 0x2000 0x0-0x10000 0x2000", "ok 0x6000"],
    ["find-free 0x1000 0x2000 0x0-0x6000 0x1000", "ok none"],
    ["fault 0x1000 r", "err Unsupported"],
    ["access 0x1000 r", "err Unsupported"],
    ["write 0x1000 00", "err Unsupported"],
    ["store 0x1000 00", "err Unsupported"],
    ["load 0x1000 0x1", "err Unsupported"],
    ["frames", "err Unsupported"],
    ["translate 0x1000", "err Unsupported"],
    ["read 0x1000 0x1", "err Unsupported"],
    ["can-access 0x1000 0x1000 r", "err Unsupported"],
  ])("%s: %s", (line, answer) => {
    expect(carriedOut([...MAPPED, line]).answer).toBe(answer);
  });
});

test("what shows is every area and every page", () => {
  expect(carriedOut(MAPPED)).toEqual({
    answer: "ok",
    areas: "0x1000-0x3000 rwu mock;0x4000-0x5000 - mock",
    pages: "0x1000:rwu;0x2000:rwu;0x4000:-",
    injected: 0,
  });
});

test("protect leaves u, d and n, and areas whose r, w and x are right", () => {
  expect(carriedOut([...MAPPED, "protect 0x2000 0x3000 rwd"]).areas).toBe(
    "0x1000-0x3000 rwu mock;0x4000-0x5000 rw mock",
  );
});

describe("an injected failure", () => {
  test("fires in its command alone, and is counted until the next one", () => {
    const failed = [...MAPPED, "clear !backend=1"];
    expect(carriedOut(failed)).toMatchObject({
      answer: "err BadState",
      areas: "0x4000-0x5000 - mock",
      injected: 1,
    });
    expect(carriedOut([...failed, "injected"])).toMatchObject({ answer: "ok 1", injected: 1 });
    expect(carriedOut([...failed, "clear"])).toMatchObject({ answer: "ok", areas: "", injected: 0 });
    expect(carriedOut([...failed, "clear", "injected"]).answer).toBe("ok 0");
  });

  test("that doesn't fire is forgotten", () => {
    expect(carriedOut([...MAPPED, "unmap 0x8000 0x1000 !backend=0", "clear"])).toMatchObject({
      areas: "",
      injected: 0,
    });
  });
});

test("instances share nothing", () => {
  const subject = memorySetSubject();
  const [map] = requestsIn("map 0x0 0x1000 r mock");
  const [one, other] = [subject.create(SPACE), subject.create(SPACE)];
  if (map)
    expect([one.apply(map), other.apply(map)].map((answer) => printAnswer(answer))).toEqual(["ok", "ok"]);
});

test("parts can be replaced, one or more", () => {
  class Full extends MockPageTable {
    override map(): boolean {
      return false;
    }
  }
  const full = memorySetSubject({ pageTable: (pageSize) => new Full(pageSize) });
  expect(carriedOut(["map 0x0 0x1000 r mock"], full)).toMatchObject({
    answer: "err BadState",
    areas: "",
    pages: "",
  });
  const stubborn = memorySetSubject({ updateFlags: () => undefined });
  expect(carriedOut([...MAPPED, "protect 0x0 0x8000 x"], stubborn).areas).toBe(carriedOut(MAPPED).areas);
});
