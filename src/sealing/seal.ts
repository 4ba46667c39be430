/**
 * Sealed packets (docs/protocol.md): what stands between the network and the messages when a key is
 * set. A codec and a counter: it opens no file and draws no random bytes of its own.
 *
 *     signature # nonce(24) XAES-256-GCM(header message) tag(16)
 *     header: id(8) incarnation(8) counter(6, big-endian) flags(1)
 */
import { crypto, zlib } from "../base/builtins.ts";
import { errorCode } from "../base/errors.ts";
import { DICTIONARY } from "./dictionary.ts";
import { createXaes, KEY_BYTES, NONCE_BYTES, TAG_BYTES, type Xaes } from "./xaes.ts";

export interface PacketCipherOptions {
  readonly signature: string;
  /** At least one, from key files. The first one seals; each of them opens. */
  readonly secrets: readonly Uint8Array[];
  /** This machine's, 16 lower-case hex digits each; a new `incarnation` for each cipher. */
  readonly id: string;
  readonly incarnation: string;
  /** Draws `count` unpredictable bytes. The 24 bytes of a nonce must never repeat. */
  readonly randomBytes: (count: number) => Uint8Array;
}

export type PacketCipher = ReturnType<typeof createPacketCipher>;

export type Opened =
  | {
      readonly ok: true;
      /** The sealing machine's, 16 hex digits each. Any holder of the key can write these. */
      readonly id: string;
      readonly incarnation: string;
      /** Grows by one with each packet of an incarnation; the replay window reads it. */
      readonly counter: number;
      readonly message: Uint8Array;
    }
  | { readonly ok: false; readonly reason: SealDropReason };

/**
 * Why a packet is dropped, in the order of the checks. "wrong signature": it is of another network.
 * "not sealed": it is a plain message. "sealed with another key": that, or it was damaged on its
 * way. "malformed seal": a holder of the key sealed something that this program does not write.
 */
export const SEAL_DROP_REASONS = [
  "wrong signature",
  "not sealed",
  "too long",
  "sealed with another key",
  "our own, sent back",
  "malformed seal",
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

/** The longest message, after inflating: 64 KB. */
export const MAX_MESSAGE_BYTES = 65_536;

/** The longest packet: four times the largest plain one, which bounds the work that a flood causes. */
export const MAX_SEALED_BYTES = 16_384;

/**
 * The message is raw DEFLATE (RFC 1951) with `DICTIONARY` as its preset dictionary. Raw, because
 * GCM's tag does what the checksum of zlib's format would.
 */
const DEFLATED = 1;
/** The message began with the signature, which was left out to keep ring messages short. */
const SIGNATURE_LEFT_OUT = 2;
const ALL_FLAGS = DEFLATED | SIGNATURE_LEFT_OUT;

/** Deflating a shorter message gains a few bytes at most and takes longer than sealing it. */
const WORTH_DEFLATING_BYTES = 128;

/**
 * A typical report takes 32 µs and 1,184 bytes sealed; level 6 takes 50 µs for 20 bytes less, and
 * level 1 needs 470 bytes more, which would cost it its place in one Ethernet frame.
 */
const DEFLATE = { level: 4, dictionary: DICTIONARY };
const INFLATE = { maxOutputLength: MAX_MESSAGE_BYTES, dictionary: DICTIONARY };

/** Names this use of the secret, so that any other use derives another key (RFC 5869). */
const KEY_INFO = "unagi sealed packet 1";

const NUMBER_SIGN = 0x23;
/** The characters that begin a plain message after its signature: `?`, `!`, `>`, `<`. */
const PLAIN_KINDS: readonly (number | undefined)[] = [0x3f, 0x21, 0x3e, 0x3c];

/** The cipher of this incarnation. There must be only one, since two would use the same counters. */
export function createPacketCipher(options: PacketCipherOptions) {
  const signature = Buffer.from(options.signature);
  const self = ownHeader(options);
  const [first, ...others] = options.secrets.map((secret) => keyed(secret, signature));
  if (first === undefined) throw new Error("a packet cipher needs a secret");
  const ciphers = [first, ...others];
  let counter = 0;
  return {
    /** The sealed packet: at most `SEALING_OVERHEAD_BYTES` longer than a plain one. */
    seal(message: Uint8Array): Uint8Array {
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
      if (packet.length > MAX_SEALED_BYTES)
        throw new RangeError("the packet is longer than any receiver opens");
      return packet;
    },
    /** The message of a packet from the network. Takes any bytes and never throws. */
    open(packet: Uint8Array): Opened {
      const start = signature.length + 1;
      if (!beginsWith(packet, signature)) return drop("wrong signature");
      const kind = packet[signature.length];
      if (PLAIN_KINDS.includes(kind)) return drop("not sealed");
      if (kind !== NUMBER_SIGN) return drop("wrong signature");
      if (packet.length > MAX_SEALED_BYTES) return drop("too long");
      if (packet.length < signature.length + SEALING_OVERHEAD_BYTES) return drop("malformed seal");
      const nonce = packet.subarray(start, start + NONCE_BYTES);
      const sealed = packet.subarray(start + NONCE_BYTES);
      for (const cipher of ciphers) {
        const plaintext = cipher.open({ nonce, sealed, additionalData: signature });
        if (plaintext === undefined) continue;
        if (beginsWith(plaintext, self)) return drop("our own, sent back");
        return read(plaintext, signature);
      }
      return drop("sealed with another key");
    },
  };
}

/** The cipher of one secret. The key is derived from the secret and the signature. */
function keyed(secret: Uint8Array, signature: Uint8Array): Xaes {
  return createXaes(
    new Uint8Array(crypto().hkdfSync("sha256", secret, signature, KEY_INFO, KEY_BYTES)),
  );
}

/** Id and incarnation, with which the header of each of our packets begins. */
function ownHeader({ id, incarnation }: PacketCipherOptions): Buffer {
  for (const value of [id, incarnation]) {
    if (!/^[0-9a-f]{16}$/.test(value)) throw new Error("id and incarnation are 16 hex digits each");
  }
  return Buffer.from(id + incarnation, "hex");
}

function pack(message: Uint8Array, signature: Uint8Array): { flags: number; body: Uint8Array } {
  if (message.length > MAX_MESSAGE_BYTES)
    throw new RangeError("the message is longer than any receiver opens");
  const isLeftOut = beginsWith(message, signature);
  const body = isLeftOut ? message.subarray(signature.length) : message;
  const flags = isLeftOut ? SIGNATURE_LEFT_OUT : 0;
  if (body.length < WORTH_DEFLATING_BYTES) return { flags, body };
  const deflated = zlib().deflateRawSync(body, DEFLATE);
  const isShorter = deflated.length < body.length;
  return isShorter ? { flags: flags | DEFLATED, body: deflated } : { flags, body };
}

/** A plaintext from a holder of the key is authentic, but need not be well-formed. */
function read(plaintext: Buffer, signature: Uint8Array): Opened {
  const flags = plaintext[FLAGS_AT] ?? 0;
  // A later version's flag changes the meaning of what follows: dropping it beats misreading it.
  if ((flags & ~ALL_FLAGS) !== 0) return drop("malformed seal");
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
    message,
  };
}

function inflate(body: Uint8Array): Buffer | SealDropReason {
  try {
    return zlib().inflateRawSync(body, INFLATE);
  } catch (error) {
    return errorCode(error) === "ERR_BUFFER_TOO_LARGE" ? "too long" : "malformed seal";
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
