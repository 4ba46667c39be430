/**
 * All that happens because somebody looks: the core is told, live samples are taken, the event
 * streams are fed. When nobody does, none of it runs.
 */

import type { After } from "../base/after.ts";
import type { Moment } from "../base/units.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Sampler } from "../collectors/sampler.ts";
import { createEventStreams, type EventStreams } from "../http/events.ts";
import { createFreshener, type Freshener } from "../http/fresh.ts";
import type { Watchers } from "../http/watching.ts";
import type { ClusterSource } from "../view/cluster-view.ts";
import type { ChangeLog } from "./change-log.ts";
import { createLiveSampling } from "./live-sampling.ts";
import type { Performer } from "./performer.ts";
import type { Ticker } from "./ticker.ts";
import { createWatchers } from "./watchers.ts";

export interface WatchingParts {
  readonly cluster: Pick<Cluster, "watch" | "publishLive">;
  readonly performer: Pick<Performer, "perform">;
  readonly ticker: Pick<Ticker, "rearm">;
  readonly sampler: Pick<Sampler, "primeLive" | "takeLive">;
  readonly source: ClusterSource;
  readonly changes: ChangeLog;
  readonly clock: () => Moment;
  /** An event of so many characters has been made. */
  readonly onEvent: (characters: number) => void;
}

export interface Watching {
  readonly watchers: Watchers;
  readonly freshener: Freshener;
  readonly streams: EventStreams;
  /** The core wants a live report. */
  wantLive(): void;
  stop(): void;
}

export function openWatching(parts: WatchingParts): Watching {
  const { cluster, performer, ticker, clock } = parts;
  const sampling = createLiveSampling({
    ...{ sampler: parts.sampler, clock, after },
    publish: (report, cost) => {
      performer.perform(cluster.publishLive(report, cost, clock()));
      ticker.rearm();
    },
  });
  const watchers = createWatchers({
    after,
    onChange: (isWatching) => {
      performer.perform(cluster.watch(isWatching, clock()));
      ticker.rearm();
    },
  });
  const { source, changes } = parts;
  const following = { source, changes, watchers, after };
  const streams = createEventStreams({ ...following, onMade: parts.onEvent });
  return {
    ...{ watchers, streams },
    freshener: createFreshener(following),
    wantLive: sampling.want,
    stop: () => {
      streams.stop();
      sampling.stop();
    },
  };
}

/** By a timer of the system. */
export const after: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};
