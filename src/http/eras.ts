/**
 * Eras say which answers still hold: an answer belongs to one era, and is made anew in the next. An
 * era is one version of the state and one second, as pages show the time to the second. The state of
 * a thousand machines changes five hundred times a second, but browsers that follow a page are told
 * once a second and ask then: for followed pages an era lasts from one event to the next.
 */
import type { ClusterSource } from "../view/cluster-view.ts";
import type { EventStreams } from "./events.ts";

/** `isFollowed`: for a page that the readers of the event streams have open. */
export type EraNow = (isFollowed: boolean) => string;

export function createEras(source: ClusterSource, streams: Pick<EventStreams, "told">): EraNow {
  let told: number | undefined;
  let toldAtMs = 0;
  return (isFollowed) => {
    const { wallMs, elapsedMs } = source.moment();
    const nowTold = isFollowed ? streams.told() : undefined;
    if (nowTold === undefined) return `${source.version()} ${Math.floor(wallMs / 1000)}`;
    if (nowTold !== told) [told, toldAtMs] = [nowTold, elapsedMs];
    return `told ${told} ${Math.floor((elapsedMs - toldAtMs) / 1000)}`;
  };
}
