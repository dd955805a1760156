/** The processors by page-table format. */

import type { FormatName } from "../../src/trace/hardware.ts";
import { AARCH64_RULES } from "./aarch64.ts";
import { EPT_RULES } from "./ept.ts";
import { riscvRules } from "./riscv.ts";
import { walkerOf } from "./tree.ts";
import type { Walker } from "./walk.ts";
import { X86_64_RULES } from "./x86-64.ts";

/** The walker of each format. */
export const WALKERS: { readonly [name in FormatName]: Walker } = {
  "x86-64": walkerOf(X86_64_RULES),
  ept: walkerOf(EPT_RULES),
  sv39: walkerOf(riscvRules(3)),
  sv48: walkerOf(riscvRules(4)),
  aarch64: walkerOf(AARCH64_RULES),
};
