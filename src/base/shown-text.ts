/**
 * Prepares text from peers for a page: one line, bounded, with each character that is invisible or
 * changes the writing direction written out as an escape. The renderer escapes HTML. Terminals and
 * logs use `printable`, which escapes more.
 */

/** Long enough for real names of hosts, users and commands, and short enough for a column. */
export const NAME_LENGTH = 48;

/** For a message line or the reason of a problem: as much as anyone reads of it. */
export const SENTENCE_LENGTH = 600;

// Controls, soft hyphen, zero-width and direction marks, line separators, the byte order mark.
// The joiners U+200C and U+200D are kept, since emoji and several scripts need them.
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The escape of a character as in source code: `\x07`, `\u202e`. */
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

/** What a reader typed, without invisible characters, as it is written back into the form. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, "").toWellFormed();
}

/** A machine's name, or its id where it has no name. */
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
