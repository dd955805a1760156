import type { Check } from "../../../properties/invariants.ts";
import type { SpaceBackend } from "../../address-space/backend.ts";
import { FRAME_SIZE } from "../../paging/format.ts";
import { PageTable } from "../../paging/page-table.ts";
import { type VirtAddr, virtAddr } from "../../trace/address.ts";
import type { FormatName } from "../../trace/hardware.ts";
import { type AddressSpaceParts, FallibleSpace } from "../address-space.ts";
import { FallibleBackend } from "../fallible-backend.ts";

/** A mistake planted on purpose into the address space or what it stands on, to prove that the harness sees it. */
export interface AddressSpaceDefect {
  /** The subject is called `defect:<name>`. */
  readonly name: string;
  /** What goes wrong, in a line. */
  readonly summary: string;
  /** The check that must catch it. */
  readonly killedBy: Check;
  /** The one format of page tables that it lives in; absent where it lives in all. */
  readonly format?: FormatName;
  /** The parts of the stack that are replaced. */
  readonly parts: Partial<AddressSpaceParts>;
  /**
   * Whether they remember anything from one command to the next that nobody can bring back. A state of such a defect is
   * reached by its trace only.
   */
  readonly remembers?: true;
}

type SpaceClass = new (...args: Parameters<AddressSpaceParts["space"]>) => FallibleSpace;
type PageTableClass = new (...args: Parameters<AddressSpaceParts["pageTable"]>) => PageTable;

/** The stack with another address space. */
export function withSpace(Space: SpaceClass): Partial<AddressSpaceParts> {
  return { space: (...args) => new Space(...args) };
}

/** The stack with another page table. */
export function withPageTable(Table: PageTableClass): Partial<AddressSpaceParts> {
  return { pageTable: (...args) => new Table(...args) };
}

/** The stack with another backend for areas whose frames are allocated. */
export function withAllocBackend(
  Backend: new (populate: boolean) => SpaceBackend,
): Partial<AddressSpaceParts> {
  return withSpace(
    class extends FallibleSpace {
      protected override allocBackend(populate: boolean): SpaceBackend {
        return new FallibleBackend(new Backend(populate), this.calls);
      }
    },
  );
}

/** The stack with another backend for linear areas. */
export function withLinearBackend(
  Backend: new (paVaOffset: number) => SpaceBackend,
): Partial<AddressSpaceParts> {
  return withSpace(
    class extends FallibleSpace {
      protected override linearBackend(paVaOffset: number): SpaceBackend {
        return new FallibleBackend(new Backend(paVaOffset), this.calls);
      }
    },
  );
}

/** A page table that knows whether a command of the address space is under way. Dropping the space is none. */
export class CommandTable extends PageTable {
  protected inCommand = false;

  override begin(): void {
    super.begin();
    this.inCommand = true;
  }

  override commit(): void {
    this.inCommand = false;
    super.commit();
  }

  override rollback(): void {
    this.inCommand = false;
    super.rollback();
  }
}

/** The first address of the 4 KiB page that contains `addr`. */
export function pageOf(addr: VirtAddr): VirtAddr {
  return virtAddr(addr - (addr % FRAME_SIZE));
}
