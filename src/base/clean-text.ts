/**
 * Cleans text from outside before it is kept or sent: what no reader wants on a page or a terminal
 * is replaced. For showing text there is `shownText` (pages) and `printable` (terminal and log).
 */

// C0 and C1 controls and DEL (terminal escapes); line and paragraph separators; the bidirectional
// overrides, which can make a name read as another.
const UNWANTED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const UNWANTED_ALL = new RegExp(UNWANTED, "g");

/** Each unwanted character becomes a space, each lone surrogate U+FFFD; the length stays. */
export function cleanText(text: string): string {
  const printable = UNWANTED.test(text) ? text.replace(UNWANTED_ALL, " ") : text;
  return printable.isWellFormed() ? printable : printable.toWellFormed();
}

/** At most `maxLength` UTF-16 units; a surrogate pair is never cut in half. */
export function clampText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  const endsInHalfPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, endsInHalfPair ? maxLength - 1 : maxLength);
}
