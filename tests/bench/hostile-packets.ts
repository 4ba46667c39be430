/**
 * An endless, reproducible supply of hostile packets: noise, noise after the right signature, real
 * messages cut, changed, replayed or invented, and JSON that is too long. For a sealed network also
 * the same under a wrong key and, by a holder of the right key, packets that decompress to too much.
 */
import { deflateRawSync } from "node:zlib";
import type { Message } from "../../src/protocol/message.ts";
import { createPacketCipher, type PacketCipher } from "../../src/sealing/seal.ts";
import { encodeMessage } from "../protocol/encode-message.ts";
import { SAMPLE_MESSAGES } from "../protocol/sample-messages.ts";
import { seededRandom } from "../simulation/world/random.ts";

export interface HostileOptions {
  readonly signature: string;
  readonly seed: number;
  /** The network's key; with it the network is sealed, and a few packets are made with the key. */
  readonly secret?: Uint8Array;
  /** Draws an address for lists and hints to name. */
  readonly address: (random: () => number) => string;
}

type Shape = (random: () => number) => Uint8Array;

/** Returns a function that makes the next packet, always in a buffer of its own. */
export function hostilePackets(options: HostileOptions): () => Uint8Array {
  const random = seededRandom(options.seed);
  const shapes = weighted([
    ...plainShapes(options),
    ...(options.secret === undefined ? [] : sealedShapes(options, options.secret)),
  ]);
  return () => pick(shapes, random)(random);
}

/** Kinds of packets, each with its share of all packets. */
type Shares = readonly (readonly [number, Shape])[];

function weighted(shares: Shares): Shape[] {
  return shares.flatMap(([share, shape]) => Array.from({ length: share }, () => shape));
}

function plainShapes({ signature, address }: HostileOptions): Shares {
  const samples = SAMPLE_MESSAGES.flatMap((message) => encodeMessage(signature, message));
  const sample = (random: () => number) => pick(samples, random);
  return [
    [15, (random) => randomBytes(random, random() * 200)],
    [15, (random) => signed(signature, pick(KINDS, random), randomBytes(random, random() * 200))],
    [15, (random) => cut(sample(random), random)],
    [20, (random) => changed(sample(random), random)],
    [10, (random) => sample(random)],
    [20, (random) => encoded(signature, invented(address, random), random)],
    [3, (random) => signed(signature, "<", nested(random))],
    [2, (random) => signed(signature, "<", Buffer.alloc(16_000 + random() * 30_000, '{"a":'))],
  ];
}

const KINDS = ["?", "!", ">", "<", "#", ">{", "<{"];

function sealedShapes(options: HostileOptions, secret: Uint8Array): Shares {
  const { signature, address } = options;
  const who = { id: "e".repeat(16), incarnation: "f".repeat(16) };
  const drawn = seededRandom(options.seed + 1);
  const sealerWith = (key: Uint8Array): PacketCipher =>
    createPacketCipher({
      ...{ signature, secrets: [key], ...who },
      randomBytes: (count) => randomBytes(drawn, count),
    });
  const [insider, stranger] = [sealerWith(secret), sealerWith(Buffer.alloc(32, 9))];
  const samples = SAMPLE_MESSAGES.flatMap((message) => encodeMessage(signature, message));
  const recorded = samples.map((message) => insider.seal(message));
  const foreign = samples.map((message) => stranger.seal(message));
  const bomb = bombed(insider, signature);
  return [
    [40, (random) => pick(foreign, random)],
    [20, (random) => cut(pick(recorded, random), random)],
    [20, (random) => changed(pick(recorded, random), random)],
    [10, (random) => pick(recorded, random)],
    [9, (random) => insider.seal(encoded(signature, invented(address, random), random))],
    [1, () => bomb()],
  ];
}

/** The largest message that opens, and one that decompresses to too much, sealed with the key. */
function bombed(insider: PacketCipher, signature: string): () => Uint8Array {
  const largest = Buffer.alloc(65_000, " ");
  largest.write(`${signature}<{"answer":1,"report":{"name":"`);
  // Compressed data that decompresses to 4 MB, and that sealing does not compress further.
  const inner = deflateRawSync(Buffer.alloc(4_000_000));
  const packets = [largest, Buffer.concat([Buffer.from(`${signature}<`), inner])];
  let turn = 0;
  return () => insider.seal(packets[turn++ % packets.length] ?? largest);
}

/** A well-formed message with ids and addresses that no machine has. */
function invented(address: (random: () => number) => string, random: () => number): Message {
  const id = hexDigits(random);
  const number = Math.floor(random() * 2 ** 48);
  const addresses = () => Array.from({ length: 1 + random() * 60 }, () => address(random));
  const messages: readonly (() => Message)[] = [
    () => ({ kind: "initial-query" }),
    () => ({ kind: "question", question: number, id, watching: random() < 0.5 }),
    () => ({ kind: "address-list", addresses: addresses(), skipped: 0 }),
    () => ({ kind: "hint", addresses: addresses() }),
    () => ({ kind: "goodbye", id, incarnation: hexDigits(random) }),
    () => ({ kind: "removal-request", id }),
    () => ({ kind: "ring-question", number }),
    () => ({ kind: "request" }),
  ];
  return pick(messages, random)();
}

function encoded(signature: string, message: Message, random: () => number): Uint8Array {
  return pick(encodeMessage(signature, message), random);
}

function signed(signature: string, kind: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(signature + kind), body]);
}

function nested(random: () => number): Uint8Array {
  return Buffer.from(
    `{"answer":1,"report":${pick(["[", '{"a":'], random).repeat(random() * 3000)}`,
  );
}

function cut(packet: Uint8Array, random: () => number): Uint8Array {
  return packet.slice(0, random() * packet.length);
}

function changed(packet: Uint8Array, random: () => number): Uint8Array {
  // Buffer.slice would share the bytes.
  const copy = Uint8Array.from(packet);
  for (let count = 1 + random() * 6; count >= 1; count--) {
    copy[Math.floor(random() * copy.length)] = random() * 256;
  }
  return copy;
}

function randomBytes(random: () => number, length: number): Uint8Array {
  const bytes = Buffer.alloc(Math.ceil(length / 4) * 4);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(random() * 2 ** 32, at);
  return bytes.subarray(0, length);
}

function hexDigits(random: () => number): string {
  return Buffer.from(randomBytes(random, 8)).toString("hex");
}

function pick<T>(some: readonly T[], random: () => number): T {
  const one = some[Math.floor(random() * some.length)];
  if (one === undefined) throw new Error("there is nothing to pick from");
  return one;
}
