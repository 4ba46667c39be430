/** Keeps the bodies made in this era, so that what two readers ask for at once is made once. */
import type { Body } from "./answer.ts";

/** Different addresses asked for within a second; a crawler that asks for more only loses the help. */
export const MOST_BODIES = 64;
/** All bodies together hold at most this many characters; a page of 300 machines has 500,000. */
export const MOST_CHARACTERS = 8_000_000;

export class BodyCache {
  readonly #bodies = new Map<string, Body>();
  #characters = 0;
  #era = "";

  /** `era` names the state that bodies belong to: when it changes, all earlier ones go. */
  get(era: string, name: string, make: () => Body): Body {
    if (era !== this.#era) this.#clear(era);
    const known = this.#bodies.get(name);
    if (known !== undefined) return known;
    const body = make();
    const { length } = body.text;
    if (length > MOST_CHARACTERS) return body;
    const isFull = this.#bodies.size >= MOST_BODIES || this.#characters + length > MOST_CHARACTERS;
    if (isFull) this.#clear(era);
    this.#bodies.set(name, body);
    this.#characters += length;
    return body;
  }

  #clear(era: string): void {
    this.#bodies.clear();
    this.#characters = 0;
    this.#era = era;
  }
}
