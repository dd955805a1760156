import { describe, expect, test } from "vitest";
import { ADDRESS_SPACE_HELLO, LARGE_TERMS, SMALL_TERMS } from "./address-space.fixture.ts";
import { areTellable } from "./address-space-preconditions.ts";
import { READ } from "./flags.ts";
import { linesOf, requestsIn } from "./literal.fixture.ts";
import { findMisfit, misfitOfSpace, Preconditions } from "./preconditions.ts";
import { addressLimit, type Terms } from "./space.ts";

function misfit(lines: readonly string[], terms: Terms = SMALL_TERMS): string | undefined {
  const found = findMisfit(requestsIn(...lines), terms);
  if (found !== undefined) expect(found.at).toBe(lines.length - 1);
  return found?.reason;
}

describe("by itself", () => {
  test.each([
    "map 0x1000 0x2000 rwxud alloc:eager replace !frame=0",
    "map 0x1800 0x1 - alloc:lazy",
    "map 0x0 0x0 - alloc:lazy",
    "map 0x20000 0x1000000 rx alloc:eager",
    "map 0x0 0x800000000000 r alloc:lazy",
    "map 0xfffffffff000 0x10000000000000 r alloc:lazy",
    "map 0x0 0x1000 r linear:0x3ffffffff000",
    "map 0x0 0x1000 r linear:0x801",
    "unmap 0x1 0x1",
    "unmap 0x0 0x0 !backend=0",
    "unmap 0xfffffffff000 0x1000",
    "protect 0x801 0x7ff rxn",
    "clear !frame=2",
    "fault 0x123 rwx !frame=0",
    "access 0xffffffffffff w",
    "write 0xfff 0102",
    "write 0xfffffffffffe 01020304",
    "store 0xffe 0102",
    "load 0x0 4096",
    "areas",
    "pages",
    "frames",
    "injected",
    "find 0xffffffffffff",
    "translate 0x123",
    "overlaps 0x123 0x1",
    "read 0xfff 8192",
    "find-free 0x123 0x801 0x7-0x1234 0x1000",
    "can-access 0x123 0x0 wx",
    "can-access 0xfffffffff000 0x1000 r",
  ])("%s can be asked", (line) => {
    expect(misfit([line])).toBeUndefined();
  });

  test.each([
    ["map 0x0 0x1000 r mock", "other surface"],
    ["map 0x0 0x1000 w alloc:lazy", "tell these flags apart"],
    ["map 0x0 0x1000 rdn alloc:lazy", "tell these flags apart"],
    ["map 0x0 0x1001000 r alloc:eager", "more than 4096 pages"],
    ["map 0x20000 0x1001000 r alloc:eager", "more than 4096 pages"],
    ["map 0x0 0x1001 r linear:0x3ffffffff000", "2^46"],
    ["map 0x1000000000000 0x1000 r alloc:lazy", "beyond the width"],
    ["map 0x7fffffffffff 0x2 r alloc:lazy", "middle"],
    ["unmap 0x7fffffffffff 0x2", "middle"],
    ["unmap 0x1000000000000 0x0", "beyond the width"],
    ["protect 0x7fffffffffff 0x2 r", "middle"],
    ["protect 0x0 0x1000 x", "tell these flags apart"],
    ["fault 0x1000000000000 r", "beyond the width"],
    ["access 0x1000000000000 r", "beyond the width"],
    ["write 0x7fffffffffff 0102", "middle"],
    ["store 0xfff 0102", "leaves the page"],
    ["store 0x1000000000000 01", "beyond the width"],
    ["load 0x1 4096", "leaves the page"],
    ["find 0x1000000000000", "beyond the width"],
    ["translate 0x1000000000000", "beyond the width"],
    ["overlaps 0x0 0x0", "more than 0 bytes"],
    ["overlaps 0xfffffffff000 0x1000", "end at an address"],
    ["overlaps 0x7fffffffffff 0x2", "middle"],
    ["read 0x7fffffffffff 2", "middle"],
    ["find-free 0x0 0x0 0x0-0x1000 0x1000", "more than 0 bytes"],
    ["find-free 0x0 0x1000 0x0-0x1000 0x800", "alignment"],
    ["find-free 0x0 0x1000 0x0-0x1000 0x3000", "alignment"],
    ["find-free 0x0 0x1000 0x1-0x0 0x1000", "start must not be after its end"],
    ["find-free 0x0 0x1000 0x0-0x1000000000000 0x1000", "beyond the width"],
    ["can-access 0x7fffffffffff 0x2 r", "middle"],
    ["can-access 0x1000000000000 0x0 r", "beyond the width"],
  ])("%s can't: %s", (line, reason) => {
    expect(misfit([line])).toContain(reason);
  });

  test("a read or write of no bytes, or of too many, can't be asked", () => {
    const [start, size] = [requestsIn("read 0x0 1"), requestsIn("write 0x0 01")];
    const none = start.map((request) => ({ ...request, size: 0 }));
    const many = size.map((request) => ({ ...request, bytes: new Uint8Array(8193) }));
    expect(findMisfit(none, SMALL_TERMS)?.reason).toContain("more than 0 bytes");
    expect(findMisfit(many, SMALL_TERMS)?.reason).toContain("more than 8192 bytes");
  });

  test("no flag, access or failure that isn't declared", () => {
    const terms = { ...SMALL_TERMS, hello: { ...ADDRESS_SPACE_HELLO, flags: READ, inject: [] } };
    for (const line of ["map 0x0 0x1000 rw alloc:lazy", "protect 0x0 0x1000 rx", "fault 0x0 w"]) {
      expect(misfit([line], terms)).toContain("flag");
    }
    for (const line of ["access 0x0 rx", "can-access 0x0 0x1000 x"])
      expect(misfit([line], terms)).toContain("flag");
    expect(misfit(["load 0x0 1 !frame=0"], terms)).toContain("inject");
    expect(misfit(["map 0x0 0x1000 r alloc:lazy"], terms)).toBeUndefined();
  });
});

