/** What others sent, made fit for one line of the log: escaped and short. */

const LONGEST = 60;

/** In double quotes, as JSON, with everything beyond printable ASCII as an escape. */
export function quote(text: string): string {
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return JSON.stringify(shown).replace(/[^ -~…]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

export function quoteBytes(bytes: Uint8Array): string {
  return quote(Buffer.from(bytes.subarray(0, LONGEST + 1)).toString("latin1"));
}
