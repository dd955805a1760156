import { AddressSpace } from "../address-space/address-space.ts";
import type { SpaceArea } from "../address-space/area-set.ts";
import type { SpaceBackend } from "../address-space/backend.ts";
import type { SpaceResult } from "../address-space/error.ts";
import { FailureInjection } from "../memory/failure-injection.ts";
import { FRAME_SIZE, type PageTableFormat } from "../paging/format.ts";
import { FORMATS } from "../paging/formats/by-name.ts";
import { FrameAllocator } from "../paging/frame-allocator.ts";
import type { PagingHandler } from "../paging/handler.ts";
import { translate } from "../paging/mmu.ts";
import { PageTable } from "../paging/page-table.ts";
import { PhysFrame } from "../paging/phys-frame.ts";
import { Tlb } from "../paging/tlb.ts";
import { type PhysAddr, physAddr, type VirtAddr, virtAddr } from "../trace/address.ts";
import {
  type Answer,
  type AreaRecord,
  ERRORS,
  FALSE,
  FAULT,
  NO_ADDRESS,
  OK,
  type PageRecord,
  TRUE,
} from "../trace/answer.ts";
import { PLAIN_DIALECT } from "../trace/dialect.ts";
import type { Fingerprint } from "../trace/fingerprint.ts";
import { ALL_FLAGS, type Flags, NO_FLAGS, READ, WRITE } from "../trace/flags.ts";
import type { FormatName, FrameUse, Hardware } from "../trace/hardware.ts";
import type { Observation } from "../trace/observation.ts";
import {
  type Backend,
  type Command,
  type Injection,
  isCommand,
  type MapCommand,
  type Query,
} from "../trace/request.ts";
import { type Hello, OFFERS, type Space } from "../trace/space.ts";
import { FallibleBackend } from "./fallible-backend.ts";
import { MachineFingerprint } from "./machine-fingerprint.ts";
import type { Instance, Subject } from "./subject.ts";
import { type VisitPage, WalkedPages } from "./walked-pages.ts";

/** The stack's address space, made so that calls of its backends can be made to fail. */
export class FallibleSpace extends AddressSpace {
  /** Makes calls of the mapping backends fail. */
  readonly calls = new FailureInjection();

  protected override linearBackend(paVaOffset: number): SpaceBackend {
    return new FallibleBackend(super.linearBackend(paVaOffset), this.calls);
  }

  protected override allocBackend(populate: boolean): SpaceBackend {
    return new FallibleBackend(super.allocBackend(populate), this.calls);
  }
}

/** What an instance is put together from; a planted defect brings one part of its own. */
export interface AddressSpaceParts {
  readonly format: (format: PageTableFormat) => PageTableFormat;
  readonly allocator: (limit: number) => FrameAllocator;
  readonly tlb: () => Tlb;
  readonly pageTable: (
    format: PageTableFormat,
    handler: PagingHandler,
    tlb: Tlb,
    root: PhysFrame,
  ) => PageTable;
  readonly space: (
    base: VirtAddr,
    size: number,
    pageTable: PageTable,
    handler: PagingHandler,
  ) => FallibleSpace;
  /** Whether the parts remember nothing but what they show: then an instance can go back to a snapshot. */
  readonly open: boolean;
}

/** The parts of the stack itself. */
const STACK_PARTS: AddressSpaceParts = {
  format: (format) => format,
  allocator: (limit) => new FrameAllocator(limit),
  tlb: () => new Tlb(),
  pageTable: (format, handler, tlb, root) => new PageTable(format, handler, tlb, root),
  space: (base, size, pageTable, handler) => new FallibleSpace(base, size, pageTable, handler),
  open: true,
};

/** The stack's `AddressSpace` over page tables of this format, or one with some parts replaced, as a subject. */
export function addressSpaceSubject(format: FormatName, parts: Partial<AddressSpaceParts> = {}): Subject {
  const all = { ...STACK_PARTS, ...parts };
  // What a part of one's own remembers, nobody else can bring back, unless it says that this is nothing.
  const Kind = (parts.open ?? Object.keys(parts).length === 0) ? StackInstance : AddressSpaceInstance;
  return { hello: helloOf(format), create: (space) => new Kind(space, format, all) };
}

function helloOf(format: FormatName): Hello {
  const { addrBits, pageFlags } = FORMATS[format];
  return {
    name: `address-space/${format}`,
    surface: "address-space",
    flags: ALL_FLAGS,
    pageFlags,
    failure: "atomic",
    inject: ["frame", "backend"],
    addrBits,
    dialect: PLAIN_DIALECT,
    ...OFFERS["address-space"],
  };
}

