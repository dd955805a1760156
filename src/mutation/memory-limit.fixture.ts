/**
 * Simulated memory that has an end, wherever the suites make some. A mutant that takes frames without end would else take
 * all that the machine has: no limit of the engine is about the memory of typed arrays.
 */
import { PhysicalMemory } from "../paging/physical-memory.ts";

/** More frames than any test needs: 64 MiB. */
const MOST_FRAMES = 16_384;

const { grow } = PhysicalMemory.prototype;

PhysicalMemory.prototype.grow = function (this: PhysicalMemory): void {
  if (this.frameCount >= MOST_FRAMES) throw new Error("a test takes more memory than any should");
  grow.call(this);
};
