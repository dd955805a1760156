import { describe, expect, test } from "vitest";
import { DEFAULT_SUBJECT, DEFECTS, findSubject, SUBJECTS } from "./registry.ts";

describe("the subjects", () => {
  test("are the stack, and after it every planted defect", () => {
    expect(SUBJECTS.map(({ name }) => name)).toEqual([
      DEFAULT_SUBJECT,
      ...DEFECTS.map(({ name }) => `defect:${name}`),
    ]);
  });

  test("have names that can be typed", () => {
    for (const { name } of SUBJECTS) expect(name).toMatch(/^(defect:)?[a-z]+(-[a-z]+)*$/);
  });

  test("are told apart in a line each", () => {
    expect(new Set(SUBJECTS.map(({ summary }) => summary)).size).toBe(SUBJECTS.length);
    for (const { summary } of SUBJECTS) expect(summary).toMatch(/^[^\n]{10,100}[^\n.]$/);
  });

  test("offer the surface that they are listed under", () => {
    for (const { surface, subject } of SUBJECTS) expect(subject.hello.surface).toBe(surface);
  });

  test("are found by their names, and by nothing else", () => {
    for (const subject of SUBJECTS) expect(findSubject(subject.name)).toBe(subject);
    for (const name of ["", "defect:", "memory-set ", "touching-overlaps", "toString"]) {
      expect(findSubject(name)).toBeUndefined();
    }
  });
});

describe("the planted defects", () => {
  test("are many", () => {
    expect(DEFECTS.length).toBeGreaterThanOrEqual(16);
  });

  test("say which check must catch them", () => {
    for (const { name, killedBy } of DEFECTS) expect(findSubject(`defect:${name}`)?.killedBy).toBe(killedBy);
    expect(findSubject(DEFAULT_SUBJECT)).not.toHaveProperty("killedBy");
  });

  test("replace one part of the stack each", () => {
    for (const { name, parts } of DEFECTS) expect(Object.keys(parts), name).toHaveLength(1);
  });
});
