/** A timer as a function, so that tests can move the time by hand. */

/** Calls back once, after so many ms, unless the returned function is called before. */
export type After = (ms: number, run: () => void) => () => void;
