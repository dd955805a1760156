import type { FormatName } from "../../trace/hardware.ts";
import type { PageTableFormat } from "../format.ts";
import { AARCH64 } from "./aarch64.ts";
import { EPT } from "./ept.ts";
import { SV39, SV48 } from "./riscv.ts";
import { X86_64 } from "./x86-64.ts";

/** Every page-table format, by its name. */
export const FORMATS: { readonly [N in FormatName]: PageTableFormat } = {
  "x86-64": X86_64,
  sv39: SV39,
  sv48: SV48,
  aarch64: AARCH64,
  ept: EPT,
};
