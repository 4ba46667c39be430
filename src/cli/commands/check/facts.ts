/**
 * What `unagi check` has found out about this machine, as plain data: gather.ts reads it, judge.ts
 * says what it means.
 */

import type { Config } from "../../../config/config.ts";
import type { Transport } from "../../../linux/proc/net-sockets.ts";
import type { LanNetworks } from "../../../net/lan.ts";
import type { PortHolder } from "../../../runtime/port-holder.ts";
import type { MachineState } from "../../../store/kept.ts";

export interface CheckFacts {
  readonly config: Config;
  /** Of loadConfig: what the user should know although it starts. */
  readonly notes: readonly string[];
  /** Keys that were read and can be used. */
  readonly keyCount: number;
  /** Whether the service has a key, while the check was given none. */
  readonly hasServiceKey: boolean;
  /** Why a key file cannot be used; none where there are no key files. */
  readonly keyProblems: readonly string[];
  readonly ports: readonly PortFact[];
  readonly networks: NetworkFacts;
  readonly running: RunningFacts;
  /** Only where no unagi runs that knows better. */
  readonly asked?: AskedFacts;
  readonly messages: MessageFacts;
  /** Whether the check ran as root, who may read what the daemon may not. */
  readonly isRoot: boolean;
  /** Why root could not become the user of `-U`. */
  readonly userProblem?: string;
  /** gc_thresh3; absent where it cannot be seen (in a container). */
  readonly neighbourLimit?: number;
}

export interface PortFact {
  readonly transport: Transport;
  readonly port: number;
  /** "-p" or "-h". */
  readonly option: string;
  readonly state: PortState;
}

export type PortState =
  | { readonly kind: "free" }
  /** The holder is absent where it cannot be seen: it is another user's process. */
  | { readonly kind: "held"; readonly holder?: PortHolder }
  /** `code` as EACCES or EADDRNOTAVAIL. */
  | { readonly kind: "refused"; readonly code: string };

export interface NetworkFacts {
  readonly lan: LanNetworks;
  /** Sentences where `lan` is configured and stands for nothing. */
  readonly unmatched: readonly string[];
  /** Without loopback and link-local ones. */
  readonly ownAddresses: readonly OwnAddress[];
  readonly scanSize: number;
  /** Of the scan range, what is reached without a router, this machine left out. */
  readonly onLinkScanSize: number;
}

export interface OwnAddress {
  readonly address: string;
  readonly interfaceName: string;
  readonly isAllowed: boolean;
  readonly isScanned: boolean;
}

/** What the report's port of this machine says. */
export type RunningFacts =
  | { readonly kind: "none" }
  | { readonly kind: "cluster"; readonly cluster: ClusterFacts }
  /** A unagi whose http-allow leaves this machine out. */
  | { readonly kind: "refused" }
  /** Something else, or a unagi in trouble; what it did, as a part of a sentence. */
  | { readonly kind: "other"; readonly reason: string };

export interface ClusterFacts {
  readonly network: string;
  readonly isSealed: boolean;
  readonly candidates: number;
  readonly machines: readonly MachineFacts[];
  /** What the running unagi could not read of its machine. */
  readonly problems: readonly ProblemFacts[];
}

/** Names and addresses are as peers gave them: not yet fit for a terminal. */
export interface MachineFacts {
  readonly name: string;
  readonly address: string;
  readonly state: MachineState;
  readonly isSelf: boolean;
  readonly lastHeardSeconds?: number;
  readonly clockOffsetSeconds?: number;
}

export interface ProblemFacts {
  readonly subject: string;
  readonly reason: string;
  readonly remedy?: string;
}

/** At 100 queries a second (design, 6.3) they take 3 s, which a user waits for. */
export const MOST_ASKED = 300;

export interface AskedFacts {
  readonly askedCount: number;
  /** All that could have been asked. */
  readonly ofCount: number;
  /** Canonical, each once. */
  readonly answered: readonly string[];
  /** Why nothing could be asked. */
  readonly problem?: string;
}

export type MessageFacts =
  | { readonly kind: "off" }
  | { readonly kind: "readable"; readonly source: string }
  | {
      readonly kind: "unreadable";
      readonly source: string;
      readonly reason: string;
      readonly remedy?: string;
    }
  /** No source is there at all. */
  | { readonly kind: "none" };
