/**
 * What `-dd` logs: every packet sent and received, with the message inside a sealed one. Messages
 * come from the envelope, which is wrapped here, since the bytes of a sealed packet show nothing.
 */
import { printable } from "../../base/printable.ts";
import type { Endpoint } from "../../net/endpoint.ts";
import type { Envelope } from "../../sealing/envelope.ts";

export interface PacketTrace {
  /** To be used in place of the envelope given. */
  readonly envelope: Envelope | undefined;
  readonly sent: (to: Endpoint, packet: Uint8Array) => void;
  /** To be called after the packet was opened: before that a sealed one shows nothing. */
  readonly received: (from: Endpoint, packet: Uint8Array) => void;
}

/** A message has at most 4,096 bytes of text; a few of them may need an escape. */
const SHOWN_LENGTH = 4_200;

export function createPacketTrace(
  envelope: Envelope | undefined,
  log: (text: string) => void,
): PacketTrace {
  const traced = envelope && traceMessages(envelope);
  const show = (packet: Uint8Array) => {
    if (traced === undefined) return showMessage(packet);
    const message = traced.messageIn(packet);
    return message === undefined
      ? `${packet.length} bytes that cannot be opened`
      : `(${packet.length} bytes sealed) ${showMessage(message)}`;
  };
  return {
    envelope: traced?.envelope,
    sent: (to, packet) => log(`to ${showEndpoint(to)}: ${show(packet)}`),
    received: (from, packet) => log(`from ${showEndpoint(from)}: ${show(packet)}`),
  };
}

interface TracedEnvelope {
  readonly envelope: Envelope;
  /** The message that was sealed in this packet, or opened from it. */
  readonly messageIn: (packet: Uint8Array) => Uint8Array | undefined;
}

/** Keeps the message of each packet for as long as the packet itself is held. */
function traceMessages(envelope: Envelope): TracedEnvelope {
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

/** `192.168.1.7:10080`, `[fd00::7]:10080`. */
function showEndpoint({ address, port }: Endpoint): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

function showMessage(message: Uint8Array): string {
  return printable(Buffer.from(message).toString("latin1"), SHOWN_LENGTH);
}
