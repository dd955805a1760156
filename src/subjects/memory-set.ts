import { MemoryArea } from "../memory/area.ts";
import type { MappingResult } from "../memory/error.ts";
import { MemorySet } from "../memory/memory-set.ts";
import { MockBackend, MockPageTable } from "../memory/mock.ts";
import { type VirtAddr, virtAddr } from "../trace/address.ts";
import { type Answer, type AreaRecord, ERRORS, FALSE, OK, type PageRecord, TRUE } from "../trace/answer.ts";
import { type Flags, sameProtection, withProtection } from "../trace/flags.ts";
import { NO_PHYSICAL, type Observation } from "../trace/observation.ts";
import { type Command, isCommand, type Query } from "../trace/request.ts";
import { MEMORY_SET_HELLO, type Space } from "../trace/space.ts";
import type { Instance, Subject } from "./subject.ts";

/** A `MemorySet` over the mock page table. */
export type MockMemorySet = MemorySet<Flags, MockPageTable, MockBackend>;

/** An area of such a set. */
export type MockArea = MemoryArea<Flags, MockPageTable, MockBackend>;

/** What an instance is put together from; a planted defect brings one part of its own. */
export interface MemorySetParts {
  readonly set: () => MockMemorySet;
  readonly pageTable: (pageSize: number) => MockPageTable;
  readonly backend: () => MockBackend;
  readonly updateFlags: (old: Flags, wanted: Flags) => Flags | undefined;
  /** Whether the parts remember nothing but what they show: then an instance can go back to a snapshot. */
  readonly open: boolean;
}

/** The parts of the stack itself. */
export const STACK_PARTS: MemorySetParts = {
  set: () => new MemorySet(),
  pageTable: (pageSize) => new MockPageTable(pageSize),
  backend: () => new MockBackend(),
  updateFlags: (old, wanted) => (sameProtection(old, wanted) ? undefined : withProtection(old, wanted)),
  open: true,
};

/** The stack's `MemorySet`, or one with some parts replaced, as a subject of the memory-set surface. */
export function memorySetSubject(parts: Partial<MemorySetParts> = {}): Subject {
  const all = { ...STACK_PARTS, ...parts };
  // What a part of one's own remembers, nobody else can bring back, unless it says that this is nothing.
  const Kind = (parts.open ?? Object.keys(parts).length === 0) ? StackInstance : MemorySetInstance;
  return { hello: MEMORY_SET_HELLO, create: (space) => new Kind(space, all) };
}

class MemorySetInstance implements Instance {
  private readonly parts: MemorySetParts;
  protected readonly set: MockMemorySet;
  protected readonly pageTable: MockPageTable;
  protected injected = 0;
  private shown: Observation | undefined = undefined;

  constructor(space: Space, parts: MemorySetParts) {
    this.parts = parts;
    this.set = parts.set();
    this.pageTable = parts.pageTable(space.page);
  }

  apply(request: Command | Query): Answer {
    return isCommand(request) ? this.command(request) : this.query(request);
  }

  observe(into: Observation): void {
    this.shown = into;
    this.set.forEach(this.showArea);
    this.pageTable.forEachRun(this.showRun);
    into.injected = this.injected;
  }

  // Made once, and not for each observation.
  private readonly showArea = (_start: number, { start, end, flags }: MockArea): undefined => {
    this.shown?.area(start, end, flags, "mock");
  };
  private readonly showRun = (addr: VirtAddr, count: number, flags: Flags): void => {
    this.shown?.pageRun(addr, count, flags, NO_PHYSICAL);
  };

  private command(command: Command): Answer {
    const { inject } = command;
    if (inject) this.pageTable.failAfter(inject.after);
    const answer = this.carryOut(command);
    this.injected = this.pageTable.fired;
    if (inject) this.pageTable.disarm();
    return answer;
  }

  private carryOut(command: Command): Answer {
    switch (command.op) {
      case "map": {
        const area = new MemoryArea(command.start, command.size, command.flags, this.parts.backend());
        return answerOf(this.set.map(area, this.pageTable, command.replace));
      }
      case "unmap":
        return answerOf(this.set.unmap(command.start, command.size, this.pageTable));
      case "protect": {
        const { start, size, flags } = command;
        return answerOf(
          this.set.protect(start, size, (old) => this.parts.updateFlags(old, flags), this.pageTable),
        );
      }
      case "clear":
        return answerOf(this.set.clear(this.pageTable));
      case "fault":
      case "access":
      case "write":
      case "store":
      case "load":
        return ERRORS.Unsupported;
    }
  }

  private query(query: Query): Answer {
    switch (query.op) {
      case "areas":
        return { kind: "areas", areas: this.areas() };
      case "pages":
        return { kind: "pages", pages: this.pages() };
      case "injected":
        return { kind: "count", count: this.injected };
      case "find": {
        const area = this.set.find(query.addr);
        return { kind: "area", area: area ? recordOf(area) : null };
      }
      case "overlaps": {
        const range = { start: query.start, end: virtAddr(query.start + query.size) };
        return this.set.overlaps(range) ? TRUE : FALSE;
      }
      case "find-free": {
        const found = this.set.findFreeArea(query.hint, query.size, query.limit, query.align);
        return { kind: "address", address: found ?? null };
      }
      case "frames":
      case "translate":
      case "read":
      case "can-access":
        return ERRORS.Unsupported;
    }
  }

  private areas(): AreaRecord[] {
    return Array.from(this.set, recordOf);
  }

  private pages(): PageRecord[] {
    const pages: PageRecord[] = [];
    this.pageTable.forEachPage((addr, flags) => pages.push({ addr, flags }));
    return pages;
  }
}

/** The stack itself: its parts remember nothing but what they show. */
class StackInstance extends MemorySetInstance {
  /** All that there is shows. */
  fingerprint(): void {}

  snapshot(): () => void {
    const restoreSet = this.set.snapshot();
    const restorePages = this.pageTable.snapshot();
    const { injected } = this;
    return () => {
      // A command that panicked left it armed.
      this.pageTable.disarm();
      this.injected = injected;
      restoreSet();
      restorePages();
    };
  }
}

function recordOf(area: MockArea): AreaRecord {
  return { start: area.start, end: area.end, flags: area.flags, backend: { kind: "mock" } };
}

function answerOf(result: MappingResult): Answer {
  return result.ok ? OK : ERRORS[result.error];
}
