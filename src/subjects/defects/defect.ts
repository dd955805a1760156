import type { Check } from "../../../properties/invariants.ts";
import { MemorySet } from "../../memory/memory-set.ts";
import { MockBackend, MockPageTable } from "../../memory/mock.ts";
import type { Flags } from "../../trace/flags.ts";
import { type Change, changed, methodsOf } from "../change.ts";
import { type MemorySetParts, STACK_PARTS } from "../memory-set.ts";

/** A mistake planted on purpose, to prove that the harness sees it. */
export interface Defect {
  /** The subject is called `defect:<name>`. */
  readonly name: string;
  /** What goes wrong, in a line. */
  readonly summary: string;
  /** The check that must catch it. */
  readonly killedBy: Check;
  /** The parts of the stack that are changed. */
  readonly parts: MemorySetChanges;
  /** Present where these remember something of their own. */
  readonly remembers?: true;
  /**
   * Present where another defect can change the same methods only on top of this one: mostly because they do all by
   * themselves, and never call what was there before. Of two such defects one would hide the other.
   */
  readonly innermost?: true;
}

/**
 * What becomes of parts of the stack: classes of which an instance is put together, and what gives the flags that an
 * area has after `protect`. As each comes of the one that was there before, several defects can be in one instance.
 */
export interface MemorySetChanges {
  readonly set?: Change<SetClass>;
  readonly pageTable?: Change<TableClass>;
  readonly backend?: Change<BackendClass>;
  readonly updateFlags?: Change<MemorySetParts["updateFlags"]>;
}

/** What every planted defect of the set itself starts from: the stack's own class, unchanged. */
export class StackSet extends MemorySet<Flags, MockPageTable, MockBackend> {}

/** What every planted defect of the backend starts from: the stack's own, whose clones have the same defects. */
export class StackBackend extends MockBackend {
  readonly #own: BackendClass;

  constructor() {
    super();
    this.#own = new.target;
  }

  override clone(): MockBackend {
    return new this.#own();
  }
}

/** The stack's memory set, or one that is planted in. */
export type SetClass = new () => StackSet;
/** The stack's mock page table, or one with a defect. */
export type TableClass = new (pageSize: number) => MockPageTable;
/** The stack's mock backend, or one with a defect. */
export type BackendClass = new () => MockBackend;

/** What `protect` asks for each area. */
export type UpdateFlags = (oldFlags: Flags) => Flags | undefined;

/** The parts of an instance that has all of these changes. */
export function partsWith(all: readonly MemorySetChanges[]): Omit<MemorySetParts, "open"> {
  const Kind = changed<SetClass>(
    StackSet,
    all.map(({ set }) => set),
  );
  const Table = changed<TableClass>(
    MockPageTable,
    all.map(({ pageTable }) => pageTable),
  );
  const Backend = changed<BackendClass>(
    StackBackend,
    all.map(({ backend }) => backend),
  );
  return {
    set: () => new Kind(),
    pageTable: (pageSize) => new Table(pageSize),
    backend: () => new Backend(),
    updateFlags: changed(
      STACK_PARTS.updateFlags,
      all.map(({ updateFlags }) => updateFlags),
    ),
  };
}

/** All that is changed, as words: what two defects both change can't come of both. */
export function touchedBy({ set, pageTable, backend, updateFlags }: MemorySetChanges): readonly string[] {
  return [
    ...methodsOf<SetClass>("the memory set", StackSet, set),
    ...methodsOf<TableClass>("the page table", MockPageTable, pageTable),
    ...methodsOf<BackendClass>("the backend", StackBackend, backend),
    ...(updateFlags === undefined ? [] : ["what protect makes of flags"]),
  ];
}
