/**
 * Addresses and ranges of addresses, in bytes.
 *
 * Inside the harness an address is a JavaScript number below 2^52, so that an address plus a size of up
 * to 2^52 bytes is still an exact integer. Wider implementations see such addresses sign-extended (see
 * `docs/trace-language.md`, "Widths"); that happens where text is printed and parsed, never here.
 */

/** A virtual address in bytes: an integer from 0 to 2^52 - 1. */
export type VirtAddr = number & { readonly __address: "virtual" };

/** A physical address in bytes: an integer from 0 to 2^52 - 1. */
export type PhysAddr = number & { readonly __address: "physical" };

/** The number of address bits inside the harness. */
export const ADDRESS_BITS = 52;

/** The first number that is no address any more, and the largest size a command can name: 2^52 bytes. */
export const ADDRESS_LIMIT = 2 ** ADDRESS_BITS;

/** Brands `bytes` as a virtual address. The caller vouches that it is an integer in [0, 2^52). */
export function virtAddr(bytes: number): VirtAddr {
  return bytes as VirtAddr;
}

/** Brands `bytes` as a physical address. The caller vouches that it is an integer in [0, 2^52). */
export function physAddr(bytes: number): PhysAddr {
  return bytes as PhysAddr;
}

/** A half-open range of virtual addresses: `start` is inside, `end` is not. Empty when they are equal. */
export interface AddrRange {
  readonly start: VirtAddr;
  readonly end: VirtAddr;
}

/**
 * The range of `size` bytes from `start`, or `undefined` when its end is no address (2^52 or beyond) or
 * when either number is no non-negative integer. Upstream: `AddrRange::try_from_start_size`.
 */
export function rangeFrom(start: number, size: number): AddrRange | undefined {
  const end = start + size;
  const valid = Number.isInteger(start) && Number.isInteger(size) && start >= 0 && size >= 0;
  return valid && end < ADDRESS_LIMIT ? { start: virtAddr(start), end: virtAddr(end) } : undefined;
}

/** Whether `addr` lies in `range`. */
export function rangeContains(range: AddrRange, addr: number): boolean {
  return range.start <= addr && addr < range.end;
}

/** Whether the two ranges have an address in common. An empty range overlaps nothing. */
export function rangesOverlap(a: AddrRange, b: AddrRange): boolean {
  return Math.max(a.start, b.start) < Math.min(a.end, b.end);
}

/** The lowest multiple of `align` that is not below `bytes`. Exact for powers of two and results up to 2^53. */
export function alignUp(bytes: number, align: number): number {
  return Math.ceil(bytes / align) * align;
}

/** Whether `bytes` is a multiple of `align`, which is greater than 0. */
export function isAligned(bytes: number, align: number): boolean {
  return bytes % align === 0;
}

/** Whether `value` is a power of two from 1 to 2^52. */
export function isPowerOfTwo(value: number): boolean {
  return (
    Number.isInteger(value) &&
    value >= 1 &&
    value <= ADDRESS_LIMIT &&
    2 ** Math.round(Math.log2(value)) === value
  );
}
