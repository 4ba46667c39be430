/** The envelope of this run, and what `-dd` prints of packets whose bytes show nothing. */
import { crypto } from "../base/builtins.ts";
import { createEnvelope, type Envelope } from "../sealing/envelope.ts";
import { printableMessage } from "./performer.ts";

export interface SealingOptions {
  readonly secrets: readonly Uint8Array[];
  readonly signature: string;
  readonly id: string;
  readonly incarnation: string;
  readonly isTracing: boolean;
}

export interface Sealing {
  /** Absent without a key. */
  readonly envelope?: Envelope;
  /** For `-dd`: the message in a packet; of a sealed one, as soon as it was sealed or opened here. */
  readonly print: (packet: Uint8Array) => string;
}

export function openSealing({ secrets, isTracing, ...who }: SealingOptions): Sealing {
  if (secrets.length === 0) return { print: printableMessage };
  const envelope = createEnvelope({ ...who, secrets, randomBytes: crypto().randomBytes });
  if (!isTracing) return { envelope, print: printUnopened };
  const traced = traceEnvelope(envelope);
  const print = (packet: Uint8Array) => {
    const message = traced.messageIn(packet);
    return message === undefined
      ? printUnopened(packet)
      : `(${packet.length} bytes sealed) ${printableMessage(message)}`;
  };
  return { envelope: traced.envelope, print };
}

function printUnopened({ length }: Uint8Array): string {
  return `${length} bytes that cannot be opened`;
}

interface TracedEnvelope {
  readonly envelope: Envelope;
  /** The message that was sealed in this packet, or opened from it. */
  readonly messageIn: (packet: Uint8Array) => Uint8Array | undefined;
}

/** Keeps the message of each packet for as long as the packet itself is held. */
function traceEnvelope(envelope: Envelope): TracedEnvelope {
  const messages = new WeakMap<Uint8Array, Uint8Array>();
  return {
    envelope: {
      seal(message) {
        const packet = envelope.seal(message);
        messages.set(packet, message);
        return packet;
      },
      open(packet) {
        const opened = envelope.open(packet);
        if (opened.ok) messages.set(packet, opened.message);
        return opened;
      },
      windows: envelope.windows,
    },
    messageIn: (packet) => messages.get(packet),
  };
}
