/** Spaces of the address-space surface, and the traces of their runs. */
import { RunSeeds } from "../explore/seeds.ts";
import { virtAddr } from "../trace/address.ts";
import { ADDRESS_SPACE_HELLO } from "../trace/address-space.fixture.ts";
import type { Request } from "../trace/request.ts";
import type { Hello, Space, Terms } from "../trace/space.ts";
import { trace } from "./trace.ts";

/** What an implementation says that offers all there is. */
export function helloWith(addrBits: number): Hello {
  return { ...ADDRESS_SPACE_HELLO, name: "all", addrBits };
}

/** A space of so many pages of 4 KiB. */
function spaceOf(base: number, pages: number, frames = 0): Space {
  return { base: virtAddr(base), size: pages * 0x1000, page: 0x1000, frames };
}

function termsOf(addrBits: number, space: Space): Terms {
  return { space, hello: helloWith(addrBits) };
}

const PAGES_256_GIB = 2 ** 26;

export const SIXTEEN = termsOf(48, spaceOf(0, 16));
export const TWENTY_FOUR_FRAMES = termsOf(48, spaceOf(0, 16, 24));
export const LARGE = termsOf(48, spaceOf(0, PAGES_256_GIB));

/** Each by a name. */
export const SPACES: readonly (readonly [name: string, terms: Terms])[] = [
  ["one page", termsOf(48, spaceOf(0x1000, 1))],
  ["16 pages", SIXTEEN],
  ["16 pages with 24 frames", TWENTY_FOUR_FRAMES],
  ["16 pages from an odd base, 39 bits", termsOf(39, spaceOf(0x12345000, 16, 8))],
  ["64 pages right below the middle", termsOf(48, spaceOf(2 ** 47 - 64 * 0x1000, 64))],
  ["65 pages", termsOf(48, spaceOf(0x1000, 65))],
  ["6,200 pages from an odd base, with frames", termsOf(48, spaceOf(0x7fff000, 6200, 64))],
  ["2^26 pages from 0", LARGE],
  ["2^26 pages right below the middle, 48 bits", termsOf(48, spaceOf(2 ** 47 - 2 ** 38, PAGES_256_GIB))],
  ["2^26 pages right above the middle, 48 bits", termsOf(48, spaceOf(2 ** 47, PAGES_256_GIB))],
  ["2^26 pages right below the middle, 39 bits", termsOf(39, spaceOf(0, PAGES_256_GIB))],
  ["2^26 pages right above the middle, 39 bits", termsOf(39, spaceOf(2 ** 38, PAGES_256_GIB - 1))],
  ["2^26 pages from an odd base", termsOf(48, spaceOf(0x1234_5678_9000, PAGES_256_GIB))],
  ["2^26 pages up to the top", termsOf(48, spaceOf(2 ** 48 - 2 ** 38 - 0x1000, PAGES_256_GIB))],
  ["2^26 pages above the middle, 52 bits", termsOf(52, spaceOf(2 ** 51, PAGES_256_GIB))],
  ["16 pages, 64 bits", termsOf(64, spaceOf(2 ** 51 - 0x10000, 16))],
];

/** The traces of so many runs, always the same. */
export function* tracesOf({ space, hello }: Terms, runs: number): Generator<readonly Request[]> {
  const traces = trace(space, { hello });
  const seeds = new RunSeeds("address-space");
  for (let run = 0; run < runs; run++) yield traces.generate(seeds.random(run), undefined).value;
}
