/** The envelope of somebody with the key, which lets the world see what is inside. */
import { createEnvelope } from "../../src/sealing/envelope.ts";
import type { Chance } from "./chance.ts";
import { SIGNATURE } from "./wire.ts";

export function openSeal(options: {
  readonly id: string;
  readonly boot: string;
  readonly keys: readonly Uint8Array[];
  readonly chance: Chance;
  readonly plain: WeakMap<Uint8Array, Uint8Array> | undefined;
}) {
  const { id, boot, keys: secrets, chance, plain } = options;
  const randomBytes = (count: number) => {
    const bytes = Buffer.allocUnsafe(count);
    for (let at = 0; at < count; at += 4) bytes.writeUInt32LE(chance() * 2 ** 32, at);
    return bytes;
  };
  const envelope = createEnvelope({ id, boot, signature: SIGNATURE, secrets, randomBytes });
  return {
    open: envelope.open,
    windows: envelope.windows,
    seal(message: Uint8Array): Uint8Array {
      const packet = envelope.seal(message);
      plain?.set(packet, message);
      return packet;
    },
  };
}
