/** What is quick to notice a mutant of `src/paging/`. */
import { declareSuites } from "./suites.fixture.ts";

await declareSuites(
  () => import("../paging/formats/x86-64.test.ts"),
  () => import("../paging/formats/riscv.test.ts"),
  () => import("../paging/formats/aarch64.test.ts"),
  () => import("../paging/formats/ept.test.ts"),
  () => import("../paging/frame-allocator.test.ts"),
  () => import("../paging/physical-memory.test.ts"),
  () => import("../paging/journal.test.ts"),
  () => import("../paging/tlb.test.ts"),
  () => import("../paging/mmu.test.ts"),
  () => import("../paging/table-tree.test.ts"),
  () => import("../paging/page-table.test.ts"),
  () => import("../paging/page-table-sharing.test.ts"),
  () => import("../paging/page-table-regions.test.ts"),
  () => import("../paging/page-table-failures.test.ts"),
);
