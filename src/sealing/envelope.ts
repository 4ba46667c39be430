/**
 * What the core works with where a key is set: the sealer, and behind it the guard against
 * replays. Every packet that goes out passes through `seal`, every one that comes in through
 * `open` first.
 */
import { createReplayGuard } from "./replay-window.ts";
import { createSealer, type SealDropReason, type Sealer, type SealerOptions } from "./seal.ts";

export interface SealedEnvelope {
  seal(message: Uint8Array): Uint8Array;
  /** A packet counts as seen once it has been opened here. */
  open(packet: Uint8Array): OpenedEnvelope;
  /** Replay windows kept; never more than the cap. */
  windows(): number;
}

export type OpenedEnvelope =
  | {
      readonly ok: true;
      readonly id: string;
      readonly incarnation: string;
      readonly message: Uint8Array;
    }
  | { readonly ok: false; readonly reason: EnvelopeDropReason };

/** As the page shows them, with their counts. */
export type EnvelopeDropReason = (typeof REASONS)[SealDropReason] | typeof REPLAYED;

const REASONS = {
  "wrong signature": "wrong signature",
  unsealed: "not sealed",
  "wrong key": "sealed with another key",
  malformed: "malformed seal",
  "too long": "too long",
  own: "our own, sent back",
} as const satisfies Readonly<Record<SealDropReason, string>>;

const REPLAYED = "seen before";

/** For one incarnation, as the sealer is. */
export function createEnvelope(options: SealerOptions): SealedEnvelope {
  return guarded(createSealer(options));
}

/** As `createEnvelope`, around a sealer that is there. */
export function guarded(sealer: Sealer): SealedEnvelope {
  const replays = createReplayGuard();
  return {
    seal: (message) => sealer.seal(message),
    open(packet) {
      const opened = sealer.open(packet);
      if (!opened.ok) return { ok: false, reason: REASONS[opened.reason] };
      if (!replays.accepts(opened)) return { ok: false, reason: REPLAYED };
      const { id, incarnation, message } = opened;
      return { ok: true, id, incarnation, message };
    },
    windows: () => replays.size(),
  };
}