describe("after what came before", () => {
  const LINEAR = "map 0x1000 0x1000 rw linear:0x80000000";

  test.each(["read 0xfff 2", "write 0x1fff 01", "store 0x1000 01", "load 0x1800 8"])(
    "%s isn't asked of a page that may be linear",
    (line) => {
      expect(misfit([LINEAR, line])).toContain("linear");
      expect(misfit([LINEAR, "unmap 0x1000 0x1000", line])).toBeUndefined();
      expect(misfit([LINEAR, "unmap 0x1000 0x1000 !backend=0", line])).toContain("linear");
      expect(misfit([line, LINEAR])).toBeUndefined();
    },
  );

  test.each(["access 0x1000 r", "fault 0x1000 w", "translate 0x1000", "can-access 0x1000 0x1000 r"])(
    "%s is",
    (line) => {
      expect(misfit([LINEAR, line])).toBeUndefined();
    },
  );

  test("at most 2^18 pages are mapped at once", () => {
    const full = "map 0x400000000000 0x40000000 r linear:0x0";
    const more = "map 0x402000000000 0x1000 r alloc:lazy";
    expect(misfit([full], LARGE_TERMS)).toBeUndefined();
    expect(misfit([full, more], LARGE_TERMS)).toContain("262144 pages");
    expect(misfit(["map 0x400000000000 0x40001000 r alloc:lazy"], LARGE_TERMS)).toContain("262144 pages");
    expect(misfit([full, "unmap 0x400000000000 0x1000", more], LARGE_TERMS)).toBeUndefined();
    expect(misfit([full, "unmap 0x400000000000 0x1000 !frame=0", more], LARGE_TERMS)).toContain("pages");
    // A map over what is there adds nothing, and one that is refused neither.
    expect(misfit([full, "map 0x400000000000 0x40000000 r alloc:lazy replace"], LARGE_TERMS)).toBeUndefined();
    expect(misfit([full, "map 0x402000000000 0x1001 r alloc:lazy"], LARGE_TERMS)).toBeUndefined();
  });

  test("and a new trace begins without it", () => {
    const preconditions = new Preconditions(SMALL_TERMS);
    const [map, load] = requestsIn(LINEAR, "load 0x1000 1");
    if (map === undefined || load === undefined) throw new Error("two requests");
    preconditions.note(map);
    expect(preconditions.misfitOf(load)).toContain("linear");
    preconditions.reset();
    expect(preconditions.misfitOf(load)).toBeUndefined();
  });
});

test("the combinations of flags are those of the contract", () => {
  const tellable = Array.from({ length: 64 }, (_, flags) => flags).filter(areTellable);
  const letters = tellable.map((flags) =>
    linesOf([{ op: "protect", start: SMALL_TERMS.space.base, size: 0, flags }]),
  );
  const rwx = ["", "r", "rw", "rx", "rwx"];
  const rest = ["", "u", "d", "ud", "n", "un"];
  const expected = rwx.flatMap((access) => rest.map((other) => `protect 0x0 0x0 ${access + other || "-"}`));
  expect(letters.flat().sort()).toEqual(expected.sort());
});

test("the page is 4 KiB", () => {
  const { space } = LARGE_TERMS;
  const limit = addressLimit(ADDRESS_SPACE_HELLO);
  expect(misfitOfSpace(space, limit, "address-space")).toBeUndefined();
  expect(misfitOfSpace({ ...space, page: 0x2000 }, limit, "address-space")).toContain("must be 4096");
  expect(misfitOfSpace({ ...space, page: 0x2000 }, limit, "memory-set")).toBeUndefined();
  expect(misfitOfSpace({ ...space, page: 3 }, limit, "address-space")).toContain("power of two");
});
