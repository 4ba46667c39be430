/**
 * The sealing of simulated machines, which lets invariants see what is inside a packet. With the real
 * cipher, the product seals and opens each packet. With the fake cipher, a packet that was made with
 * the key is recognised by object identity, which takes a tenth of the time; any other packet still
 * goes to the real cipher, which refuses it. The replay window is the real one in both cases.
 */
import { createEnvelope, guardReplays } from "../../../src/sealing/envelope.ts";
import {
  createPacketCipher,
  type PacketCipher,
  SEALING_OVERHEAD_BYTES,
} from "../../../src/sealing/seal.ts";
import { SIGNATURE } from "./packet-kind.ts";
import type { Random } from "./random.ts";

/** What a holder of the key has put into a packet, and in whose name. */
interface SealedContent {
  readonly id: string;
  readonly incarnation: string;
  readonly counter: number;
  readonly message: Uint8Array;
  readonly secret: Uint8Array | undefined;
}

/** The contents of each packet in a sealed world that was made with the key. */
export class Plaintexts {
  readonly isCipherFaked: boolean;
  readonly #contents = new WeakMap<Uint8Array, SealedContent>();

  constructor(isCipherFaked: boolean) {
    this.isCipherFaked = isCipherFaked;
  }

  has(packet: Uint8Array): boolean {
    return this.#contents.has(packet);
  }

  get(packet: Uint8Array): Uint8Array | undefined {
    return this.#contents.get(packet)?.message;
  }

  contentOf(packet: Uint8Array): SealedContent | undefined {
    return this.#contents.get(packet);
  }

  set(packet: Uint8Array, content: SealedContent): void {
    this.#contents.set(packet, content);
  }
}

interface SealOptions {
  readonly id: string;
  readonly incarnation: string;
  readonly keys: readonly Uint8Array[];
  readonly random: Random;
  readonly plain: Plaintexts | undefined;
}

export function createSimulatedEnvelope(options: SealOptions) {
  const { id, incarnation, keys, random, plain } = options;
  const randomBytes = (count: number) => {
    const bytes = Buffer.allocUnsafe(count);
    for (let at = 0; at < count; at += 4) bytes.writeUInt32LE(random() * 2 ** 32, at);
    return bytes;
  };
  const sealing = { id, incarnation, signature: SIGNATURE, secrets: keys, randomBytes };
  if (plain?.isCipherFaked === true) {
    return guardReplays(fakeCipher(createPacketCipher(sealing), options, plain));
  }
  const envelope = createEnvelope(sealing);
  let counter = 0;
  return {
    open: envelope.open,
    windows: envelope.windows,
    seal(message: Uint8Array): Uint8Array {
      counter++;
      const packet = envelope.seal(message);
      plain?.set(packet, { id, incarnation, counter, message, secret: keys[0] });
      return packet;
    },
  };
}

/** Longer messages are compressed, to about half their size. */
const WORTH_DEFLATING_BYTES = 128;
const HEAD = Buffer.from(`${SIGNATURE}#`);

function fakeCipher(real: PacketCipher, options: SealOptions, plain: Plaintexts): PacketCipher {
  const { id, incarnation, keys } = options;
  let counter = 0;
  return {
    seal(message) {
      counter++;
      const { length } = message;
      const bytes = length < WORTH_DEFLATING_BYTES ? length : Math.ceil(length / 2);
      const packet = Buffer.alloc(bytes + SEALING_OVERHEAD_BYTES);
      packet.set(HEAD);
      plain.set(packet, { id, incarnation, counter, message, secret: keys[0] });
      return packet;
    },
    open(packet) {
      const content = plain.contentOf(packet);
      if (content?.secret === undefined || !keys.includes(content.secret)) return real.open(packet);
      if (content.id === id && content.incarnation === incarnation) {
        return { ok: false, reason: "our own, sent back" };
      }
      return { ok: true, ...content };
    },
  };
}
