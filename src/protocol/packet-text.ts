/** What the encoders share: text as bytes, and lists of words over several packets. */

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/**
 * Words in groups of at most `room` characters, where each word takes up `wordOverhead` more for its
 * separators. A word that is longer than the room is a group of its own, so that a signature of
 * absurd length cannot keep addresses from travelling. Addresses are ASCII: a character is a byte.
 */
export function chunkWords(
  words: readonly string[],
  options: { readonly room: number; readonly wordOverhead: number },
): string[][] {
  const chunks: string[][] = [];
  let chunk: string[] = [];
  let used = 0;
  for (const word of words) {
    const size = word.length + options.wordOverhead;
    if (chunk.length > 0 && used + size > options.room) {
      chunks.push(chunk);
      chunk = [];
      used = 0;
    }
    chunk.push(word);
    used += size;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}
