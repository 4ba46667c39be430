/**
 * The two clocks that travel together through the program, and the few constants of scale.
 * Nothing here reads a clock; the shell does (runtime/clock.ts).
 */

/**
 * One instant as the shell saw it.
 *
 * `elapsedMs` never steps back and counts the time the machine was suspended (CLOCK_BOOTTIME):
 * all ages and deadlines come from it. `wallMs` is the Unix time in milliseconds: it may jump,
 * and is only for display, for the history, and for what leaves the machine.
 */
export interface Moment {
  readonly elapsedMs: number;
  readonly wallMs: number;
}

export const KIBIBYTE = 1024;
export const MEBIBYTE = 1024 * 1024;
