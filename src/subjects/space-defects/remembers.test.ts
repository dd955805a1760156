/** Which planted defects remember what doesn't show, so that nobody can bring it back. */
import { describe, expect, test } from "vitest";
import { checkGoingBack, tailsOf } from "../../execute/going-back.fixture.ts";
import { requestsIn, SIXTEEN_PAGES } from "../../trace/literal.fixture.ts";
import { addressSpaceSubject } from "../address-space.ts";
import { ADDRESS_SPACE_DEFECTS } from "./all.ts";
import { type AddressSpaceDefect, partsWith } from "./defect.ts";

const SPACE = { ...SIXTEEN_PAGES, frames: 12 };
const RUNS = 8;

const [open, remembering] = [undefined, true].map((remembers) =>
  ADDRESS_SPACE_DEFECTS.filter((defect) => defect.remembers === remembers),
);

function goingBack({ format = "x86-64", parts }: AddressSpaceDefect) {
  return addressSpaceSubject(format, { ...partsWith([parts]), open: true });
}

describe("going back is the same as going there afresh for", () => {
  test.each(open ?? [])("$name", (defect) => {
    expect(checkGoingBack(goingBack(defect), SPACE, RUNS)).toMatchObject({ failed: false, numRuns: RUNS });
  });
});

/** Where it shows: the way to a place, a detour, and the way on from that place. */
interface Shown {
  readonly path: readonly string[];
  readonly detour: readonly string[];
  readonly tail: readonly string[];
}

/** A frame that was written to is free, and a lazy page waits. */
const dirty = (offset: string): Shown => ({
  path: [
    "map 0x0 0x2000 rw alloc:eager",
    `store ${offset} 01`,
    "unmap 0x0 0x1000",
    "map 0x4000 0x1000 rw alloc:lazy",
  ],
  detour: ["map 0x8000 0x1000 r alloc:eager !backend=0"],
  tail: ["fault 0x4000 w"],
});

const SHOWN: { readonly [name: string]: Shown } = {
  "read-only-pages-share-frame": {
    path: ["map 0x0 0x1000 r alloc:lazy"],
    detour: ["fault 0x0 r"],
    tail: ["fault 0x0 r"],
  },
  "data-frame-not-zeroed": dirty("0x0"),
  "data-frame-half-zeroed": dirty("0x800"),
  "freed-frames-count-as-used": {
    path: [],
    detour: ["map 0x0 0x7000 r alloc:eager"],
    tail: ["map 0x0 0x7000 r alloc:eager"],
  },
};

describe("going back is something else for", () => {
  test.each(remembering ?? [])("$name", (defect) => {
    const shown = SHOWN[defect.name];
    if (shown === undefined) throw new Error("it is not shown where");
    const [path, detour, tail] = [shown.path, shown.detour, shown.tail].map((lines) => requestsIn(...lines));
    const tails = tailsOf(goingBack(defect), SPACE, {
      path: path ?? [],
      detour: detour ?? [],
      tail: tail ?? [],
    });
    expect(tails?.wentBack).toBe(true);
    expect(tails?.wayBack[0]).not.toEqual(tails?.afresh);
  });
});
