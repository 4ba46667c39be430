/**
 * What runs while people watch, and only then: the core asks for live reports, live samples are
 * taken, and event streams are fed.
 */

import type { Moment } from "../../base/units.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Sampler } from "../../collectors/sampler.ts";
import { EventStreams } from "../../http/events.ts";
import { createFreshener, type Freshener } from "../../http/fresh.ts";
import type { Watchers } from "../../http/watching.ts";
import { after } from "../../runtime/timer.ts";
import type { ClusterSource } from "../../view/cluster-view.ts";
import type { Drive } from "../loop/core-loop.ts";
import { createLiveSampling } from "../sampling/live-sampling.ts";
import type { ChangeLog } from "./change-log.ts";
import { createWatcherCount } from "./watcher-count.ts";

export interface WatchingParts {
  readonly cluster: Pick<Cluster, "setWatching" | "publishLive">;
  readonly drive: Drive;
  readonly sampler: Pick<Sampler, "primeLive" | "takeLive">;
  readonly source: ClusterSource;
  readonly changes: ChangeLog;
  readonly clock: () => Moment;
  /** Called with the length of each event that was made. */
  readonly onEvent: (characters: number) => void;
}

export interface Watching {
  readonly watchers: Watchers;
  readonly freshener: Freshener;
  readonly streams: EventStreams;
  /** Takes a live sample for the core. */
  sampleLive(): void;
  stop(): void;
}

export function openWatching(parts: WatchingParts): Watching {
  const { cluster, drive, sampler, source, changes, clock, onEvent } = parts;
  const sampling = createLiveSampling({
    sampler,
    clock,
    after,
    publish: (report, cost) => drive((now) => cluster.publishLive(report, cost, now)),
  });
  const watchers = createWatcherCount({
    after,
    onChange: (isWatching) => drive((now) => cluster.setWatching(isWatching, now)),
  });
  const following = { source, changes, watchers, after };
  const streams = new EventStreams({ ...following, onMade: onEvent });
  return {
    watchers,
    freshener: createFreshener(following),
    streams,
    sampleLive: sampling.request,
    stop: () => {
      streams.stop();
      sampling.stop();
    },
  };
}
