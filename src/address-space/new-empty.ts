import type { PageTableFormat } from "../paging/format.ts";
import { EPT } from "../paging/formats/ept.ts";
import type { PagingHandler } from "../paging/handler.ts";
import { PageTable } from "../paging/page-table.ts";
import { PhysFrame } from "../paging/phys-frame.ts";
import type { TranslationCache } from "../paging/tlb.ts";
import type { VirtAddr } from "../trace/address.ts";
import { AddressSpace } from "./address-space.ts";

/**
 * An empty address space of `size` bytes from `base`, both multiples of 4 KiB, with page tables of this format.
 * Frames come from `handler`, and `cache` hears of every translation that changes. `undefined` when there is no
 * frame for the root table. Upstream: `AddrSpace::new_empty` of axmm.
 */
export function newAddressSpace(
  base: VirtAddr,
  size: number,
  format: PageTableFormat,
  handler: PagingHandler,
  cache: TranslationCache,
): AddressSpace | undefined {
  const root = PhysFrame.alloc(handler, "table");
  if (root === undefined) return undefined;
  return new AddressSpace(base, size, new PageTable(format, handler, cache, root), handler);
}

/**
 * An empty space of guest-physical addresses for a virtual machine, over the nested page tables of Intel EPT: what
 * the guest takes for physical addresses are this space's virtual ones. Upstream: `AddrSpace::new_empty` of
 * axaddrspace.
 */
export function newGuestAddressSpace(
  base: VirtAddr,
  size: number,
  handler: PagingHandler,
  cache: TranslationCache,
): AddressSpace | undefined {
  return newAddressSpace(base, size, EPT, handler, cache);
}
