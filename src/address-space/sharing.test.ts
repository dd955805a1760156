import { describe, expect, test } from "vitest";
import { ALL_FORMATS, GIB, KIB4, pa, va } from "../paging/machine.fixture.ts";
import { READ } from "../trace/flags.ts";
import { failEach, failed, OK, RW, SpaceMachine } from "./space-machine.fixture.ts";

describe.each(ALL_FORMATS)("%s: a space that shares another's mappings", (format) => {
  const bits = format === "sv39" ? 39 : 48;
  const span = 2 ** (bits - 9);
  /** A kernel in the upper half, and a process below the middle. */
  const setUp = () => {
    const kernel = new SpaceMachine({ format, base: 2 ** (bits - 1), size: 2 * span });
    const user = new SpaceMachine({ format, base: 0, size: GIB, allocator: kernel.allocator });
    return { kernel, user };
  };
  const base = 2 ** (bits - 1);

  test("sees them, has none of the areas, and hears of changes", () => {
    const { kernel, user } = setUp();
    kernel.space.mapLinear(va(base), pa(0), GIB, RW);
    expect(user.space.copyMappingsFrom(kernel.space)).toEqual(OK);
    kernel.space.mapAlloc(va(base + span), 0x2000, RW, true);
    user.space.mapAlloc(va(0x1000), 0x1000, RW, true);
    const frame = kernel.space.translate(va(base + span + KIB4));
    expect(user.translate(base + 5)).toBe(5);
    expect(user.translate(base + span + KIB4)).toBe(frame);
    expect(user.areas()).toEqual(["0x1000-0x2000 rw alloc:eager"]);
    expect(user.space.handlePageFault(va(base), READ)).toBe(false);
    kernel.space.protect(va(base), KIB4, READ);
    kernel.space.unmap(va(base + span), 0x2000);
    expect(user.stale()).toEqual([]);
    expect(user.translate(base + span)).toBeUndefined();
  });

  test("may end where the other begins, and the other way round", () => {
    const lower = new SpaceMachine({ format, base: 0, size: span });
    const upper = new SpaceMachine({ format, base: span, size: span, allocator: lower.allocator });
    expect(lower.space.copyMappingsFrom(upper.space)).toEqual(OK);
    const again = new SpaceMachine({ format, base: 0, size: span, allocator: lower.allocator });
    const above = new SpaceMachine({ format, base: span, size: span, allocator: lower.allocator });
    expect(above.space.copyMappingsFrom(again.space)).toEqual(OK);
  });

  test("hears of a command of the other that fails", () => {
    const { kernel, user } = setUp();
    kernel.space.mapLinear(va(base), pa(0), GIB, RW);
    user.space.copyMappingsFrom(kernel.space);
    user.touch(base);
    kernel.space.calls.failAfter(1);
    expect(kernel.space.mapAlloc(va(base), KIB4, READ, true, true)).toEqual(failed("BadState"));
    expect(user.stale()).toEqual([]);
    expect(user.translate(base)).toBe(0);
  });

  test("is cleared and dropped without harm to the other", () => {
    const { kernel, user } = setUp();
    kernel.space.mapAlloc(va(base), 0x2000, RW, true);
    kernel.fill(base, 1, 2);
    user.space.copyMappingsFrom(kernel.space);
    user.space.mapAlloc(va(0x1000), 0x1000, RW, true);
    user.space.clear();
    expect(kernel.bytes(base, 2)).toEqual([1, 2]);
    expect(user.translate(base)).toBe(kernel.space.translate(va(base)));
    user.space.drop();
    expect(kernel.bytes(base, 2)).toEqual([1, 2]);
    expect(kernel.counts.data).toBe(2);
    kernel.space.drop();
    expect(kernel.counts).toEqual({ data: 0, table: 0 });
  });

  test("shares all or nothing", () => {
    class Pair extends SpaceMachine {
      readonly user = new SpaceMachine({ format, base: 0, size: GIB, allocator: this.allocator });
      override state(): unknown {
        return [super.state(), this.user.pages()];
      }
    }
    const tables = failEach(
      "frame",
      () => {
        const pair = new Pair({ format, base, size: 2 * span });
        pair.space.mapLinear(va(base), pa(0), GIB, RW);
        pair.touch(base);
        return pair;
      },
      ({ user, space }) => {
        const copied = user.space.copyMappingsFrom(space);
        // The machine is expected to be left without a frame.
        if (copied.ok) user.space.drop();
        return copied;
      },
    );
    expect(tables).toBe(span === GIB ? 2 : 1);
  });

  test("must not overlap the other", () => {
    const { kernel } = setUp();
    const other = new SpaceMachine({
      format,
      base: base + span,
      size: 2 * span,
      allocator: kernel.allocator,
    });
    const before = kernel.state();
    expect(other.space.copyMappingsFrom(kernel.space)).toEqual(failed("InvalidParam"));
    expect(kernel.space.copyMappingsFrom(other.space)).toEqual(failed("InvalidParam"));
    expect(kernel.space.copyMappingsFrom(kernel.space)).toEqual(failed("InvalidParam"));
    expect(kernel.state()).toEqual(before);
    const next = new SpaceMachine({ format, base: base + 2 * span, size: span, allocator: kernel.allocator });
    expect(next.space.copyMappingsFrom(kernel.space)).toEqual(OK);
  });

  test("shares whole entries of the root table, once, of the same format", () => {
    const { kernel, user } = setUp();
    const uneven = new SpaceMachine({ format, base, size: span + KIB4, allocator: kernel.allocator });
    expect(user.space.copyMappingsFrom(uneven.space)).toEqual(failed("InvalidParam"));
    expect(user.space.copyMappingsFrom(kernel.space)).toEqual(OK);
    expect(user.space.copyMappingsFrom(kernel.space)).toEqual(failed("InvalidParam"));
    const foreign = new SpaceMachine({ format: format === "ept" ? "aarch64" : "ept", base: 0, size: GIB });
    expect(foreign.space.copyMappingsFrom(kernel.space)).toEqual(failed("InvalidParam"));
  });
});
