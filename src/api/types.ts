/**
 * The answers of the JSON interface below `/api/v1`, one type each. Times are ISO 8601 in UTC, ages
 * are seconds. What is unknown is absent: a field that is `undefined` here is not written.
 */
import type { DropCounts, ReportTrouble } from "../cluster/machine.ts";
import type { Report } from "../protocol/report.ts";
import type { MachineState } from "../store/history-types.ts";

/**
 * How much an answer tells of each machine: everything; the report without its lists; or no report,
 * for programs that fetch the rest when something has changed.
 */
export type Detail = "full" | "summary" | "none";

/** `/api/v1/machines/KEY`, and each machine of the cluster and of an event. */
export interface MachineJson {
  readonly id: string;
  readonly name: string;
  /** The address that answered last. */
  readonly address: string;
  readonly addresses: readonly string[];
  readonly state: MachineState;
  readonly isSelf: boolean;
  readonly protocol: 1 | 2;
  readonly httpPort?: number | undefined;
  readonly tags: readonly string[];
  readonly lastHeardSeconds?: number | undefined;
  readonly reportAgeSeconds?: number | undefined;
  /** Present where the report is of the last seconds, made because somebody watches. */
  readonly isLive?: true | undefined;
  /** Why the report is not current although the machine answers: newer ones are refused, or none came. */
  readonly reportTrouble?:
    | {
        readonly kind: ReportTrouble["kind"];
        /** When the first one was refused, or when the newest report was made. */
        readonly since: string;
        /** What is wrong with the newest one that was refused. */
        readonly reason?: string | undefined;
      }
    | undefined;
  readonly clockOffsetSeconds?: number | undefined;
  /** A program of 2005: the id of the machine that said goodbye on this host before it. */
  readonly replaces?: string | undefined;
  readonly report?: Report | undefined;
}

/** `/api/v1/cluster` */
export interface ClusterJson {
  /** The id of the machine that answers. */
  readonly self: string;
  /** The network's signature. */
  readonly network: string;
  readonly isSealed: boolean;
  readonly updateSeconds: number;
  readonly generatedAt: string;
  /** Addresses that have been heard of and have not answered a question yet. */
  readonly candidates: number;
  /** Packets dropped since the start, by reason. */
  readonly drops: DropCounts;
  /** Addresses of machines that speak protocol 1 in the open, where the network is sealed. */
  readonly unsealedSenders: readonly string[];
  readonly machines: readonly MachineJson[];
}

/** A report that was kept, or an outage; `until` is absent while the outage lasts. */
export type EntryJson =
  | { readonly at: string; readonly state: "up"; readonly report: Report }
  | {
      readonly at: string;
      readonly state: "down" | "stopped";
      readonly until?: string | undefined;
    };

/** `/api/v1/machines/KEY/entries`: newest first. */
export interface EntriesJson {
  readonly entries: readonly EntryJson[];
  /** The value of `before` that gives the next page; absent on the last one. */
  readonly next?: string | undefined;
}

/** The data of one `machine` event of `/api/v1/events`. */
export interface EventJson {
  readonly version: number;
  /** The machines that have changed; all of them in the first event of a stream. */
  readonly machines: readonly MachineJson[];
  /** The ids of machines that are shown no longer. */
  readonly removed: readonly string[];
}

/** The body of every answer that refuses something: a sentence, and what it is about. */
export interface ErrorJson {
  readonly error: string;
  /** The query parameter that is wrong. */
  readonly parameter?: string;
  /** The part of the path that is no machine's name. */
  readonly key?: string;
  /** The state that keeps a machine from being forgotten. */
  readonly state?: MachineState;
  /** The machines that share the name, with status 300. */
  readonly choices?: readonly ChoiceJson[];
}

/** One of several machines with the same name. */
interface ChoiceJson extends Pick<MachineJson, "id" | "name" | "address"> {
  /** The path at which this machine is found. */
  readonly href?: string;
  readonly state?: MachineState;
}

/** The answer to `DELETE /api/v1/machines/KEY`. */
export interface ForgottenJson {
  readonly forgotten: Pick<MachineJson, "id" | "name" | "address" | "state">;
}
