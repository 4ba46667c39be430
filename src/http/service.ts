/** The parts that the handlers of the routes work with. */
import type { Machine } from "../cluster/machine.ts";
import type { ClusterSource } from "../view/cluster-view.ts";
import type { WarnedSinceOf } from "../view/history/warned-since.ts";
import type { Times } from "../view/times.ts";
import type { Assets } from "./assets.ts";
import type { EventStreams } from "./events.ts";
import type { Freshener } from "./fresh.ts";

export interface Client {
  /** Canonical. */
  readonly address: string;
  /** 0 where it is not known. */
  readonly port: number;
}

export interface Removal {
  /** The address of `--bind`: a client at this address is on this machine, too. */
  readonly ownAddress?: string;
  /** `machine` is silent, stopped or down. */
  readonly remove: (machine: Machine, client: Client) => void;
}

export interface Service {
  readonly source: ClusterSource;
  readonly streams: Pick<EventStreams, "open" | "count" | "told">;
  readonly freshener: Freshener;
  readonly removal: Removal;
  readonly times: Times;
  readonly assets: Assets;
  readonly warnedSince: WarnedSinceOf;
}
