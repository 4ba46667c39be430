/**
 * Makes text from outside safe to show on a terminal and in a log: what a peer, a file or a
 * user's typing error put into it moves no cursor, turns no line around and fakes no second line.
 */

/** Longer quotes push the sentence that they stand in off the screen. */
const QUOTE_LENGTH = 60;

/**
 * Control characters (with ESC, so no ANSI sequence survives), the invisible format characters
 * (bidirectional marks, zero width, BOM), line and paragraph separators, lone surrogates, private
 * and unassigned code points; further the backslash, which is what escapes are written with, and
 * both quotes, so that a quoted text cannot seem to end early.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\\"']|[^\P{Zs} ]/u;

/** At most `max` characters of the result, an ellipsis among them when it was cut. */
export function printable(text: string, max: number): string {
  // An escape is longer than what it stands for, so more than `max` input is never needed.
  const escaped = [...text.slice(0, max + 1)].map((character) => escapeCharacter(character));
  const pieces: string[] = [];
  let length = 0;
  for (const piece of escaped) {
    if (length + piece.length > max) return shorten(pieces, max);
    pieces.push(piece);
    length += piece.length;
  }
  return text.length > max + 1 ? shorten(pieces, max) : pieces.join("");
}

/** The text in single quotes, for sentences about what the user wrote. */
export function quoted(text: string): string {
  return `'${printable(text, QUOTE_LENGTH)}'`;
}

function shorten(pieces: readonly string[], max: number): string {
  const kept = [...pieces];
  let length = kept.reduce((sum, piece) => sum + piece.length, 0);
  while (length > max - 1) length -= kept.pop()?.length ?? length;
  return max < 1 ? "" : `${kept.join("")}…`;
}

function escapeCharacter(character: string): string {
  if (!UNPRINTABLE.test(character)) return character;
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  if (character === "\\" || character === '"' || character === "'") return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return `\\u{${code.toString(16)}}`;
}
