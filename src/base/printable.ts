/**
 * Escapes text from outside (a peer, a file, the command line) for a terminal and a log, so that it
 * cannot move the cursor, reverse the line or fake a second one. Pages use `shownText`.
 */

/** A longer quote would push its sentence off the screen. */
const QUOTE_LENGTH = 60;

/**
 * Control characters (with ESC, so no ANSI sequence survives), the invisible format characters
 * (bidirectional marks, zero width, BOM), line and paragraph separators, odd spaces, lone
 * surrogates, private and unassigned code points.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u;

/** Escapes begin with a backslash; a quote could seem to end a quoted text. */
const QUOTE_OR_BACKSLASH = /["'\\]/;

/** The escaped text in at most `max` UTF-16 units, of which the last is an ellipsis when it was cut. */
export function printable(text: string, max: number): string {
  return escapeText(text, max, true);
}

/** The same for a whole sentence of our own, which keeps its quotes. */
export function oneLine(text: string, max: number): string {
  return escapeText(text, max, false);
}

/** The text in single quotes, for sentences about what the user wrote. */
export function quoted(text: string): string {
  return `'${printable(text, QUOTE_LENGTH)}'`;
}

function escapeText(text: string, max: number, escapesQuotes: boolean): string {
  const pieces: string[] = [];
  let length = 0;
  // An escape is never shorter than its character, so the rest of the text does not matter.
  for (const character of text.slice(0, max + 1)) {
    const isPlain =
      !UNPRINTABLE.test(character) && !(escapesQuotes && QUOTE_OR_BACKSLASH.test(character));
    const piece = isPlain ? character : escapeCharacter(character);
    pieces.push(piece);
    length += piece.length;
  }
  return length > max ? shorten(pieces, max) : pieces.join("");
}

function shorten(pieces: readonly string[], max: number): string {
  if (max < 1) return "";
  const kept = [...pieces];
  let length = kept.join("").length;
  while (length > max - 1) length -= kept.pop()?.length ?? length;
  return `${kept.join("")}…`;
}

function escapeCharacter(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  if (character === "\r") return "\\r";
  if (QUOTE_OR_BACKSLASH.test(character)) return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return `\\u{${code.toString(16)}}`;
}
