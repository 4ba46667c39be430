/**
 * What the core needs of sealing (design 6.4): something that seals what it sends and opens what
 * it receives. The daemon and the simulation give it one; without it the network is plain.
 */

export interface Envelope {
  seal(message: Uint8Array): Uint8Array;
  /** Any bytes are fine; none makes it throw. A packet that was opened before is not opened again. */
  open(packet: Uint8Array): OpenedPacket;
  /** Replay windows that it holds, one for each start of a machine that it has heard. */
  windows(): number;
}

/** Who sealed a packet: some holder of the key says so. */
export interface Sealer {
  readonly id: string;
  readonly incarnation: string;
}

export type OpenedPacket =
  | ({ readonly ok: true; readonly message: Uint8Array } & Sealer)
  | { readonly ok: false; readonly reason: EnvelopeDropReason };

export type EnvelopeDropReason =
  | "wrong signature"
  | "too long"
  | "not sealed"
  | "sealed with another key"
  | "malformed seal"
  | "our own, sent back"
  | "seen before";
