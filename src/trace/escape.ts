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

/** JSON in which all that a terminal would obey, or not show, is escaped. It says the same. */
export function printJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/gu,
    (character) => (character === "\n" ? character : unitsOf(character)),
  );
}

function unitsOf(character: string): string {
  let escaped = "";
  for (let at = 0; at < character.length; at++) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
