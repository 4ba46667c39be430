/** What all attackers have in common: the world as they see it, and the addresses that they invent. */

import type { GroundTruth } from "../world/ground-truth.ts";
import type { Network } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import type { Random } from "../world/random.ts";
import type { Plaintexts } from "../world/sealing.ts";

export interface AttackerContext {
  readonly network: Network;
  readonly random: Random;
  readonly truth: GroundTruth;
  readonly nodes: readonly SimulatedNode[];
  /** The contents of sealed packets; undefined in a plain world. */
  readonly plain: Plaintexts | undefined;
  /** The keys that the attacker has; empty in a plain world and for an attacker without the key. */
  readonly keys: readonly Uint8Array[];
}

export interface Attacker {
  readonly kind: string;
  /** One attack; called every few seconds. */
  act(): void;
}

/** An address in the allowed range that no host has. */
export function inventedAddress(random: Random): string {
  return `10.0.${100 + Math.floor(random() * 100)}.${Math.floor(random() * 256)}`;
}

const OUTSIDE = [
  ...["8.8.8.8", "192.168.7.9", "127.0.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0"],
  ...["::1", "fe80::1", "fd00::7", "010.1.2.3", "10.0.0", "name", "10.0.0.1:80", "-1"],
];

/** An address that no machine may contact, or a word that is no address. */
export function outsideAddress(random: Random): string {
  return OUTSIDE[Math.floor(random() * OUTSIDE.length)] ?? "8.8.8.8";
}
