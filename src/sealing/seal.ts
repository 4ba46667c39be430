/**
 * Sealed packets (design, 6.4): what stands between the network and the messages when a key is
 * set. A codec and a counter; it opens nothing and draws no chance of its own.
 *
 *     signature # nonce(24) XAES-256-GCM(header message) tag(16)
 *     header: id(8) incarnation(8) counter(6, big-endian) flags(1)
 */
import { crypto, zlib } from "../base/builtins.ts";
import { DICTIONARY } from "./dictionary.ts";
import { createXaes, KEY_BYTES, NONCE_BYTES, TAG_BYTES, type Xaes } from "./xaes.ts";

export interface SealerOptions {
  readonly signature: string;
  /** At least one, from key files: the first seals, all open. */
  readonly secrets: readonly Uint8Array[];
  /** Our own, 16 lower-case hex digits each. `incarnation` must be new at each start: see `counter`. */
  readonly id: string;
  readonly incarnation: string;
  /** So many unpredictable bytes. The 24 of a nonce must never come twice. */
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface Sealer {
  /** The sealed packet: at most `SEALING_OVERHEAD_BYTES` longer than a plain one. */
  seal(message: Uint8Array): Uint8Array;
  /** What is in a packet from the network. Any bytes are fine; none makes it throw. */
  open(packet: Uint8Array): Opened;
}

export type Opened =
  | {
      readonly ok: true;
      /** Who sealed it, 16 hex digits each: some holder of the key says so. */
      readonly id: string;
      readonly incarnation: string;
      /** Grows by one with each packet of an incarnation: for the replay window. */
      readonly counter: number;
      /** Which secret opened it; over 0, the sender has not yet changed to our first. */
      readonly keyIndex: number;
      readonly message: Uint8Array;
    }
  | { readonly ok: false; readonly reason: SealDropReason };

/**
 * Why a packet is dropped: of another network; a plain message; sealed with another key, or
 * damaged; not what this program seals; over the caps; sealed by ourselves and sent back to us.
 */
export const SEAL_DROP_REASONS = [
  "wrong signature",
  "unsealed",
  "wrong key",
  "malformed",
  "too long",
  "own",
] as const;

export type SealDropReason = (typeof SEAL_DROP_REASONS)[number];

const IDENTIFIER_BYTES = 8;
const COUNTER_AT = 2 * IDENTIFIER_BYTES;
/** 48 bits: at 2,000 packets a second they last for 4,000 years. */
const COUNTER_BYTES = 6;
const FLAGS_AT = COUNTER_AT + COUNTER_BYTES;
const HEADER_BYTES = FLAGS_AT + 1;

/**
 * What sealing adds to a plain packet at most: `#`, nonce, header and tag. The signature, which
 * a plain packet begins with, is written once in either form.
 */
export const SEALING_OVERHEAD_BYTES = 1 + NONCE_BYTES + HEADER_BYTES + TAG_BYTES;

/** Of a message, after inflating: 64 KB (design, 6.3). */
export const MAX_MESSAGE_BYTES = 65_536;

/** Of a packet: four times the largest plain one, so that a flood costs no more than its bytes. */
export const MAX_SEALED_BYTES = 16_384;

/**
 * The message is raw DEFLATE (RFC 1951), with `DICTIONARY` before it: GCM's tag makes the checksum
 * of zlib's form needless.
 */
const DEFLATED = 1;
/** The message began with the signature, which was left out: ring messages must stay short. */
const SIGNATURE_LEFT_OUT = 2;
const ALL_FLAGS = DEFLATED | SIGNATURE_LEFT_OUT;

/** Shorter ones gain a few bytes at most, for more time than sealing them takes. */
const WORTH_DEFLATING_BYTES = 128;

/**
 * A typical report takes 32 µs and 1,184 bytes sealed; level 6 takes 50 µs for 20 bytes less, and
 * level 1 needs 470 bytes more, which would cost it its place in one Ethernet frame.
 */
const DEFLATE = { level: 4, dictionary: DICTIONARY };
const INFLATE = { maxOutputLength: MAX_MESSAGE_BYTES, dictionary: DICTIONARY };

/** Names the use of the secret, so that another use of it would get another key (RFC 5869). */
const KEY_INFO = "unagi sealed packet 1";

const NUMBER_SIGN = 0x23;
/** What a plain message's kind is told by: `?`, `!`, `>`, `<` (design, 6.1). */
const PLAIN_KINDS: readonly (number | undefined)[] = [0x3f, 0x21, 0x3e, 0x3c];

/** The sealer of this incarnation. There may be only one: two would use the same counters. */
export function createSealer(options: SealerOptions): Sealer {
  const signature = Buffer.from(options.signature);
  const self = ownHeader(options);
  const [first, ...others] = options.secrets.map((secret) => keyed(secret, signature));
  if (first === undefined) throw new Error("a sealer needs a secret");
  const ciphers = [first, ...others];
  let counter = 0;
  return {
    seal(message) {
      counter++;
      const { flags, body } = pack(message, signature);
      const plaintext = Buffer.allocUnsafe(HEADER_BYTES + body.length);
      plaintext.set(self);
      plaintext.writeUIntBE(counter, COUNTER_AT, COUNTER_BYTES);
      plaintext[FLAGS_AT] = flags;
      plaintext.set(body, HEADER_BYTES);
      const nonce = options.randomBytes(NONCE_BYTES);
      const sealed = first.seal({ nonce, plaintext, additionalData: signature });
      const packet = Buffer.concat([signature, Uint8Array.of(NUMBER_SIGN), nonce, sealed]);
      if (packet.length > MAX_SEALED_BYTES) throw new RangeError("nobody opens so long a packet");
      return packet;
    },
    open(packet) {
      const start = signature.length + 1;
      if (!beginsWith(packet, signature)) return drop("wrong signature");
      const kind = packet[signature.length];
      if (PLAIN_KINDS.includes(kind)) return drop("unsealed");
      if (kind !== NUMBER_SIGN) return drop("wrong signature");
      if (packet.length > MAX_SEALED_BYTES) return drop("too long");
      if (packet.length < signature.length + SEALING_OVERHEAD_BYTES) return drop("malformed");
      const nonce = packet.subarray(start, start + NONCE_BYTES);
      const sealed = packet.subarray(start + NONCE_BYTES);
      for (const [keyIndex, cipher] of ciphers.entries()) {
        const plaintext = cipher.open({ nonce, sealed, additionalData: signature });
        if (plaintext === undefined) continue;
        if (beginsWith(plaintext, self)) return drop("own");
        return read(plaintext, { keyIndex, signature });
      }
      return drop("wrong key");
    },
  };
}

/** The cipher of one secret: the key is made of secret and network, never the secret itself. */
function keyed(secret: Uint8Array, signature: Uint8Array): Xaes {
  return createXaes(
    new Uint8Array(crypto().hkdfSync("sha256", secret, signature, KEY_INFO, KEY_BYTES)),
  );
}

/** Id and incarnation as every packet of ours begins. */
function ownHeader({ id, incarnation }: SealerOptions): Buffer {
  for (const value of [id, incarnation]) {
    if (!/^[0-9a-f]{16}$/.test(value)) throw new Error("id and incarnation are 16 hex digits each");
  }
  return Buffer.from(id + incarnation, "hex");
}

function pack(message: Uint8Array, signature: Uint8Array): { flags: number; body: Uint8Array } {
  if (message.length > MAX_MESSAGE_BYTES) throw new RangeError("nobody opens so long a message");
  const isLeftOut = beginsWith(message, signature);
  const body = isLeftOut ? message.subarray(signature.length) : message;
  const flags = isLeftOut ? SIGNATURE_LEFT_OUT : 0;
  if (body.length < WORTH_DEFLATING_BYTES) return { flags, body };
  const deflated = zlib().deflateRawSync(body, DEFLATE);
  const isShorter = deflated.length < body.length;
  return isShorter ? { flags: flags | DEFLATED, body: deflated } : { flags, body };
}

/** A plaintext of someone who has the key: authentic, but not therefore well-formed. */
function read(
  plaintext: Buffer,
  { keyIndex, signature }: { readonly keyIndex: number; readonly signature: Uint8Array },
): Opened {
  const flags = plaintext[FLAGS_AT] ?? 0;
  // A flag of a later version changes the meaning of what follows: better not read than misread.
  if ((flags & ~ALL_FLAGS) !== 0) return drop("malformed");
  let message: Uint8Array = plaintext.subarray(HEADER_BYTES);
  if ((flags & DEFLATED) !== 0) {
    const inflated = inflate(message);
    if (typeof inflated === "string") return drop(inflated);
    message = inflated;
  }
  if ((flags & SIGNATURE_LEFT_OUT) !== 0) message = Buffer.concat([signature, message]);
  if (message.length > MAX_MESSAGE_BYTES) return drop("too long");
  return {
    ok: true,
    id: plaintext.toString("hex", 0, IDENTIFIER_BYTES),
    incarnation: plaintext.toString("hex", IDENTIFIER_BYTES, COUNTER_AT),
    counter: plaintext.readUIntBE(COUNTER_AT, COUNTER_BYTES),
    keyIndex,
    message,
  };
}

function inflate(body: Uint8Array): Buffer | SealDropReason {
  try {
    return zlib().inflateRawSync(body, INFLATE);
  } catch (error) {
    return (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE" ? "too long" : "malformed";
  }
}

function beginsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  if (bytes.length < beginning.length) return false;
  for (let i = 0; i < beginning.length; i++) {
    if (bytes[i] !== beginning[i]) return false;
  }
  return true;
}

function drop(reason: SealDropReason): Opened {
  return { ok: false, reason };
}
