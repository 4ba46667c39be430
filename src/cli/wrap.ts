/** Text in lines that a terminal shows whole. */

/** What a terminal shows without breaking lines, since VT100s. */
export const COLUMNS = 80;

/** Breaks at spaces; a word longer than the width stands alone. */
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
