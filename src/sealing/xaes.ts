/**
 * XAES-256-GCM: AES-256-GCM with a 192-bit nonce, long enough that random nonces never repeat. Built on
 * the AES of node:crypto after https://c2sp.org/XAES-256-GCM.
 */
import { crypto } from "../base/builtins.ts";

export const KEY_BYTES = 32;
export const NONCE_BYTES = 24;
export const TAG_BYTES = 16;

/** The first half of the nonce derives the key of one packet; the second half is GCM's nonce. */
const HALF_NONCE_BYTES = 12;
const BLOCK_BYTES = 16;

/** The polynomial that reduces a shift over the end of the block (NIST SP 800-38B, 5.3). */
const REDUCTION = 0b10000111;

export type Xaes = ReturnType<typeof createXaes>;

interface SealInput {
  /** `NONCE_BYTES` fresh random bytes, never used twice with one key. */
  readonly nonce: Uint8Array;
  readonly plaintext: Uint8Array;
  /** Authenticated but not sent. */
  readonly additionalData: Uint8Array;
}

interface OpenInput {
  readonly nonce: Uint8Array;
  /** Ciphertext and tag. */
  readonly sealed: Uint8Array;
  readonly additionalData: Uint8Array;
}

/** The cipher with one key of 32 bytes. What depends on the key alone is computed here, once. */
export function createXaes(key: Uint8Array) {
  const derive = createDerivation(key);
  return {
    /** The ciphertext followed by the tag, `TAG_BYTES` longer than the plaintext. */
    seal({ nonce, plaintext, additionalData }: SealInput): Buffer {
      const half = nonce.subarray(HALF_NONCE_BYTES);
      const cipher = crypto().createCipheriv("aes-256-gcm", derive(nonce), half);
      cipher.setAAD(additionalData);
      const body = cipher.update(plaintext);
      return Buffer.concat([body, cipher.final(), cipher.getAuthTag()]);
    },
    /** The plaintext; undefined if key, nonce, additional data or any bit differs. */
    open({ nonce, sealed, additionalData }: OpenInput): Buffer | undefined {
      const end = sealed.length - TAG_BYTES;
      if (end < 0 || nonce.length !== NONCE_BYTES) return undefined;
      const half = nonce.subarray(HALF_NONCE_BYTES);
      const cipher = crypto().createDecipheriv("aes-256-gcm", derive(nonce), half);
      cipher.setAAD(additionalData);
      cipher.setAuthTag(sealed.subarray(end));
      const plaintext = cipher.update(sealed.subarray(0, end));
      try {
        cipher.final();
      } catch {
        // `final` throws for one reason: the tag does not belong to this packet.
        return undefined;
      }
      return plaintext;
    },
  };
}

/**
 * Derives Kx of the specification for a nonce N: AES(M1 ⊕ K1) || AES(M2 ⊕ K1), with
 * M1 = 0 1 'X' 0 N[:12] and M2 = 0 2 'X' 0 N[:12]. This is CMAC in the counter mode of NIST SP 800-108r1.
 */
export function createDerivation(key: Uint8Array): (nonce: Uint8Array) => Buffer {
  if (key.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`);
  // ECB keeps no state between blocks, so one cipher serves all packets. Setting one up for each
  // packet would take four times as long as the two blocks.
  const aes = crypto().createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  const subkey = doubled(aes.update(Buffer.alloc(BLOCK_BYTES)));
  const prefix = Buffer.from([0, 1, 0x58, 0, ...Buffer.alloc(12), 0, 2, 0x58, 0]);
  const template = Buffer.alloc(2 * BLOCK_BYTES);
  for (let i = 0; i < template.length; i++) {
    template[i] = (subkey[i % BLOCK_BYTES] ?? 0) ^ (prefix[i] ?? 0);
  }
  return (nonce) => {
    if (nonce.length !== NONCE_BYTES) throw new RangeError(`a nonce has ${NONCE_BYTES} bytes`);
    const blocks = Buffer.from(template);
    for (let i = 0; i < HALF_NONCE_BYTES; i++) {
      const byte = nonce[i] ?? 0;
      blocks[4 + i] = (blocks[4 + i] ?? 0) ^ byte;
      blocks[BLOCK_BYTES + 4 + i] = (blocks[BLOCK_BYTES + 4 + i] ?? 0) ^ byte;
    }
    return aes.update(blocks);
  };
}

/** A block shifted left by one bit in the field of CMAC, which makes K1 of L (NIST SP 800-38B, 6.1). */
function doubled(block: Uint8Array): Uint8Array {
  const result = new Uint8Array(BLOCK_BYTES);
  for (let i = 0; i < BLOCK_BYTES; i++) {
    result[i] = ((block[i] ?? 0) << 1) | ((block[i + 1] ?? 0) >> 7);
  }
  const overflow = (block[0] ?? 0) >> 7;
  result[BLOCK_BYTES - 1] = (result[BLOCK_BYTES - 1] ?? 0) ^ (overflow * REDUCTION);
  return result;
}
