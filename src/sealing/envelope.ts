/**
 * The envelope of a network with a key: the packet cipher and, behind it, the guard
 * against replays. Every packet that is sent passes through `seal`; every packet that arrives
 * passes through `open` first. Without an envelope the network is plain.
 */
import { createReplayGuard } from "./replay-window.ts";
import {
  createPacketCipher,
  type PacketCipher,
  type PacketCipherOptions,
  type SealDropReason,
} from "./seal.ts";

export type Envelope = ReturnType<typeof guardReplays>;

/** The machine that sealed a packet. Any holder of the key can name itself so. */
export interface SealedBy {
  readonly id: string;
  readonly incarnation: string;
}

export type OpenedPacket =
  | ({ readonly ok: true; readonly message: Uint8Array } & SealedBy)
  | { readonly ok: false; readonly reason: EnvelopeDropReason };

/** As the page shows them, with their counts. */
export type EnvelopeDropReason = SealDropReason | "seen before";

/** Serves one incarnation, as the cipher does. */
export function createEnvelope(options: PacketCipherOptions): Envelope {
  return guardReplays(createPacketCipher(options));
}

/** An envelope around an existing cipher. */
export function guardReplays(cipher: PacketCipher) {
  const replays = createReplayGuard();
  return {
    seal: cipher.seal,
    /** Takes any bytes and never throws. It opens each packet once: a copy is "seen before". */
    open(packet: Uint8Array): OpenedPacket {
      const opened = cipher.open(packet);
      if (!opened.ok || replays.accepts(opened)) return opened;
      return { ok: false, reason: "seen before" };
    },
    /** The number of replay windows held: one for each incarnation heard of, up to a cap. */
    windows: replays.size,
  };
}
