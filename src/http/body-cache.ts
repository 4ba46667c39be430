/** Bodies made in this era: what two readers ask for at once is made once. */
import type { Body } from "./answer.ts";

/** Different addresses within one second; a crawler that asks for more only loses the help. */
const MOST_BODIES = 64;
/** Together, in characters: a page of 300 machines has 500,000. */
const MOST_CHARACTERS = 8_000_000;

export class BodyCache {
  readonly #bodies = new Map<string, Body>();
  #characters = 0;
  #era = "";

  /** `era` names the state that bodies belong to: when it changes, all earlier ones go. */
  get(era: string, key: string, make: () => Body): Body {
    if (era !== this.#era) this.#clear(era);
    const known = this.#bodies.get(key);
    if (known !== undefined) return known;
    const body = make();
    const isFull =
      this.#bodies.size >= MOST_BODIES || this.#characters + body.text.length > MOST_CHARACTERS;
    if (isFull) this.#clear(era);
    this.#bodies.set(key, body);
    this.#characters += body.text.length;
    return body;
  }

  #clear(era: string): void {
    this.#bodies.clear();
    this.#characters = 0;
    this.#era = era;
  }
}
