import type { PhysAddr, VirtAddr } from "../trace/address.ts";
import { type Flags, NO_FLAGS } from "../trace/flags.ts";
import type { PageTable } from "./page-table.ts";
import type { Tlb } from "./tlb.ts";

/**
 * What a processor does with an address: it looks into the TLB, then walks the page table, and checks that the
 * page permits the access. Privilege is out of its scope. Gives the physical address, or `undefined` for a fault.
 */
export function translate(
  addr: VirtAddr,
  access: Flags,
  tlb: Tlb,
  pageTable: PageTable,
): PhysAddr | undefined {
  if (!tlb.lookUp(addr)) {
    const page = pageTable.query(addr);
    if (page === undefined || page.flags === NO_FLAGS) return undefined;
    tlb.fill(addr, page.size, page.physical, page.flags);
    tlb.lookUp(addr);
  }
  return (tlb.flags & access) === access ? tlb.physical(addr) : undefined;
}
