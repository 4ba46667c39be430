/**
 * Which answers are still good: each belongs to an era, and when that has passed it is made anew.
 * An answer is of one version of the state, and shows the time to the second. A page that people
 * follow changes with each packet, a thousand machines five hundred times a second, but they are
 * told of it once a second and ask then: for them an era lasts from one telling to the next.
 */

import type { ClusterSource } from "../view/cluster-view.ts";
import type { EventStreams } from "./events.ts";

export interface Eras {
  /** `isFollowed`: of a page that the readers of the event streams have open. */
  now(isFollowed: boolean): string;
}

export function createEras(source: ClusterSource, streams: EventStreams): Eras {
  let told: number | undefined;
  let toldAtMs = 0;
  return {
    now(isFollowed) {
      const { wallMs, elapsedMs } = source.moment();
      const nowTold = isFollowed ? streams.told() : undefined;
      if (nowTold === undefined) return `${source.version()} ${Math.floor(wallMs / 1000)}`;
      if (nowTold !== told) [told, toldAtMs] = [nowTold, elapsedMs];
      return `told ${told} ${Math.floor((elapsedMs - toldAtMs) / 1000)}`;
    },
  };
}
