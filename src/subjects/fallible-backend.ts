import type { SpaceBackend } from "../address-space/backend.ts";
import type { FailureInjection } from "../memory/failure-injection.ts";
import type { PageTable } from "../paging/page-table.ts";
import type { PhysAddr, VirtAddr } from "../trace/address.ts";
import type { Flags } from "../trace/flags.ts";

/** A backend whose calls can be made to fail. All of those of one space count as one. */
export class FallibleBackend implements SpaceBackend {
  readonly kind: SpaceBackend["kind"];
  readonly #backend: SpaceBackend;
  readonly #calls: FailureInjection;

  constructor(backend: SpaceBackend, calls: FailureInjection) {
    this.kind = backend.kind;
    this.#backend = backend;
    this.#calls = calls;
  }

  map(start: VirtAddr, size: number, flags: Flags, pageTable: PageTable): boolean {
    return !this.#calls.fires() && this.#backend.map(start, size, flags, pageTable);
  }

  unmap(start: VirtAddr, size: number, pageTable: PageTable): boolean {
    return !this.#calls.fires() && this.#backend.unmap(start, size, pageTable);
  }

  protect(start: VirtAddr, size: number, newFlags: Flags, pageTable: PageTable): boolean {
    return !this.#calls.fires() && this.#backend.protect(start, size, newFlags, pageTable);
  }

  physicalAt(addr: VirtAddr): PhysAddr | undefined {
    return this.#backend.physicalAt(addr);
  }

  handlePageFault(addr: VirtAddr, flags: Flags, pageTable: PageTable): boolean {
    return this.#backend.handlePageFault(addr, flags, pageTable);
  }

  clone(): SpaceBackend {
    return new FallibleBackend(this.#backend.clone(), this.#calls);
  }
}
