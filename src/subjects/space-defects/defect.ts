import type { Check } from "../../../properties/invariants.ts";
import type { SpaceBackend } from "../../address-space/backend.ts";
import { FRAME_SIZE, type PageTableFormat } from "../../paging/format.ts";
import { FORMATS } from "../../paging/formats/by-name.ts";
import { Journal } from "../../paging/journal.ts";
import { type VirtAddr, virtAddr } from "../../trace/address.ts";
import type { FormatName } from "../../trace/hardware.ts";
import type { AddressSpaceParts } from "../address-space.ts";
import { type Change, changed, methodsOf } from "../change.ts";
import { FallibleBackend } from "../fallible-backend.ts";
import {
  StackAlloc,
  StackAllocator,
  StackAreas,
  StackLinear,
  StackSpace,
  StackTable,
  StackTlb,
} from "./stack.ts";

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
  /** The parts of the stack that are changed. */
  readonly parts: AddressSpaceChanges;
  /**
   * Whether they remember anything from one command to the next that nobody can bring back. A state of such a defect is
   * reached by its trace only.
   */
  readonly remembers?: true;
  /**
   * Present where another defect can change the same methods only on top of this one: mostly because they do all by
   * themselves, and never call what was there before. Of two such defects one would hide the other.
   */
  readonly innermost?: true;
}

/** The stack's class, or one that is planted in. */
export type AllocatorClass = new (limit: number) => StackAllocator;
/** The stack's class, or one that is planted in. */
export type TlbClass = new () => StackTlb;
/** The stack's class, or one that is planted in. */
export type TableClass = new (...args: Parameters<AddressSpaceParts["pageTable"]>) => StackTable;
/** The stack's class, or one that is planted in. */
export type JournalClass = new (...args: ConstructorParameters<typeof Journal>) => Journal;
/** The stack's class, or one that is planted in. */
export type SpaceClass = new (...args: Parameters<AddressSpaceParts["space"]>) => StackSpace;
/** The stack's class, or one that is planted in. */
export type AreasClass = new () => StackAreas;
/** The stack's class, or one that is planted in. */
export type AllocClass = new (...args: ConstructorParameters<typeof StackAlloc>) => StackAlloc;
/** The stack's class, or one that is planted in. */
export type LinearClass = new (paVaOffset: number) => StackLinear;

/**
 * What becomes of parts of the stack: of the format of page tables, and of the classes that an instance is put
 * together from. As each comes of the one that was there before, several defects can be in one instance.
 */
export interface AddressSpaceChanges {
  readonly format?: Change<PageTableFormat>;
  readonly allocator?: Change<AllocatorClass>;
  readonly tlb?: Change<TlbClass>;
  readonly pageTable?: Change<TableClass>;
  /** What undoes a command on the page table. */
  readonly journal?: Change<JournalClass>;
  readonly space?: Change<SpaceClass>;
  /** The areas of the space. */
  readonly areas?: Change<AreasClass>;
  /** What maps areas whose frames are allocated. */
  readonly allocBackend?: Change<AllocClass>;
  /** What maps linear areas. */
  readonly linearBackend?: Change<LinearClass>;
}

/** The parts of an instance that has all of these changes. */
export function partsWith(all: readonly AddressSpaceChanges[]): Omit<AddressSpaceParts, "open"> {
  const Allocator = changed<AllocatorClass>(
    StackAllocator,
    all.map(({ allocator }) => allocator),
  );
  const TlbKind = changed<TlbClass>(
    StackTlb,
    all.map(({ tlb }) => tlb),
  );
  const Table = tableWith(all);
  const Space = spaceWith(all);
  return {
    format: (format) =>
      changed(
        format,
        all.map((each) => each.format),
      ),
    allocator: (limit) => new Allocator(limit),
    tlb: () => new TlbKind(),
    pageTable: (...args) => new Table(...args),
    space: (...args) => new Space(...args),
  };
}

function tableWith(all: readonly AddressSpaceChanges[]): TableClass {
  const Log = changed<JournalClass>(
    Journal,
    all.map(({ journal }) => journal),
  );
  const Table = changed<TableClass>(
    StackTable,
    all.map(({ pageTable }) => pageTable),
  );
  return class extends Table {
    override readonly journal = new Log(this.handler);
  };
}

function spaceWith(all: readonly AddressSpaceChanges[]): SpaceClass {
  const Areas = changed<AreasClass>(
    StackAreas,
    all.map(({ areas }) => areas),
  );
  const Alloc = changed<AllocClass>(
    StackAlloc,
    all.map(({ allocBackend }) => allocBackend),
  );
  const Linear = changed<LinearClass>(
    StackLinear,
    all.map(({ linearBackend }) => linearBackend),
  );
  const Space = changed<SpaceClass>(
    StackSpace,
    all.map(({ space }) => space),
  );
  return class extends Space {
    protected override readonly areas = new Areas();

    protected override linearBackend(paVaOffset: number): SpaceBackend {
      return new FallibleBackend(new Linear(paVaOffset), this.calls);
    }

    protected override allocBackend(populate: boolean): SpaceBackend {
      return new FallibleBackend(new Alloc(populate, this.handler), this.calls);
    }
  };
}

/** All that is changed, as words: what two defects both change can't come of both. */
export function touchedBy(changes: AddressSpaceChanges, format: FormatName): readonly string[] {
  return [
    ...entriesOf(FORMATS[format], changes.format),
    ...methodsOf<AllocatorClass>("the frame allocator", StackAllocator, changes.allocator),
    ...methodsOf<TlbClass>("the TLB", StackTlb, changes.tlb),
    ...methodsOf<TableClass>("the page table", StackTable, changes.pageTable),
    ...methodsOf<JournalClass>("the page table's journal", Journal, changes.journal),
    ...methodsOf<SpaceClass>("the address space", StackSpace, changes.space),
    ...methodsOf<AreasClass>("the set of areas", StackAreas, changes.areas),
    ...methodsOf<AllocClass>("the alloc backend", StackAlloc, changes.allocBackend),
    ...methodsOf<LinearClass>("the linear backend", StackLinear, changes.linearBackend),
  ];
}

/** What is different in a format, as words. */
function entriesOf(format: PageTableFormat, change: Change<PageTableFormat> | undefined): readonly string[] {
  const before = new Map(Object.entries(format));
  const after = Object.entries(change?.(format) ?? format);
  return after.flatMap(([name, value]) => (before.get(name) === value ? [] : [`${name} of the format`]));
}

/** The first address of the 4 KiB page that contains `addr`. */
export function pageOf(addr: VirtAddr): VirtAddr {
  return virtAddr(addr - (addr % FRAME_SIZE));
}
