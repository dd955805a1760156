import { Preconditions } from "../trace/preconditions.ts";
import type { Request } from "../trace/request.ts";
import type { Terms } from "../trace/space.ts";

/** A request that may depend on where the requests before it were. */
export type Sketch = (trail: Trail) => Request;

/** The requests of a run so far, as far as whoever draws the next one has to know them. */
export class Trail {
  private readonly preconditions: Preconditions;
  private readonly page: number;
  private readonly firstPage: number;
  private readonly boundaries: number[] = [];

  constructor(terms: Terms) {
    this.preconditions = new Preconditions(terms);
    this.page = terms.space.page;
    this.firstPage = terms.space.base / this.page;
  }

  /** Begins a run. */
  begin(): void {
    this.preconditions.reset();
    this.boundaries.length = 0;
  }

  /** Whether the request can come next. */
  admits(request: Request): boolean {
    return this.preconditions.misfitOf(request) === undefined;
  }

  /** Takes note of the next request, which can come next. */
  note(request: Request): void {
    this.preconditions.note(request);
    if (request.op !== "map" && request.op !== "unmap" && request.op !== "protect") return;
    this.boundaries.push(this.pageOf(request.start), this.pageOf(request.start + request.size));
  }

  /**
   * A page that is the first one, or the first one behind, the range of an earlier map, unmap or protect: `index`, from
   * 0 on, chooses among them. The first page of the space as long as there are none.
   */
  boundary(index: number): number {
    return this.boundaries[index % this.boundaries.length] ?? this.firstPage;
  }

  private pageOf(addr: number): number {
    return Math.floor(addr / this.page);
  }
}
