import { systemErrorCode } from "../corpus/system-error.ts";

/**
 * Lets whoever reads `stream` stop reading, as `head` does: what is written from then on is lost, which is no
 * error. Any other failure to write, to a full disk say, goes to `fail`.
 */
export function allowClosing(stream: NodeJS.WritableStream, fail: (error: unknown) => void): void {
  stream.on("error", (error: unknown) => {
    if (systemErrorCode(error) !== "EPIPE") fail(error);
  });
}
