/** What takes longer to notice a mutant of the stack, but notices more. */
import { declareSuites } from "./suites.fixture.ts";

await declareSuites(
  () => import("../subjects/memory-set.test.ts"),
  () => import("../subjects/address-space.test.ts"),
  () => import("../subjects/machine-fingerprint.test.ts"),
  () => import("./runs.fixture.ts"),
  () => import("../memory/upstream.test.ts"),
  () => import("../paging/page-table-split.test.ts"),
  () => import("../paging/formats/by-name.test.ts"),
  () => import("../address-space/failures.test.ts"),
);
