/** The named times of the axis as links: each opens the whole cluster as of then. */

import type { Axis } from "../../view/history/time-axis.ts";
import type { Times } from "../../view/times.ts";
import { hrefWith, type PageQuery } from "../components/page-query.ts";

export type AxisLink = ReturnType<typeof axisLinks>[number];

/** Links that keep the reader's query, except for an opened entry. */
export function axisLinks(axis: Axis, times: Times, raw: PageQuery["raw"]) {
  return axis.ticks.map(({ atMs, ...tick }) => ({
    ...tick,
    href: hrefWith(raw, { at: times.stamp(atMs), open: undefined }),
  }));
}
