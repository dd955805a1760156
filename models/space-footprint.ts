import { Footprint } from "./footprint.ts";

/** What a command on an address space did besides, to areas, to pages and their frames: for statistics. */
export class SpaceFootprint extends Footprint {
  /** Whether a page got its frame by a fault. */
  broughtIn = false;
  /** Whether a fault found that the page had its frame already. */
  spurious = false;
  /** Whether a page without r, w and x that was once written to was opened again. */
  reopened = false;
  /** Whether a page turned out to have a frame that another page once had. */
  reused = false;

  override reset(pages: number): void {
    super.reset(pages);
    this.broughtIn = false;
    this.spurious = false;
    this.reopened = false;
    this.reused = false;
  }
}
