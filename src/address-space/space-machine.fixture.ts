import { expect } from "vitest";
import type { FrameAllocator } from "../paging/frame-allocator.ts";
import { Machine } from "../paging/machine.fixture.ts";
import { FallibleSpace } from "../subjects/address-space.ts";
import { virtAddr } from "../trace/address.ts";
import { type Flags, READ, WRITE } from "../trace/flags.ts";
import type { FormatName } from "../trace/hardware.ts";
import { printFlags } from "../trace/print.ts";
import type { SpaceArea } from "./area-set.ts";
import type { SpaceError, SpaceResult } from "./error.ts";

export const RW: Flags = READ | WRITE;

/** Success, as operations give it back. */
export const OK: SpaceResult = { ok: true };

/** A failure, as operations give it back. */
export function failed(error: SpaceError): SpaceResult {
  return { ok: false, error };
}

/** What tests need to know of a machine to build a space on it. */
interface SpaceOptions {
  readonly format?: FormatName;
  readonly base?: number;
  readonly size?: number;
  readonly allocator?: FrameAllocator;
}

/** A machine with an address space on its page table; sixteen pages from 0x10000 unless told otherwise. */
export class SpaceMachine extends Machine {
  readonly space: FallibleSpace;

  constructor({ format, base = 0x10000, size = 0x10000, allocator }: SpaceOptions = {}) {
    super(format, allocator);
    this.space = new FallibleSpace(virtAddr(base), size, this.pageTable, this.allocator);
  }

  /** Every area, as in `0x10000-0x12000 rw alloc:lazy` or `0x10000-0x12000 rw linear:0x5000`. */
  areas(): string[] {
    const areas: string[] = [];
    this.space.forEachArea((area) => {
      areas.push(nameOf(area));
    });
    return areas;
  }

  override state(): unknown {
    return [this.areas(), super.state()];
  }

  /** `size` bytes from `start`, or why not. */
  bytes(start: number, size: number): number[] | SpaceError {
    const into = new Uint8Array(size);
    const read = this.space.read(virtAddr(start), into);
    return read.ok ? [...into] : read.error;
  }

  /** Writes `bytes` from `start`, which must be possible. */
  fill(start: number, ...bytes: number[]): void {
    expect(this.space.write(virtAddr(start), Uint8Array.from(bytes))).toEqual(OK);
  }
}

function nameOf({ start, end, flags, backend }: SpaceArea): string {
  const physical = backend.physicalAt(start);
  const kind = physical === undefined ? backend.kind : `${backend.kind}:0x${physical.toString(16)}`;
  return `0x${start.toString(16)}-0x${end.toString(16)} ${printFlags(flags)} ${kind}`;
}

/**
 * Lets the frame allocations or the backend calls in `operation` fail from the first on, from the second on, and
 * so on, each time on a new machine. The operation must then fail with `error` and leave everything as it was,
 * and succeed when it is tried again. Gives back how many allocations or calls there are.
 */
export function failEach<M extends SpaceMachine>(
  kind: "frame" | "backend",
  machineOf: () => M,
  operation: (machine: M) => SpaceResult,
): number {
  for (let calls = 0; ; calls++) {
    const machine = machineOf();
    const before = machine.state();
    const injection = kind === "frame" ? machine.allocator.injection : machine.space.calls;
    injection.failAfter(calls);
    const result = operation(machine);
    const { fired } = injection;
    injection.disarm();
    expect(machine.stale()).toEqual([]);
    if (fired > 0) {
      expect(result).toEqual(failed(kind === "frame" ? "NoMemory" : "BadState"));
      expect(machine.state()).toEqual(before);
      expect(operation(machine)).toEqual(OK);
    } else expect(result).toEqual(OK);
    machine.space.drop();
    expect(machine.counts).toEqual({ data: 0, table: 0 });
    if (fired === 0) return calls;
  }
}
