/** What a reader should know about the history: one sentence for each subject, its newest. */

export class Notices {
  readonly #warn: (text: string) => void;
  readonly #texts = new Map<string, string>();
  #damaged = 0;

  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  list(): readonly string[] {
    return [...this.#texts.values()];
  }

  /** Warns in the log as well, unless this very sentence stands there already. */
  tell(subject: string, text: string): void {
    if (this.#texts.get(subject) === text) return;
    this.#texts.set(subject, text);
    this.#warn(text);
  }

  /** True if there was a notice of this subject. */
  remove(subject: string): boolean {
    return this.#texts.delete(subject);
  }

  /** Counts one more entry that could not be read. */
  countDamaged(): void {
    this.#damaged++;
    this.#texts.set("damaged", `${this.#damaged} times a damaged entry of the history was read`);
  }
}
