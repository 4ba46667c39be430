/** The pages as HTML, made from the cluster's source and the query of the address. */
import type { Machine } from "../cluster/machine.ts";
import type { ClusterSource, ClusterView } from "../view/cluster-view.ts";
import type { WarnedSinceOf } from "../view/history/warned-since.ts";
import { slugsOf } from "../view/machine-slug.ts";
import type { Times } from "../view/times.ts";
import { renderClusterPage } from "./cluster/cluster-page.tsx";
import { clusterPageOf } from "./cluster/cluster-view-model.ts";
import { type ErrorPage, renderErrorPage } from "./components/error-page.tsx";
import { mastheadOf } from "./components/masthead.ts";
import type { AssetLinks, Frame } from "./components/page.tsx";
import { parsePageQuery } from "./components/page-query.ts";
import { renderMachinePage } from "./machine/machine-page.tsx";
import { machinePageOf } from "./machine/machine-view-model.ts";
import { renderPeoplePage } from "./people/people-page.tsx";
import { peoplePageOf } from "./people/people-view-model.ts";

export interface RenderContext {
  readonly source: ClusterSource;
  readonly view: ClusterView;
  readonly times: Times;
  readonly assets: AssetLinks;
  readonly warnedSince?: WarnedSinceOf | undefined;
}

function frameOf({ source, times, assets }: RenderContext): Frame {
  return { assets, version: source.version(), timeZone: times.timeZone };
}

export function clusterHtml(context: RenderContext, parameters: URLSearchParams): string {
  const { view, times } = context;
  const query = parsePageQuery(parameters, { times, nowMs: view.moment.wallMs });
  if (query.byUser) return renderPeoplePage(peoplePageOf({ view, query, times }), frameOf(context));
  return renderClusterPage(clusterPageOf({ ...context, query }), frameOf(context));
}

/** `parameters`: the query, which says which part of the history is shown. */
export function machineHtml(
  context: RenderContext,
  machine: Machine,
  parameters: URLSearchParams,
): string {
  return renderMachinePage(machinePageOf({ ...context, machine, parameters }), frameOf(context));
}

export function errorHtml(context: RenderContext, page: ErrorPage): string {
  const { view, times } = context;
  const masthead = mastheadOf({ view, times, slugs: slugsOf(view.machines), path: "/" });
  return renderErrorPage(page, masthead, frameOf(context));
}
