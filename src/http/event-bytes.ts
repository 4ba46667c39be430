/**
 * The text of an event as bytes, plain and compressed. Each form is made for the first reader that
 * takes it, and shared by all others.
 */
import { zlib } from "../base/builtins.ts";

/**
 * RFC 1952: magic, deflate, no flags, no time, no extra flags, Unix. Begins a compressed stream,
 * which has no end.
 */
export const GZIP_HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);

export class EventBytes {
  readonly #text: string;
  #plain: Uint8Array | undefined;
  #deflated: Uint8Array | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  in({ isGzipped }: { readonly isGzipped: boolean }): Uint8Array {
    if (!isGzipped) {
      this.#plain ??= Buffer.from(this.#text, "utf8");
      return this.#plain;
    }
    // Ends at a whole byte and refers to nothing before it, so the same bytes fit at any place of
    // any reader's stream.
    this.#deflated ??= zlib().deflateRawSync(this.#text, {
      level: 5,
      finishFlush: zlib().constants.Z_SYNC_FLUSH,
    });
    return this.#deflated;
  }
}
