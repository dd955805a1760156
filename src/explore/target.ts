import type { Driver } from "../execute/driver.ts";

/** What is tested, and the name that saved cases know it by. */
export interface Target {
  readonly name: string;
  readonly driver: Driver;
}
