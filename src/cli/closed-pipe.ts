import { describeSystemError, systemErrorCode } from "../corpus/system-error.ts";
import { EXIT } from "./exit-status.ts";

/**
 * Lets whoever reads `stream`, one of the process, stop reading, as `head` does: what is written from then on
 * is lost, which is no error. Any other failure to write, a full disk say, ends the process.
 */
export function allowClosing(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: unknown) => {
    if (systemErrorCode(error) === "EPIPE") return;
    process.stderr.write(`mapcheck: the output can't be written: ${describeSystemError(error)}\n`);
    process.exit(EXIT.environment);
  });
}
