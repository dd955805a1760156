import { styleText } from "node:util";
import { EXECUTE, type Flags, READ, WRITE } from "../trace/flags.ts";

/** How a report sets off what it shows. Nothing is said by colour alone. */
export interface Paint {
  /** What is shown of something that has these flags. */
  readonly flags: (text: string, flags: Flags) => string;
  /** What frames the rest: rulers, numbers, labels. */
  readonly faint: (text: string) => string;
  /** What the eye should find first. */
  readonly strong: (text: string) => string;
  /** What agrees. */
  readonly good: (text: string) => string;
  /** What disagrees. */
  readonly bad: (text: string) => string;
}

/** Text as it is. */
export const PLAIN: Paint = {
  flags: (text) => text,
  faint: (text) => text,
  strong: (text) => text,
  good: (text) => text,
  bad: (text) => text,
};

type Style = "blue" | "bold" | "cyan" | "dim" | "green" | "magenta" | "red" | "yellow";

/**
 * Colours where `stream` is a terminal that has them, and as NO_COLOR, NODE_DISABLE_COLORS and FORCE_COLOR in
 * the environment demand.
 */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  const style = (name: Style) => (text: string) => styleText(name, text, { stream });
  const executable = style("magenta");
  const writable = style("yellow");
  const readable = style("cyan");
  const closed = style("blue");
  return {
    flags: (text, flags) => {
      if ((flags & EXECUTE) !== 0) return executable(text);
      if ((flags & WRITE) !== 0) return writable(text);
      return (flags & READ) !== 0 ? readable(text) : closed(text);
    },
    faint: style("dim"),
    strong: style("bold"),
    good: style("green"),
    bad: style("red"),
  };
}
