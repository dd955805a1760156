/** How the range of a command lay on the areas that were there before it: what statistics are about. */
export class Footprint {
  /** Pages in the range that lay in areas. */
  mapped = 0;
  /** Areas that the range touched. */
  areas = 0;
  /** Whether some page of the range lay in no area. */
  holes = false;
  /** Whether the range began inside an area, behind its first page. */
  cutsLeft = false;
  /** Whether the range ended inside an area, before its last page. */
  cutsRight = false;
  /** Pages whose r, w, x bits were changed. */
  changed = 0;

  /** Back to that of a range of `pages` pages, none of them in an area. */
  reset(pages: number): void {
    this.mapped = 0;
    this.areas = 0;
    this.holes = pages > 0;
    this.cutsLeft = false;
    this.cutsRight = false;
    this.changed = 0;
  }
}
