/** Breaks text into lines that fit a terminal. */

/** The width of a terminal, since the VT100. */
export const COLUMNS = 80;

/** Breaks at spaces; a word longer than the width gets a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
