/**
 * The envelope of somebody with the key, which lets the world see what is inside. Where sealing is
 * real, each packet is sealed and opened by the product's cipher. Where it is light, a packet that
 * somebody with the key has made is known by its identity instead, which takes a tenth of the time;
 * whatever else comes in is for the real sealer to refuse, and the replay window is the real one.
 */
import { createEnvelope, guardReplays } from "../../../src/sealing/envelope.ts";
import {
  createPacketCipher,
  type PacketCipher,
  SEALING_OVERHEAD_BYTES,
} from "../../../src/sealing/seal.ts";
import { SIGNATURE } from "./packet-kind.ts";
import type { Chance } from "./random.ts";

/** What somebody with the key has put into a packet, and in whose name. */
interface Letter {
  readonly id: string;
  readonly incarnation: string;
  readonly counter: number;
  readonly message: Uint8Array;
  readonly secret: Uint8Array | undefined;
}

/** What is in each packet of a sealed world that somebody with the key has made. */
export class PlainTexts {
  readonly isLight: boolean;
  readonly #letters = new WeakMap<Uint8Array, Letter>();

  constructor(isLight: boolean) {
    this.isLight = isLight;
  }

  has(packet: Uint8Array): boolean {
    return this.#letters.has(packet);
  }

  get(packet: Uint8Array): Uint8Array | undefined {
    return this.#letters.get(packet)?.message;
  }

  letter(packet: Uint8Array): Letter | undefined {
    return this.#letters.get(packet);
  }

  set(packet: Uint8Array, letter: Letter): void {
    this.#letters.set(packet, letter);
  }
}

interface SealOptions {
  readonly id: string;
  readonly incarnation: string;
  readonly keys: readonly Uint8Array[];
  readonly chance: Chance;
  readonly plain: PlainTexts | undefined;
}

export function openSeal(options: SealOptions) {
  const { id, incarnation, keys, chance, plain } = options;
  const randomBytes = (count: number) => {
    const bytes = Buffer.allocUnsafe(count);
    for (let at = 0; at < count; at += 4) bytes.writeUInt32LE(chance() * 2 ** 32, at);
    return bytes;
  };
  const sealer = { id, incarnation, signature: SIGNATURE, secrets: keys, randomBytes };
  if (plain?.isLight === true)
    return guardReplays(lightSealer(createPacketCipher(sealer), options, plain));
  const envelope = createEnvelope(sealer);
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

/** Longer messages are deflated, to about half. */
const WORTH_DEFLATING_BYTES = 128;
const HEAD = Buffer.from(`${SIGNATURE}#`);

function lightSealer(real: PacketCipher, options: SealOptions, plain: PlainTexts): PacketCipher {
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
      const letter = plain.letter(packet);
      if (letter?.secret === undefined || !keys.includes(letter.secret)) return real.open(packet);
      if (letter.id === id && letter.incarnation === incarnation)
        return { ok: false, reason: "our own, sent back" };
      return { ok: true, ...letter };
    },
  };
}
