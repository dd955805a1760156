import { describe, expect, test } from "vitest";
import { virtAddr } from "../trace/address.ts";
import { FORMAT_NAMES } from "../trace/hardware.ts";
import { Observation } from "../trace/observation.ts";
import { DEFAULT_FORMAT, DEFAULT_SUBJECT, DEFECTS, findSubject, STACK, SUBJECTS } from "./registry.ts";
import { ADDRESS_SPACE_DEFECTS } from "./space-defects/all.ts";

describe("the subjects", () => {
  test("are the stack on each surface, and after it every planted defect", () => {
    expect(SUBJECTS.map(({ name }) => name)).toEqual([
      "address-space",
      "memory-set",
      ...[...DEFECTS, ...ADDRESS_SPACE_DEFECTS].map(({ name }) => `defect:${name}`),
    ]);
  });

  test("have names that can be typed", () => {
    for (const { name } of SUBJECTS) expect(name).toMatch(/^(defect:)?[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  test("are told apart in a line each", () => {
    expect(new Set(SUBJECTS.map(({ summary }) => summary)).size).toBe(SUBJECTS.length);
    for (const { summary } of SUBJECTS) expect(summary).toMatch(/^[^\n]{10,100}[^\n.]$/);
  });

  test("offer the surface that they are listed under", () => {
    for (const { surface, subject } of SUBJECTS) expect(subject.hello.surface).toBe(surface);
  });

  test("are the address space unless told otherwise", () => {
    expect(DEFAULT_SUBJECT).toMatchObject({ name: "address-space", format: DEFAULT_FORMAT });
    for (const [surface, subject] of Object.entries(STACK)) expect(subject.surface).toBe(surface);
  });

  test("are found by their names, and by nothing else", () => {
    for (const subject of SUBJECTS) expect(findSubject(subject.name)).toBe(subject);
    for (const name of ["", "defect:", "memory-set ", "touching-overlaps", "toString"]) {
      expect(findSubject(name)).toBeUndefined();
    }
  });
});

describe("formats of page tables", () => {
  test.each(FORMAT_NAMES)("the address space has them as %s", (format) => {
    const subject = DEFAULT_SUBJECT.inFormat?.(format);
    expect(subject).toMatchObject({ name: "address-space", surface: "address-space", format });
    const space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };
    const observed = new Observation();
    subject?.subject.create(space).observe(observed);
    expect(observed.hardware?.format).toBe(format);
    expect(subject?.inFormat?.(DEFAULT_FORMAT)).toMatchObject({ format: DEFAULT_FORMAT });
  });

  test("a defect that lives in one has no other", () => {
    for (const { name, format } of ADDRESS_SPACE_DEFECTS) {
      const subject = findSubject(`defect:${name}`);
      expect(subject?.format, name).toBe(format ?? DEFAULT_FORMAT);
      expect(subject?.inFormat === undefined, name).toBe(format !== undefined);
      const other = subject?.inFormat?.("ept");
      if (other)
        expect(other).toMatchObject({ name: `defect:${name}`, format: "ept", killedBy: subject?.killedBy });
    }
  });

  test("the memory-set surface has none", () => {
    for (const subject of SUBJECTS.filter(({ surface }) => surface === "memory-set")) {
      expect(subject).not.toHaveProperty("format");
      expect(subject).not.toHaveProperty("inFormat");
    }
  });
});

describe("the planted defects", () => {
  test("are many", () => {
    expect(DEFECTS.length).toBeGreaterThanOrEqual(16);
    expect(ADDRESS_SPACE_DEFECTS.length).toBeGreaterThanOrEqual(30);
  });

  test("say which check must catch them", () => {
    for (const { name, killedBy } of [...DEFECTS, ...ADDRESS_SPACE_DEFECTS])
      expect(findSubject(`defect:${name}`)?.killedBy).toBe(killedBy);
    for (const subject of Object.values(STACK)) expect(subject).not.toHaveProperty("killedBy");
  });

  test("replace one part of the stack each, and sometimes what has to tell it when", () => {
    for (const { name, parts } of [...DEFECTS, ...ADDRESS_SPACE_DEFECTS]) {
      expect([1, 2], name).toContain(Object.keys(parts).length);
    }
  });
});
