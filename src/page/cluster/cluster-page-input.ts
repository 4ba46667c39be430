/** What the page of the cluster is made from. */

import type { Entry, StripPoint } from "../../store/kept.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import type { WarnedSinceOf } from "../../view/history/warned-since.ts";
import type { Times } from "../../view/times.ts";
import type { PageQuery } from "../components/page-query.ts";

/** `strips` and `at` read the history, so they are called only when their answer is shown. */
export interface ClusterPageInput {
  readonly view: ClusterView;
  readonly query: PageQuery;
  readonly times: Times;
  readonly strips: (
    sinceWallMs: number,
    ids: readonly string[],
  ) => ReadonlyMap<string, readonly StripPoint[]>;
  readonly at: (wallMs: number) => ReadonlyMap<string, Entry>;
  readonly warnedSince?: WarnedSinceOf | undefined;
}
