/** What the page of the cluster is made from. */

import type { ClusterSource, ClusterView } from "../../view/cluster-view.ts";
import type { WarnedSinceOf } from "../../view/history/warned-since.ts";
import type { Times } from "../../view/times.ts";
import type { PageQuery } from "../components/page-query.ts";

export interface ClusterPageInput {
  readonly view: ClusterView;
  readonly query: PageQuery;
  readonly times: Times;
  readonly source: Pick<ClusterSource, "strips" | "at">;
  readonly warnedSince?: WarnedSinceOf | undefined;
}
