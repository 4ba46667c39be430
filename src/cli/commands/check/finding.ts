/** What `unagi check` says of one thing. */

/** `look`: it works, but probably not as meant. */
export type Verdict = "ok" | "look" | "wrong";

export interface Finding {
  readonly verdict: Verdict;
  /** A word or two, the first column. */
  readonly subject: string;
  readonly text: string;
  /** What to do about it; for all that is not ok. */
  readonly remedy?: string;
}

export function fine(subject: string, text: string): Finding {
  return { verdict: "ok", subject, text };
}

export function look(subject: string, text: string, remedy: string): Finding {
  return { verdict: "look", subject, text, remedy };
}

export function wrong(subject: string, text: string, remedy: string): Finding {
  return { verdict: "wrong", subject, text, remedy };
}
