/** What pages and the JSON interface read from the running daemon. */
import type { Moment } from "../base/units.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { cutOffOf } from "../cluster/detection/cut-off.ts";
import type { Machine } from "../cluster/machine.ts";
import type { Config } from "../config/config.ts";
import { SHIPPED_SIGNATURE } from "../config/options.ts";
import type { Networks } from "../net/networks.ts";
import { isLoopbackOnly, rangeTexts } from "../net/ranges.ts";
import type { History } from "../store/history.ts";
import type { ClusterSource, ClusterView } from "../view/cluster-view.ts";

export interface ClusterSourceParts {
  /** The running configuration, which a reload may replace. */
  readonly config: () => Config;
  readonly version: string;
  readonly selfId: string;
  readonly isSealed: boolean;
  readonly cluster: Cluster;
  readonly history: History;
  readonly clock: () => Moment;
  /** Whether any interface has a carrier; `undefined` where that is unknown. */
  readonly hasCarrier: () => boolean | undefined;
  readonly networks: () => Networks;
  readonly stateVersion: () => number;
  /** A notice about this machine's id that stays true for this run. */
  readonly notice: string | undefined;
}

export function createClusterSource(parts: ClusterSourceParts): ClusterSource {
  const { history } = parts;
  const startedWallMs = parts.clock().wallMs;
  return {
    version: parts.stateVersion,
    moment: parts.clock,
    cluster: () => viewCluster(parts, startedWallMs),
    entries: (id, query) => history.entries(id, query),
    strips: (sinceWallMs, ids) => history.strips(sinceWallMs, ids),
    at: (wallMs) => history.at(wallMs),
  };
}

function viewCluster(parts: ClusterSourceParts, startedWallMs: number): ClusterView {
  const { cluster, history } = parts;
  const config = parts.config();
  const moment = parts.clock();
  const networks = parts.networks();
  const { size, asked } = cluster.scanProgress();
  const all = cluster
    .machines(moment)
    .sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
  const replaced = all.filter(({ replacedBy }) => replacedBy !== undefined);
  const machines = replaced.length === 0 ? all : withReplaced(all, replaced);
  const { updateSeconds, historyEntries, signature } = config;
  const { selfId, isSealed, version, notice } = parts;
  return {
    moment,
    selfId,
    network: signature,
    isShippedSignature: signature === SHIPPED_SIGNATURE,
    isSealed,
    version,
    updateSeconds,
    historyEntries,
    startedWallMs,
    candidates: cluster.candidateCount(),
    machines,
    replaced,
    ...withoutUndefined({
      cutOff: cutOffOf({ machines, updateSeconds, hasCarrier: parts.hasCarrier() }),
    }),
    drops: cluster.dropCounts(),
    unsealedSenders: cluster.unsealedSenders(),
    scan: {
      ranges: rangeTexts(config.scan),
      isLoopbackOnly: isLoopbackOnly(config.scan),
      allow: rangeTexts(config.p2pAllow),
      port: config.p2pPort,
      size,
      asked,
      ownAddresses: networks.ownAddresses,
    },
    notices: [...(notice === undefined ? [] : [notice]), ...networks.notices, ...history.notices()],
  };
}

/** The machines that are shown, those named that have taken another's place. */
function withReplaced(all: readonly Machine[], replaced: readonly Machine[]): Machine[] {
  return all
    .filter((one) => !replaced.includes(one))
    .map((one) => {
      const former = replaced.find(({ replacedBy }) => replacedBy === one.id);
      return former === undefined ? one : { ...one, replaces: former.id };
    });
}

/** Orders by code unit, which is the same on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
