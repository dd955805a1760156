import { virtAddr } from "../trace/address.ts";
import { addressLimit, type Hello, type Space } from "../trace/space.ts";

/** Pages in the space of a campaign unless told otherwise: few, so that requests meet each other. */
export const SMALL_SPACE_PAGES = 16;
/** Bytes in a page unless told otherwise. The address-space surface has no others. */
export const DEFAULT_PAGE = 0x1000;

/** Frames for a small space: too few for all of its 16 pages and the tables. */
const FEW_FRAMES = 16;
/** Frames for a large space: too few for a large mapping, and many for small ones. */
const SOME_FRAMES = 512;
/** Bytes in a large space: 256 GiB, half of what one entry of a table of the fourth level maps. */
const LARGE = 2 ** 38;

/**
 * The spaces that a campaign runs in, unless one is chosen. On the memory-set surface a small one; on the
 * address-space surface small ones and large ones, on both sides of the middle of the address space, with frames
 * without end and with few.
 *
 *     0         middle - 2^38      middle      middle + 2^38         2^addrBits
 *     [small]             [ large ][ large     ]                      |
 */
export function standardSpaces(hello: Hello): readonly Space[] {
  const small = spaceAt(0, SMALL_SPACE_PAGES * DEFAULT_PAGE, 0);
  if (hello.surface === "memory-set") return [small];
  const limit = addressLimit(hello);
  const middle = limit / 2;
  const below = Math.min(LARGE, middle);
  // The end of a space must itself be an address.
  const above = Math.min(LARGE, limit - middle - DEFAULT_PAGE);
  // One that doesn't count its frames can't be held to a limit of them.
  const counts = hello.queries.includes("frames");
  return [
    small,
    ...(counts ? [spaceAt(0, SMALL_SPACE_PAGES * DEFAULT_PAGE, FEW_FRAMES)] : []),
    spaceAt(middle - below, below, 0),
    spaceAt(middle, above, counts ? SOME_FRAMES : 0),
  ];
}

function spaceAt(base: number, size: number, frames: number): Space {
  return { base: virtAddr(base), size, page: DEFAULT_PAGE, frames };
}
