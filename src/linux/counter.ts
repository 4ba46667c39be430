/** Reads counters as the kernel prints them: decimal digits and nothing else. */

/** 2^64 − 1, the largest that the kernel counts to, has 20 digits. */
const COUNTER = /^\d{1,20}$/;

/** NaN for anything but plain digits: `Number` alone takes "", "0x10", "1e9" and "Infinity" too. */
export function parseCounter(text: string | undefined): number {
  return text !== undefined && COUNTER.test(text) ? Number(text) : Number.NaN;
}
