import { escapeText } from "../trace/escape.ts";
import { count } from "./statistics.ts";

/** Bytes up to this length are shown whole: 64 digits still fit in a line. */
const WHOLE = 32;
/** The bytes that are shown of longer ones on either side of the cut. */
const SHOWN = 8;

/** Bytes as the trace language has them: digits in pairs, without 0x. */
const BYTES = new RegExp(`(?<![0-9a-zA-Z])(?:[0-9a-f]{2}){${WHOLE + 1},}(?![0-9a-zA-Z])`, "g");

/**
 * A line of the trace language, or a part of one, as a terminal shows it: nothing in it moves the cursor or
 * colours anything, and many bytes are cut in the middle: `0011223344556677<4,080 bytes>8899aabbccddeeff`.
 */
export function terminalText(text: string): string {
  return escapeText(text).replace(BYTES, (digits) => {
    const cut = count(digits.length / 2 - 2 * SHOWN);
    return `${digits.slice(0, 2 * SHOWN)}<${cut} bytes>${digits.slice(-2 * SHOWN)}`;
  });
}
