/**
 * The cluster page as plain data, made from the daemon's view, the history and the reader's query.
 * It reads no clock and keeps nothing: the same input gives the same page.
 */

import { filterOf } from "../../view/filter.ts";
import { duration } from "../../view/format.ts";
import type { WarnedSinceOf } from "../../view/history/warned-since.ts";
import { slugsOf } from "../../view/machine-slug.ts";
import { subjectsAt, subjectsNow } from "../../view/subject.ts";
import { timesFor } from "../../view/times.ts";
import { mastheadOf, refreshSeconds } from "../components/masthead.ts";
import { standingNotices } from "../components/notices.tsx";
import { hrefWith } from "../components/page-query.ts";
import { aloneOf } from "./alone.ts";
import { answersOf } from "./answers-view-model.ts";
import { cutOffNoticeOf } from "./cut-off.ts";
import { type TableInput, tableOf } from "./machine-table-view-model.ts";
import { tilesOf } from "./tiles-view-model.ts";

export type ClusterPage = ReturnType<typeof clusterPageOf>;

interface ClusterPageInput extends TableInput {
  readonly warnedSince?: WarnedSinceOf | undefined;
}

function pastOf({ view, times, query }: TableInput, atWallMs: number) {
  const nowMs = view.moment.wallMs;
  const stepMs = view.updateSeconds * 1000;
  const link = (wallMs: number) =>
    hrefWith(query.raw, { at: times.stamp(wallMs), open: undefined });
  return {
    /** The time shown: `03:10`, `Mon 18:40`. */
    time: times.since(atWallMs, nowMs),
    ago: duration((nowMs - atWallMs) / 1000),
    earlier: link(atWallMs - stepMs),
    later: atWallMs + stepMs <= nowMs ? link(atWallMs + stepMs) : undefined,
    now: hrefWith(query.raw, { at: undefined }),
  };
}

export function clusterPageOf(given: ClusterPageInput) {
  const { view, query } = given;
  const { atWallMs } = query;
  const times = timesFor(given.times, view.updateSeconds);
  const input = { ...given, times };
  const slugs = slugsOf(view.machines);
  const filter = filterOf(query.filter, query.tag);
  const isPast = atWallMs !== undefined;
  const subjects = isPast
    ? subjectsAt(view, slugs, input.source.at(atWallMs))
    : subjectsNow(view, slugs);
  const chosen = subjects.filter(filter.accepts);
  const path = hrefWith(query.raw, {});
  const masthead = mastheadOf({ view, times, slugs, filter: query.filter, page: "machines", path });
  const { isWanted } = filter;
  const { table, notice } = tableOf(input, { slugs, subjects, chosen, isWanted });
  const alone = isPast ? undefined : aloneOf(view);
  const cutOff = isPast ? undefined : cutOffNoticeOf(view, times, path);
  const hasAnswers = !isPast && alone === undefined && cutOff === undefined;
  const tiles = tilesOf(subjects, query);
  const groups = new Set(tiles?.groups.map(({ tag }) => tag));
  const { panel } = table;
  const plight = cutOff === undefined ? "" : "may be cut off: ";
  const counts = `${plight}${masthead.countWords}${alone === undefined ? "" : ", alone"}`;
  return {
    masthead,
    query,
    raw: query.raw,
    refreshSeconds: refreshSeconds(view),
    title: `${panel === undefined ? counts : `${panel.machineName} at ${panel.time}`} – unagi`,
    notices: [
      ...standingNotices(view),
      ...query.notices,
      ...filter.notices,
      ...(notice === undefined ? [] : [notice]),
    ],
    past: isPast ? pastOf(input, atWallMs) : undefined,
    alone,
    cutOff,
    answers: hasAnswers
      ? answersOf(chosen, subjects, { ...input, nowMs: view.moment.wallMs })
      : undefined,
    tiles,
    // The tags of groups are links among the tiles.
    table: { ...table, tags: table.tags.filter(({ tag }) => !groups.has(tag)) },
  };
}
