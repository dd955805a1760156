import { describe, expect, test } from "vitest";
import { STACK } from "../subjects/registry.ts";
import { virtAddr } from "../trace/address.ts";
import { inFormat } from "./options.ts";
import { choosesSpace, spaceArguments, spaceOf } from "./space-options.ts";

const { "address-space": ADDRESS_SPACE, "memory-set": MEMORY_SET } = STACK;

describe("a format", () => {
  test("is that of the subject unless one is asked for", () => {
    expect(inFormat(ADDRESS_SPACE, undefined)).toEqual({ ok: true, value: ADDRESS_SPACE });
    expect(inFormat(MEMORY_SET, undefined)).toEqual({ ok: true, value: MEMORY_SET });
  });

  test("is the one that is asked for", () => {
    const target = inFormat(ADDRESS_SPACE, "ept");
    expect(target).toMatchObject({ ok: true, value: { name: "address-space", format: "ept" } });
  });

  test("can't be asked for where there is no choice", () => {
    const { inFormat: _, ...known } = ADDRESS_SPACE;
    const alone = { ...known, name: "defect:x", format: "sv39" } as const;
    expect(inFormat(alone, "ept")).toEqual({
      ok: false,
      error:
        "--format ept can't be used with --subject defect:x: defect:x is about sv39 alone; leave --format out",
    });
  });
});

describe("a space", () => {
  const { hello } = ADDRESS_SPACE.subject;

  test("has 16 pages at 0 and no limit of frames unless told otherwise", () => {
    const usual = { base: 0, size: 0x10000, page: 0x1000, frames: 0 };
    expect(spaceOf({}, hello)).toEqual({ ok: true, value: usual });
    expect(spaceOf({ page: 0x1000 }, hello)).toEqual({ ok: true, value: usual });
  });

  test("is what the options say", () => {
    const options = { pages: 3, base: virtAddr(0x5000), frames: 9 };
    const space = { base: virtAddr(0x5000), size: 0x3000, page: 0x1000, frames: 9 };
    expect(spaceOf(options, hello)).toEqual({ ok: true, value: space });
    const args = ["--pages", "3", "--base", "0x5000", "--frames", "9"];
    expect(spaceArguments(space, hello)).toEqual(args);
  });

  test("has another size of page on the memory-set surface", () => {
    const chosen = spaceOf({ pages: 3, page: 0x80 }, MEMORY_SET.subject.hello);
    expect(chosen).toEqual({ ok: true, value: { base: 0, size: 0x180, page: 0x80, frames: 0 } });
    const space = { base: virtAddr(0), size: 0x180, page: 0x80, frames: 0 };
    expect(spaceArguments(space, MEMORY_SET.subject.hello)).toEqual(["--pages", "3", "--page", "0x80"]);
  });

  test.each([
    [false, {}],
    [false, { page: 0x1000 }],
    [true, { pages: 16 }],
    [true, { base: virtAddr(0) }],
    [true, { frames: 0 }],
  ])("is chosen: %j by %j", (chosen, options) => {
    expect(choosesSpace(options)).toBe(chosen);
  });
});
