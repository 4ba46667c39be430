/** A finding of `unagi check`. */

/** `look` means that it works, but perhaps not as the user meant. */
export type Verdict = "ok" | "look" | "wrong";

export interface Finding {
  readonly verdict: Verdict;
  /** A word or two, for the second column. */
  readonly subject: string;
  readonly text: string;
  /** What to do about it; present unless the verdict is ok. */
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
