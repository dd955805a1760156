import type { AddressSpaceDefect } from "./defect.ts";
import { UNDO_DEFECTS } from "./failing.ts";
import { FAULT_DEFECTS } from "./faults.ts";
import { FORMAT_DEFECTS } from "./formats.ts";
import { FRAME_DEFECTS } from "./frames.ts";
import { HUGE_PAGE_DEFECTS } from "./huge-pages.ts";
import { SPACE_LOOKUP_DEFECTS } from "./lookup.ts";
import { MAPPING_DEFECTS } from "./mapping.ts";
import { TABLE_DEFECTS } from "./tables.ts";
import { TLB_DEFECTS } from "./tlb.ts";
import { RELEASE_DEFECTS } from "./unmapping.ts";

/** Every planted defect of the address-space surface. */
export const ADDRESS_SPACE_DEFECTS: readonly AddressSpaceDefect[] = [
  ...MAPPING_DEFECTS,
  ...FAULT_DEFECTS,
  ...FRAME_DEFECTS,
  ...RELEASE_DEFECTS,
  ...HUGE_PAGE_DEFECTS,
  ...TABLE_DEFECTS,
  ...TLB_DEFECTS,
  ...SPACE_LOOKUP_DEFECTS,
  ...UNDO_DEFECTS,
  ...FORMAT_DEFECTS,
];
