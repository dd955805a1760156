/** What is quick to notice a mutant of `src/memory/`. */
import { declareSuites } from "./suites.fixture.ts";

await declareSuites(
  () => import("../memory/area.test.ts"),
  () => import("../memory/failure-injection.test.ts"),
  () => import("../memory/memory-set.test.ts"),
  () => import("../memory/mock.test.ts"),
  () => import("../memory/failure.test.ts"),
  () => import("../memory/stateful-backend.test.ts"),
  () => import("../memory/own-types.test.ts"),
);
