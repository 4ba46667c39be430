/** An instant on the two clocks of the program, and constants of scale. runtime/clock.ts reads them. */

/**
 * One instant. `elapsedMs` never steps back and includes suspensions (CLOCK_BOOTTIME); all ages and
 * deadlines use it. `wallMs` is the Unix time in milliseconds; it may jump, and is only for display,
 * for the history and for what leaves the machine.
 */
export interface Moment {
  readonly elapsedMs: number;
  readonly wallMs: number;
}

export const KIBIBYTE = 1024;
export const MEBIBYTE = 1024 * 1024;
