/** The processors by page-table format. */

import type { FormatName } from "../../src/trace/hardware.ts";
import { lookUpAarch64, walkAarch64 } from "./aarch64.ts";
import { lookUpEpt, walkEpt } from "./ept.ts";
import { lookUpRiscV, walkRiscV } from "./riscv.ts";
import type { Walker } from "./walk.ts";
import { lookUpX8664, walkX8664 } from "./x86-64.ts";

/** The walker of each format. */
export const WALKERS: { readonly [name in FormatName]: Walker } = {
  "x86-64": { walk: walkX8664, lookUp: lookUpX8664 },
  ept: { walk: walkEpt, lookUp: lookUpEpt },
  sv39: {
    walk: (hardware, into) => walkRiscV(hardware, 3, into),
    lookUp: (hardware, addr, into) => lookUpRiscV(hardware, 3, addr, into),
  },
  sv48: {
    walk: (hardware, into) => walkRiscV(hardware, 4, into),
    lookUp: (hardware, addr, into) => lookUpRiscV(hardware, 4, addr, into),
  },
  aarch64: { walk: walkAarch64, lookUp: lookUpAarch64 },
};
