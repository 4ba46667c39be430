/**
 * Text that came from somebody else: cleaned and clamped before it is kept or shown. The page
 * escapes HTML by itself; this is about what no reader wants, on a page or a terminal.
 */

// C0 and C1 controls and DEL (terminal escapes); line and paragraph separators; the
// bidirectional overrides, with which a name can be made to read as another.
const UNWANTED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const UNWANTED_ALL = new RegExp(UNWANTED, "g");

/** Each unwanted character becomes a space, each lone surrogate U+FFFD. Never longer. */
export function cleanText(text: string): string {
  const printable = UNWANTED.test(text) ? text.replace(UNWANTED_ALL, " ") : text;
  return printable.isWellFormed() ? printable : printable.toWellFormed();
}

/** At most so many UTF-16 units, never half a surrogate pair. */
export function clampText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  const endsInHalfPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, endsInHalfPair ? maxLength - 1 : maxLength);
}

/**
 * One word of a protocol-1 line: Latin-1, never empty, without a space or control character
 * (each becomes `_`) and without what Latin-1 does not have (`?`). No-break space and NEL count
 * as spaces, since a byte-wise `split()` may take them for such.
 */
export function latin1Word(text: string, maxLength: number): string {
  const word = clampText(text, maxLength)
    .replace(/[\u0000-\u0020\u007f-\u00a0]/g, "_")
    .replace(/[^\u0000-\u00ff]/gu, "?");
  return word === "" ? "?" : word;
}

/** One message of a protocol-1 line: Latin-1, controls (a tab separates messages) as spaces. */
export function latin1Line(text: string, maxLength: number): string {
  return clampText(text, maxLength)
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, " ")
    .replace(/[^\u0000-\u00ff]/gu, "?")
    .trim();
}
