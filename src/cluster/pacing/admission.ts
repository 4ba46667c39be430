/**
 * How much one source may send, and which update of ours it has been served. The table has a
 * cap; whoever has been quiet longest goes first.
 */
import { KNOWN_SOURCE, MAX_SOURCES, UNKNOWN_SOURCE } from "../limits.ts";

interface Source {
  tokens: number;
  atMs: number;
  /**
   * Sequence of our report that it got by protocol 1. Another program of that machine, on
   * another port, is served apart: it must not take the update away from the peer.
   */
  servedToPeer: number;
  servedToOthers: number;
}

export class Admission {
  /** A Map keeps the order of insertion: the first is the least recently used. */
  readonly #sources = new Map<string, Source>();

  sizes() {
    return { sources: this.#sources.size };
  }

  /** Takes one packet's token; false: drop the packet, or send nothing more. */
  admit(address: string, options: { readonly isKnown: boolean; readonly nowMs: number }): boolean {
    const source = this.#touch(address, options.nowMs);
    const { burst, perSecond } = options.isKnown ? KNOWN_SOURCE : UNKNOWN_SOURCE;
    const gained = (Math.max(0, options.nowMs - source.atMs) * perSecond) / 1000;
    source.tokens = Math.min(burst, source.tokens + gained);
    source.atMs = options.nowMs;
    if (source.tokens < 1) return false;
    source.tokens -= 1;
    return true;
  }

  /** Whether this update has not gone to that source yet; it counts as served from now on. */
  serveOnce(address: string, options: { sequence: number; isPeerPort: boolean }): boolean {
    const source = this.#sources.get(address);
    if (source === undefined) return false;
    const served = options.isPeerPort ? source.servedToPeer : source.servedToOthers;
    if (served >= options.sequence) return false;
    if (options.isPeerPort) source.servedToPeer = options.sequence;
    else source.servedToOthers = options.sequence;
    return true;
  }

  #touch(address: string, nowMs: number): Source {
    const known = this.#sources.get(address);
    const source = known ?? {
      tokens: KNOWN_SOURCE.burst,
      atMs: nowMs,
      servedToPeer: 0,
      servedToOthers: 0,
    };
    if (known !== undefined) this.#sources.delete(address);
    else this.#makeRoom();
    this.#sources.set(address, source);
    return source;
  }

  #makeRoom(): void {
    if (this.#sources.size < MAX_SOURCES) return;
    for (const oldest of this.#sources.keys()) {
      this.#sources.delete(oldest);
      return;
    }
  }
}
