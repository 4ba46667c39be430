/**
 * What `-dd` logs: every packet sent and received, with the message inside a sealed one. Messages
 * come from the envelope, which is wrapped here, since the bytes of a sealed packet show nothing.
 */
import { printable } from "../../base/printable.ts";
import type { Endpoint } from "../../net/endpoint.ts";
import type { Envelope } from "../../sealing/envelope.ts";

/** A message has at most 4,096 bytes of text; a few of them may need an escape. */
const SHOWN_LENGTH = 4_200;

export type PacketTrace = ReturnType<typeof createPacketTrace>;

export function createPacketTrace(envelope: Envelope | undefined, log: (text: string) => void) {
  /** What was sealed in a packet, or opened from it; kept for as long as the packet itself is held. */
  const messages = new WeakMap<Uint8Array, Uint8Array>();
  const show = (packet: Uint8Array) => {
    if (envelope === undefined) return showMessage(packet);
    const message = messages.get(packet);
    return message === undefined
      ? `${packet.length} bytes that cannot be opened`
      : `(${packet.length} bytes sealed) ${showMessage(message)}`;
  };
  return {
    /** To be used in place of the envelope given. */
    envelope: envelope && {
      ...envelope,
      seal(message: Uint8Array) {
        const packet = envelope.seal(message);
        messages.set(packet, message);
        return packet;
      },
      open(packet: Uint8Array) {
        const opened = envelope.open(packet);
        if (opened.ok) messages.set(packet, opened.message);
        return opened;
      },
    },
    sent: (to: Endpoint, packet: Uint8Array) => log(`to ${showEndpoint(to)}: ${show(packet)}`),
    /** To be called after the packet was opened: before that a sealed one shows nothing. */
    received: (from: Endpoint, packet: Uint8Array) =>
      log(`from ${showEndpoint(from)}: ${show(packet)}`),
  };
}

/** `192.168.1.7:10080`, `[fd00::7]:10080`. */
function showEndpoint({ address, port }: Endpoint): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

function showMessage(message: Uint8Array): string {
  return printable(Buffer.from(message).toString("latin1"), SHOWN_LENGTH);
}
