/** What is quick to notice a mutant of `src/address-space/`. */
import { declareSuites } from "./suites.fixture.ts";

await declareSuites(
  () => import("../address-space/new-empty.test.ts"),
  () => import("../address-space/protect.test.ts"),
  () => import("../address-space/page-fault.test.ts"),
  () => import("../address-space/area-set.test.ts"),
  () => import("../address-space/backends.test.ts"),
  () => import("../address-space/bytes.test.ts"),
  () => import("../address-space/sharing.test.ts"),
  () => import("../address-space/address-space.test.ts"),
);
