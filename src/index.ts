/**
 * mapcheck as a library: fuzz memory-mapping code of your own with fast-check and any test runner.
 *
 *     import { execute, memorySetSubject, trace, virtAddr } from "mapcheck";
 *     import fc from "fast-check";
 *
 *     const space = { base: virtAddr(0), size: 0x10000, page: 0x1000, frames: 0 };
 *     const subject = memorySetSubject();
 *     fc.assert(fc.property(trace(space), (requests) => execute(requests, subject, space) === undefined));
 *
 * To test an implementation of your own, wrap it in a `Subject`.
 */

// The stack: address spaces over real page tables, with frames, faults and a TLB.
export { AddressSpace, type PhysicalPlace } from "./address-space/address-space.ts";
export { AllocBackend } from "./address-space/alloc-backend.ts";
export type { SpaceArea } from "./address-space/area-set.ts";
export type { SpaceBackend } from "./address-space/backend.ts";
export type { SpaceError, SpaceResult } from "./address-space/error.ts";
export { LinearBackend } from "./address-space/linear-backend.ts";
export { newAddressSpace, newGuestAddressSpace } from "./address-space/new-empty.ts";
// Testing: generate traces, run them on a subject, compare with the contract.
export { execute } from "./execute/execute.ts";
export { type Choice, DEFAULT_WEIGHTS, type Weights } from "./generate/swarm.ts";
export { type TraceOptions, trace } from "./generate/trace.ts";
// The stack: a set of memory areas over a page table of your own, or over the mock one.
export { MemoryArea } from "./memory/area.ts";
export type { MappingBackend } from "./memory/backend.ts";
export type { MappingError, MappingResult } from "./memory/error.ts";
export { MemorySet } from "./memory/memory-set.ts";
export { MockBackend, MockPageTable } from "./memory/mock.ts";
export type { PagingError, PagingResult } from "./paging/error.ts";
export {
  EMPTY,
  ENTRIES,
  FRAME_SIZE,
  KEPT,
  LEAF,
  type PageTableFormat,
  PHYSICAL_LIMIT,
  TABLE,
} from "./paging/format.ts";
export { FORMATS } from "./paging/formats/by-name.ts";
export { FrameAllocator } from "./paging/frame-allocator.ts";
export type { FrameView, PagingHandler } from "./paging/handler.ts";
export { translate } from "./paging/mmu.ts";
export { type OnUnmapped, PageTable, type Translation } from "./paging/page-table.ts";
export { PhysFrame } from "./paging/phys-frame.ts";
export { Tlb, type TranslationCache } from "./paging/tlb.ts";
export { type AddressSpaceParts, addressSpaceSubject, FallibleSpace } from "./subjects/address-space.ts";
export { type MemorySetParts, type MockMemorySet, memorySetSubject } from "./subjects/memory-set.ts";
export type { Instance, Subject } from "./subjects/subject.ts";
// The trace language: what can be asked and answered, as data and as text.
export {
  ADDRESS_LIMIT,
  type AddrRange,
  type PhysAddr,
  physAddr,
  rangeContains,
  rangeFrom,
  rangesOverlap,
  type VirtAddr,
  virtAddr,
} from "./trace/address.ts";
export type { Answer, AreaRecord, ErrorName, PageRecord } from "./trace/answer.ts";
export { type Dialect, MANNERS, type Manner, PLAIN_DIALECT } from "./trace/dialect.ts";
export type { Finding, FindingKind } from "./trace/finding.ts";
export { Fingerprint } from "./trace/fingerprint.ts";
export {
  DEVICE,
  EXECUTE,
  type Flags,
  NO_FLAGS,
  READ,
  sameProtection,
  UNCACHED,
  USER,
  WRITE,
  withProtection,
} from "./trace/flags.ts";
export { FORMAT_NAMES, type FormatName, type FrameUse, type Hardware } from "./trace/hardware.ts";
export { NO_FRAMES, NO_PHYSICAL, Observation } from "./trace/observation.ts";
export {
  formatParseError,
  type ParseError,
  parseAnswer,
  parseRequest,
  parseTrace,
  type TraceText,
} from "./trace/parse.ts";
export { printAnswer, printRequest, printSpace } from "./trace/print.ts";
export type {
  AccessCommand,
  Backend,
  ClearCommand,
  Command,
  FindFreeQuery,
  Injection,
  LoadCommand,
  MapCommand,
  ProtectCommand,
  Query,
  Request,
  UnmapCommand,
  WriteCommand,
} from "./trace/request.ts";
export type { Result } from "./trace/result.ts";
export {
  ADDRESS_SPACE_HELLO,
  type CommandName,
  type Hello,
  MEMORY_SET_HELLO,
  OFFERS,
  type Offer,
  type Space,
  type Surface,
} from "./trace/space.ts";