class AddressSpaceInstance implements Instance, Hardware {
  readonly format: FormatName;
  protected readonly allocator: FrameAllocator;
  protected readonly tlb: Tlb;
  protected readonly pageTable: PageTable;
  protected readonly space: FallibleSpace;
  protected injected = 0;
  private machine: MachineFingerprint | undefined = undefined;

  constructor({ base, size, frames }: Space, format: FormatName, parts: AddressSpaceParts) {
    this.format = format;
    this.allocator = parts.allocator(frames === 0 ? Number.POSITIVE_INFINITY : frames);
    this.tlb = parts.tlb();
    const root = PhysFrame.alloc(this.allocator, "table");
    if (root === undefined) throw new Error("there is no frame for the root table");
    this.pageTable = parts.pageTable(parts.format(FORMATS[format]), this.allocator, this.tlb, root);
    this.space = parts.space(base, size, this.pageTable, this.allocator);
  }

  apply(request: Command | Query): Answer {
    return isCommand(request) ? this.command(request) : this.query(request);
  }

  observe(into: Observation): void {
    this.space.forEachArea((area) => {
      const physical = area.backend.physicalAt(area.start);
      into.area(area.start, area.end, area.flags, area.backend.kind, physical);
    });
    this.forEachPage((addr, size, physical, flags) => {
      if (flags !== NO_FLAGS) into.pageRun(addr, size / FRAME_SIZE, flags, physical);
    });
    into.injected = this.injected;
    this.showFrames(into);
    into.hardware = this;
  }

  drop(into: Observation): void {
    this.space.drop();
    this.showFrames(into);
  }

  get root(): PhysAddr {
    return this.pageTable.root;
  }

  get memoryStart(): PhysAddr {
    return this.allocator.memory.start;
  }

  get words(): Uint32Array {
    return this.allocator.memory.words;
  }

  useOf(frame: PhysAddr): FrameUse {
    return this.allocator.useOf(frame);
  }

  forEachCached(visit: (addr: VirtAddr, size: number, physical: PhysAddr, flags: Flags) => void): void {
    this.tlb.forEach(visit);
  }

  fingerprint(into: Fingerprint): void {
    this.machine ??= new MachineFingerprint(this.tlb, this.allocator);
    this.machine.write((visit) => this.forEachPage(visit), into);
  }

  /** As `PageTable.walk`. */
  protected forEachPage(visit: VisitPage): void {
    this.pageTable.walk(visit);
  }

  protected injectionOf(kind: Injection["kind"]): FailureInjection {
    return kind === "frame" ? this.allocator.injection : this.space.calls;
  }

  private showFrames(into: Observation): void {
    into.dataFrames = this.allocator.dataFrames;
    into.tableFrames = this.allocator.tableFrames;
  }

  private command(command: Command): Answer {
    const { inject } = command;
    this.allocator.injection.disarm();
    this.space.calls.disarm();
    if (inject === undefined) {
      this.injected = 0;
      return this.carryOut(command);
    }
    const injection = this.injectionOf(inject.kind);
    injection.failAfter(inject.after);
    const answer = this.carryOut(command);
    this.injected = injection.fired;
    injection.disarm();
    return answer;
  }

  private carryOut(command: Command): Answer {
    const { space } = this;
    switch (command.op) {
      case "map":
        return answerOf(this.map(command));
      case "unmap":
        return answerOf(space.unmap(command.start, command.size));
      case "protect":
        return answerOf(space.protect(command.start, command.size, command.flags));
      case "clear":
        return answerOf(space.clear());
      case "fault":
        return space.handlePageFault(command.addr, command.access) ? TRUE : FALSE;
      case "access": {
        const address = this.access(command.addr, command.access);
        return address === undefined ? FAULT : { kind: "address", address };
      }
      case "load": {
        const bytes = this.memoryAt(this.access(command.addr, READ), command.size);
        return bytes === undefined ? FAULT : { kind: "bytes", bytes: bytes.slice() };
      }
      case "store": {
        const bytes = this.memoryAt(this.access(command.addr, WRITE), command.bytes.length);
        bytes?.set(command.bytes);
        return bytes === undefined ? FAULT : OK;
      }
      case "write":
        return answerOf(space.write(command.addr, command.bytes));
    }
  }

  private map({ start, size, flags, backend, replace }: MapCommand): SpaceResult | undefined {
    switch (backend.kind) {
      case "linear":
        return this.space.mapLinear(start, backend.physical, size, flags, replace);
      case "alloc:eager":
      case "alloc:lazy":
        return this.space.mapAlloc(start, size, flags, backend.kind === "alloc:eager", replace);
      case "mock":
        return undefined;
    }
  }

