import { describe, expect, test } from "vitest";
import { ADDRESS_LIMIT, virtAddr } from "../trace/address.ts";
import { READ, RWX, WRITE } from "../trace/flags.ts";
import { MemoryArea } from "./area.ts";
import { MockBackend, MockPageTable } from "./mock.ts";

const at = virtAddr;

/** An area of the four pages from 0x2000 on, mapped. */
function mapped() {
  const pageTable = new MockPageTable(0x1000);
  const area = new MemoryArea(at(0x2000), 0x4000, READ, new MockBackend());
  expect(area.mapArea(pageTable)).toEqual({ ok: true });
  return { area, pageTable };
}

function pages(pageTable: MockPageTable): [number, number][] {
  const found: [number, number][] = [];
  pageTable.forEachPage((addr, flags) => found.push([addr, flags]));
  return found;
}

test("an area says what it was made of", () => {
  const backend = new MockBackend();
  const area = new MemoryArea(at(0x2000), 0x4000, READ, backend);
  expect(area.vaRange).toEqual({ start: 0x2000, end: 0x6000 });
  expect([area.start, area.end, area.size, area.flags]).toEqual([0x2000, 0x6000, 0x4000, READ]);
  expect(area.backend).toBe(backend);
});

test("an area that cannot be mapped can be made", () => {
  expect(new MemoryArea(at(0x1000), 0, READ, new MockBackend()).size).toBe(0);
  expect(new MemoryArea(at(0x1000), ADDRESS_LIMIT, READ, new MockBackend()).size).toBe(ADDRESS_LIMIT);
});

describe("the whole area", () => {
  test("is mapped, protected and unmapped", () => {
    const { area, pageTable } = mapped();
    expect(pages(pageTable)).toEqual([0x2000, 0x3000, 0x4000, 0x5000].map((addr) => [addr, READ]));
    expect(area.protectArea(RWX, pageTable)).toEqual({ ok: true });
    expect(area.flags).toBe(RWX);
    expect(pages(pageTable).map(([, flags]) => flags)).toEqual([RWX, RWX, RWX, RWX]);
    expect(area.unmapArea(pageTable)).toEqual({ ok: true });
    expect(pageTable.pageCount).toBe(0);
  });

  test("stays as it was when the backend fails", () => {
    const { area, pageTable } = mapped();
    pageTable.failAfter(0);
    const badState = { ok: false, error: "BadState" };
    expect(area.mapArea(pageTable)).toEqual(badState);
    expect(area.protectArea(RWX, pageTable)).toEqual(badState);
    expect(area.unmapArea(pageTable)).toEqual(badState);
    expect(area.shrinkLeft(0x1000, pageTable)).toEqual(badState);
    expect(area.shrinkRight(0x1000, pageTable)).toEqual(badState);
    expect([area.start, area.end, area.flags]).toEqual([0x2000, 0x6000, READ]);
    expect(pageTable.fired).toBe(5);
  });
});

describe("shrinking", () => {
  test("at the left keeps the last bytes", () => {
    const { area, pageTable } = mapped();
    expect(area.shrinkLeft(0x1000, pageTable)).toEqual({ ok: true });
    expect(area.vaRange).toEqual({ start: 0x5000, end: 0x6000 });
    expect(pages(pageTable)).toEqual([[0x5000, READ]]);
  });

  test("at the right keeps the first bytes", () => {
    const { area, pageTable } = mapped();
    expect(area.shrinkRight(0x3000, pageTable)).toEqual({ ok: true });
    expect(area.vaRange).toEqual({ start: 0x2000, end: 0x5000 });
    expect(pages(pageTable).map(([addr]) => addr)).toEqual([0x2000, 0x3000, 0x4000]);
  });

  test.each([0, -0x1000, 0x4000, 0x5000, Number.NaN])("to %d bytes is refused", (newSize) => {
    const { area, pageTable } = mapped();
    const refused = { ok: false, error: "InvalidParam" };
    expect(area.shrinkLeft(newSize, pageTable)).toEqual(refused);
    expect(area.shrinkRight(newSize, pageTable)).toEqual(refused);
    expect(area.vaRange).toEqual({ start: 0x2000, end: 0x6000 });
    expect(pageTable.pageCount).toBe(4);
  });
});

describe("splitting", () => {
  test("gives the right part, with a backend of its own", () => {
    const { area } = mapped();
    const right = area.split(at(0x3000));
    expect(area.vaRange).toEqual({ start: 0x2000, end: 0x3000 });
    expect(right?.vaRange).toEqual({ start: 0x3000, end: 0x6000 });
    expect(right?.flags).toBe(READ);
    expect(right?.backend).toBeInstanceOf(MockBackend);
  });

  test.each([0x1000, 0x2000, 0x6000, 0x7000])("at %d, where one part would be empty, does nothing", (pos) => {
    const { area } = mapped();
    expect(area.split(at(pos))).toBeUndefined();
    expect(area.vaRange).toEqual({ start: 0x2000, end: 0x6000 });
  });

  test("a part leaves the area as it was", () => {
    const { area } = mapped();
    area.setFlags(WRITE);
    const middle = area.part(at(0x3000), at(0x5000));
    expect([middle.start, middle.end, middle.flags]).toEqual([0x3000, 0x5000, WRITE]);
    expect(area.vaRange).toEqual({ start: 0x2000, end: 0x6000 });
  });
});
