/**
 * Text that came from a file or from an implementation, as one line that a terminal shows and doesn't obey:
 * whatever can't be seen, moves the cursor or turns the direction of writing stands there as `\u{…}`, a tab
 * as `\t`.
 */
export function escapeText(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (character) =>
    character === "\t" ? "\\t" : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
