/**
 * How much each source may send, and which of our updates it has been served. The table has a cap; the
 * source that has sent nothing for the longest time makes room.
 */

import { putNewest } from "../../base/put-newest.ts";
import { KNOWN_SOURCE, MAX_SOURCES, UNKNOWN_SOURCE } from "../limits.ts";

interface Source {
  tokens: number;
  atMs: number;
  /**
   * Sequence of the report that its peer got by protocol 1. Programs on other ports of that machine are
   * served apart, so that they cannot take the update away from the peer.
   */
  servedToPeer: number;
  servedToOthers: number;
}

export class Admission {
  /** The source that was heard last comes last. */
  readonly #sources = new Map<string, Source>();

  sizes() {
    return { sources: this.#sources.size };
  }

  /** Takes the token of one packet. Returns false if the packet is to be dropped, or not to be sent. */
  admit(address: string, options: { readonly isKnown: boolean; readonly nowMs: number }): boolean {
    const source = this.#sources.get(address) ?? {
      tokens: KNOWN_SOURCE.burst,
      atMs: options.nowMs,
      servedToPeer: 0,
      servedToOthers: 0,
    };
    putNewest(this.#sources, address, source, MAX_SOURCES);
    const { burst, perSecond } = options.isKnown ? KNOWN_SOURCE : UNKNOWN_SOURCE;
    const gained = (Math.max(0, options.nowMs - source.atMs) * perSecond) / 1000;
    source.tokens = Math.min(burst, source.tokens + gained);
    source.atMs = options.nowMs;
    if (source.tokens < 1) return false;
    source.tokens -= 1;
    return true;
  }

  /** Whether this update has not been served to the source yet; from now on it has. */
  serveOnce(address: string, options: { sequence: number; isPeerPort: boolean }): boolean {
    const source = this.#sources.get(address);
    if (source === undefined) return false;
    const served = options.isPeerPort ? source.servedToPeer : source.servedToOthers;
    if (served >= options.sequence) return false;
    if (options.isPeerPort) source.servedToPeer = options.sequence;
    else source.servedToOthers = options.sequence;
    return true;
  }
}
