/**
 * Text from peers, made fit to be shown: one line, bounded, and with every character that is
 * invisible or turns the writing direction written out. Escaping for HTML is the renderer's.
 */

/** Long enough for any real host, user or command name, short enough for a column. */
export const NAME_LENGTH = 48;

/** A message line or the reason of a problem: as long as a reader may want, far from a packet. */
export const SENTENCE_LENGTH = 600;

// Controls, soft hyphen, zero-width and direction marks, line separators, the byte order mark.
// The joiners U+200C and U+200D stay: emoji and several scripts need them.
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** `\x07`, `\u202e`: as a programmer would write it, so that nothing is hidden and nothing acts. */
function writeOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** One line of at most `length` characters and an ellipsis; lone surrogates become U+FFFD. */
export function shownText(text: string, length: number = NAME_LENGTH): string {
  const cut = text.length > length;
  const kept = (cut ? text.slice(0, length) : text).toWellFormed().replace(INVISIBLE, writeOut);
  return cut ? `${kept}…` : kept;
}

/** For what a reader typed: it goes back into the form, so nothing invisible stays in it. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, "").toWellFormed();
}

/** A machine's name, or its id where it has given itself none. */
export function shownName(
  machine: { readonly name: string; readonly id: string },
  length: number = NAME_LENGTH,
): string {
  return shownText(machine.name.trim() === "" ? machine.id : machine.name, length);
}

/** `1 user`, `3 users`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
