/** Finds the known word that a mistyped one was probably meant to be. */

/** Longer words are nobody's typing error for an option, and comparing them costs their product. */
const LONGEST_WORD = 40;

/**
 * The known word within a third of the letters (one at least) by edits, or that the word begins;
 * undefined when nothing is near enough to be worth suggesting.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > LONGEST_WORD) return undefined;
  const lower = word.toLowerCase();
  const begun = lower.length < 2 ? [] : known.filter((candidate) => candidate.startsWith(lower));
  if (begun.length === 1) return begun[0];
  const reach = Math.max(1, Math.floor(word.length / 3));
  let nearest: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(lower, candidate);
    if (distance <= reach && (nearest === undefined || distance < nearest.distance)) {
      nearest = { word: candidate, distance };
    }
  }
  return nearest?.word;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          at(previous, column) + 1,
          at(current, column - 1) + 1,
          at(previous, column - 1) + (isSame ? 0 : 1),
          row > 1 && column > 1 && isSwapped ? at(beforePrevious, column - 2) + 1 : Infinity,
        ),
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