  /** What a processor does: on a fault it calls the handler, and tries once more. */
  private access(addr: VirtAddr, access: Flags): PhysAddr | undefined {
    if (!this.space.containsRange(addr, 1)) return undefined;
    const address = translate(addr, access, this.tlb, this.pageTable);
    if (address !== undefined || !this.space.handlePageFault(addr, access)) return address;
    return translate(addr, access, this.tlb, this.pageTable);
  }

  /** The memory behind a physical address. Throws where there is none: no page may lead there. */
  private memoryAt(address: PhysAddr | undefined, size: number): Uint8Array | undefined {
    if (address === undefined) return undefined;
    const offset = address % FRAME_SIZE;
    const view = this.allocator.physToVirt(physAddr(address - offset));
    if (view === undefined) throw new Error(`there is no memory at 0x${address.toString(16)}`);
    return view.bytes.subarray(offset, offset + size);
  }

  private query(query: Query): Answer {
    const { space } = this;
    switch (query.op) {
      case "areas":
        return { kind: "areas", areas: this.areas() };
      case "pages":
        return { kind: "pages", pages: this.pages() };
      case "injected":
        return { kind: "count", count: this.injected };
      case "frames":
        return { kind: "frames", data: this.allocator.dataFrames, table: this.allocator.tableFrames };
      case "find": {
        const area = space.findArea(query.addr);
        return { kind: "area", area: area ? recordOf(area) : null };
      }
      case "overlaps": {
        const range = { start: query.start, end: virtAddr(query.start + query.size) };
        return space.overlaps(range) ? TRUE : FALSE;
      }
      case "find-free":
        return addressOf(space.findFreeArea(query.hint, query.size, query.limit, query.align));
      case "translate":
        return addressOf(space.translate(query.addr));
      case "read": {
        const bytes = new Uint8Array(query.size);
        const read = space.read(query.start, bytes);
        return read.ok ? { kind: "bytes", bytes } : answerOf(read);
      }
      case "can-access":
        return space.canAccessRange(query.start, query.size, query.access) ? TRUE : FALSE;
    }
  }

  private areas(): AreaRecord[] {
    const areas: AreaRecord[] = [];
    this.space.forEachArea((area) => {
      areas.push(recordOf(area));
    });
    return areas;
  }

  private pages(): PageRecord[] {
    const pages: PageRecord[] = [];
    this.pageTable.walk((start, size, physical, flags) => {
      if (flags === NO_FLAGS) return;
      for (let at = 0; at < size; at += FRAME_SIZE) {
        pages.push({ addr: virtAddr(start + at), physical: physAddr(physical + at), flags });
      }
    });
    return pages;
  }
}

/** The stack itself: its parts remember nothing but what they show. */
class StackInstance extends AddressSpaceInstance {
  // Of an instance that goes back.
  private walked: WalkedPages | undefined = undefined;

  callsOf(kind: Injection["kind"]): number {
    return this.injectionOf(kind).calls;
  }

  snapshot(): () => void {
    this.walked ??= new WalkedPages(this.pageTable, this.allocator.memory);
    const { injected } = this;
    const restoreFrames = this.allocator.snapshot();
    const restoreTable = this.pageTable.snapshot();
    const restoreTlb = this.tlb.snapshot();
    const restoreAreas = this.space.snapshot();
    const restorePages = this.walked.snapshot();
    return () => {
      this.injected = injected;
      restoreFrames();
      restoreTable();
      restoreTlb();
      restoreAreas();
      restorePages();
    };
  }

  protected override forEachPage(visit: VisitPage): void {
    if (this.walked) this.walked.forEach(visit);
    else super.forEachPage(visit);
  }
}

function recordOf(area: SpaceArea): AreaRecord {
  const { start, end, flags } = area;
  return { start, end, flags, backend: backendOf(area) };
}

function backendOf({ backend, start }: SpaceArea): Backend {
  const physical = backend.physicalAt(start);
  if (physical !== undefined) return { kind: "linear", physical };
  return { kind: backend.kind === "alloc:eager" ? "alloc:eager" : "alloc:lazy" };
}

function answerOf(result: SpaceResult | undefined): Answer {
  if (result === undefined) return ERRORS.Unsupported;
  return result.ok ? OK : ERRORS[result.error];
}

function addressOf(address: number | undefined): Answer {
  return address === undefined ? NO_ADDRESS : { kind: "address", address };
}
