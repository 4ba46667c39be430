/** Random numbers for the core: unpredictable, since it makes request numbers of them. */

/** How many numbers are drawn at once; one system call for each would cost more. */
const BATCH = 512;

/** A source of numbers in [0, 1) with 53 random bits each, as `Math.random` but not predictable. */
export function createRandom(): () => number {
  const words = new Uint32Array(BATCH * 2);
  let next = words.length;
  return () => {
    if (next >= words.length) {
      crypto.getRandomValues(words);
      next = 0;
    }
    const high = (words[next] ?? 0) >>> 5;
    const low = (words[next + 1] ?? 0) >>> 6;
    next += 2;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
}
