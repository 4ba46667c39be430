/** One line of a benchmark's result. */

export interface Figure {
  readonly subject: string;
  readonly value: string;
  /** What it is compared with, and the value of that. */
  readonly beside?: string;
  /** Our value ÷ the compared one, or ÷ the aim. */
  readonly ratio?: number;
  readonly aim: string;
  readonly isMet: boolean;
  /** The aim must be met on any machine: if it is missed, the run exits with 1. */
  readonly isPromise?: boolean;
}
