/**
 * Sealing as the daemon has it: the keys that the configuration names, the envelope of this run,
 * and what `-dd` prints of packets that show nothing.
 */
import { crypto } from "../base/builtins.ts";
import type { Result } from "../base/result.ts";
import type { Config } from "../config/config.ts";
import { createEnvelope } from "../sealing/envelope.ts";
import type { Envelope } from "../sealing/envelope-types.ts";
import { readKeyFiles } from "../sealing/key-file.ts";
import { printableMessage } from "./performer.ts";

export interface SealingOptions {
  readonly secrets: readonly Uint8Array[];
  readonly signature: string;
  readonly id: string;
  readonly incarnation: string;
  readonly isTracing: boolean;
}

/** The keys, in the order of the configuration; none: nothing is sealed. */
export function readSecrets(
  { keyFiles }: Pick<Config, "keyFiles">,
  env: Readonly<Record<string, string | undefined>>,
): Result<readonly Uint8Array[]> {
  const directory = env["CREDENTIALS_DIRECTORY"];
  return readKeyFiles(keyFiles, directory === undefined ? {} : { credentialsDirectory: directory });
}

export interface Sealing {
  /** None without a key. */
  readonly envelope?: Envelope;
  /** For `-dd`: the message, which in a sealed packet shows once it was sealed or opened here. */
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
  /** What was sealed in this very packet, or opened from it. */
  readonly messageIn: (packet: Uint8Array) => Uint8Array | undefined;
}

/** Remembers what is in each packet for as long as the packet itself is held. */
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
