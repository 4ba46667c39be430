/** The beginning of a long list, and how many are left: the answers have a few lines each. */

/** Enough for a choice, few enough for three answers side by side. */
export const ANSWER_LINES = 5;

/** Returns at most `ANSWER_LINES` of a list, or one more where "1 more" would take as much room. */
export function firstLines<T>(all: readonly T[]) {
  const count = all.length === ANSWER_LINES + 1 ? all.length : ANSWER_LINES;
  const shown = all.slice(0, count);
  return { shown, more: all.length - shown.length };
}
