/** What those who mean ill have to work with. */

import type { Truth } from "../world/ground-truth.ts";
import type { Network } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import type { Chance } from "../world/random.ts";
import type { PlainTexts } from "../world/sealing.ts";

export interface Ground {
  readonly network: Network;
  readonly chance: Chance;
  readonly truth: Truth;
  readonly nodes: readonly SimulatedNode[];
  /** Of a sealed world. */
  readonly plain: PlainTexts | undefined;
  /** Of those who have it; none in a plain world, and with those who have not. */
  readonly keys: readonly Uint8Array[];
}

/** Somebody who does something bad every few seconds. */
export interface Attacker {
  readonly kind: string;
  act(): void;
}

/** Inside the allowed range, and nobody's. */
export function inventedAddress(chance: Chance): string {
  return `10.0.${100 + Math.floor(chance() * 100)}.${Math.floor(chance() * 256)}`;
}

const ELSEWHERE = [
  ...["8.8.8.8", "192.168.7.9", "127.0.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0"],
  ...["::1", "fe80::1", "fd00::7", "010.1.2.3", "10.0.0", "name", "10.0.0.1:80", "-1"],
];

/** Addresses that nobody may be asked at, and words that are none. */
export function outsideAddress(chance: Chance): string {
  return ELSEWHERE[Math.floor(chance() * ELSEWHERE.length)] ?? "8.8.8.8";
}
