/**
 * What runs while people watch, and only then: the core asks for live reports, live samples are
 * taken, and event streams are fed.
 */
import type { Moment } from "../../base/units.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Sampler } from "../../collectors/sampler.ts";
import { EventStreams } from "../../http/events.ts";
import { createFreshener } from "../../http/fresh.ts";
import { after } from "../../runtime/clock.ts";
import type { ClusterSource } from "../../view/cluster-view.ts";
import type { Drive } from "../loop/core-loop.ts";
import { createLiveSampling } from "../sampling/live-sampling.ts";
import type { ChangeLog } from "./change-log.ts";
import { createWatcherCount } from "./watcher-count.ts";

export function openWatching(parts: {
  readonly cluster: Pick<Cluster, "setWatching" | "publishLive">;
  readonly drive: Drive;
  readonly sampler: Pick<Sampler, "primeLive" | "takeLive">;
  readonly source: ClusterSource;
  readonly changes: ChangeLog;
  readonly clock: () => Moment;
  /** Called with the length of each event that was made. */
  readonly onEvent: (characters: number) => void;
}) {
  const { cluster, drive, sampler, source, changes, clock, onEvent } = parts;
  const sampling = createLiveSampling({
    sampler,
    clock,
    after,
    publish: (report, cost) => drive((now) => cluster.publishLive(report, cost, now)),
  });
  const noteChange = (isOn: boolean) => drive((now) => cluster.setWatching(isOn, now));
  const watchers = createWatcherCount(noteChange, after);
  const following = { source, changes, watchers, after };
  const streams = new EventStreams({ ...following, onMade: onEvent });
  return {
    watchers,
    freshener: createFreshener(following),
    streams,
    /** Takes a live sample for the core. */
    sampleLive: sampling.request,
    stop: () => {
      streams.stop();
      sampling.stop();
    },
  };
}

export type Watching = ReturnType<typeof openWatching>;
