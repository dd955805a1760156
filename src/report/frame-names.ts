/**
 * Names for frames of physical memory in the pictures of one replay: #1, #2 and so on in the order in which
 * they are drawn first. So a frame can be followed from picture to picture.
 */
export class FrameNames {
  private readonly numbers = new Map<number, number>();

  /** The name of the frame that begins at this physical address. */
  nameOf(frame: number): string {
    const number = this.numbers.get(frame) ?? this.numbers.size + 1;
    this.numbers.set(frame, number);
    return `#${number}`;
  }
}
