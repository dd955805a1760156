import { systemErrorCode } from "../corpus/system-error.ts";

/** Lets whoever reads `stream` stop reading, as `head` does: what is written from then on is lost, no error. */
export function allowClosing(stream: NodeJS.WritableStream): void {
  stream.on("error", (error: unknown) => {
    if (systemErrorCode(error) !== "EPIPE") throw error;
  });
}
