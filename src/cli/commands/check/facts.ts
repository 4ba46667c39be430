/**
 * What `unagi check` finds out about this machine, as plain data: gather.ts collects it, and judge.ts
 * says what it means.
 */
import type { ReadMachine } from "../../../api/reader.ts";
import type { Config } from "../../../config/config.ts";
import type { LanNetworks } from "../../../net/lan.ts";
import type { ProblemReport } from "../../../protocol/report.ts";
import type { PortHolder, WantedSocket } from "../../../runtime/port-holder.ts";

export interface CheckFacts {
  readonly config: Config;
  /** From loadConfig: what the user should know, although the daemon starts. */
  readonly notes: readonly string[];
  readonly keyCount: number;
  /** Whether the service has a key although the check was given none. */
  readonly hasServiceKey: boolean;
  readonly keyProblems: readonly string[];
  readonly ports: readonly PortFact[];
  readonly networks: NetworkFacts;
  readonly running: RunningFacts;
  /** Present only if no unagi runs here: it would know better. */
  readonly asked?: AskedFacts;
  readonly messages: MessageFacts;
  /** Whether the check runs as root, who may read more than the daemon. */
  readonly isRoot: boolean;
  /** Why root could not become the user of `-U`. */
  readonly userProblem?: string;
  /** gc_thresh3 of arp(7); absent where it cannot be read (in a container). */
  readonly neighbourLimit?: number;
}

export interface PortFact extends Omit<WantedSocket, "bind"> {
  /** "-p" or "-h". */
  readonly option: string;
  readonly state: PortState;
}

export type PortState =
  | { readonly kind: "free" }
  /** The holder is absent if it is a process of another user, which cannot be seen. */
  | { readonly kind: "held"; readonly holder?: PortHolder | undefined }
  /** `code` is an errno such as EACCES or EADDRNOTAVAIL. */
  | { readonly kind: "refused"; readonly code: string };

export interface NetworkFacts {
  readonly lan: LanNetworks;
  /** A sentence for each list in which `lan` stands for nothing. */
  readonly unmatched: readonly string[];
  /** Loopback and link-local addresses are left out. */
  readonly ownAddresses: readonly OwnAddress[];
  readonly scanSize: number;
  /** The addresses of the scan range that need no router; this machine is left out. */
  readonly onLinkScanSize: number;
}

export interface OwnAddress {
  readonly address: string;
  readonly interfaceName: string;
  readonly isAllowed: boolean;
  readonly isScanned: boolean;
}

/** The program that answers on the HTTP port of this machine, as far as it can be told. */
export type RunningFacts =
  | { readonly kind: "none" }
  | { readonly kind: "cluster"; readonly cluster: ClusterFacts }
  /** A unagi whose http-allow does not include this machine. */
  | { readonly kind: "refused" }
  /** Another program, or a unagi in trouble; the reason says what it did, as a part of a sentence. */
  | { readonly kind: "other"; readonly reason: string };

export interface ClusterFacts {
  readonly network: string;
  readonly isSealed: boolean;
  readonly candidates: number;
  readonly unsealedSenders: readonly string[];
  readonly machines: readonly MachineFacts[];
  /** What the running unagi cannot read on its machine. */
  readonly problems: readonly ProblemReport[];
}

/** Names come from peers: make them printable before they are shown. */
export interface MachineFacts
  extends Pick<ReadMachine, "name" | "state" | "lastHeardSeconds" | "clockOffsetSeconds"> {
  readonly isSelf: boolean;
  /** Why its reports are refused. */
  readonly refusal?: string;
}

/** At 100 queries a second they take 3 s, which a user waits for. */
export const MOST_ASKED = 300;

export interface AskedFacts {
  readonly askedCount: number;
  readonly ofCount: number;
  /** Canonical addresses, each once. */
  readonly answered: readonly string[];
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
  | { readonly kind: "none" };
