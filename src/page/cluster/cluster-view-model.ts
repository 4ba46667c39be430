/**
 * The cluster page as plain data, from the daemon's view, the history and the reader's query.
 * Reads no clock and keeps nothing: the same input gives the same page.
 */

import { counted, shownName, shownText } from "../../base/shown-text.ts";
import type { Entry, StripPoint } from "../../store/kept.ts";
import { type Answers, answersOf } from "../../view/answers.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { filterOf, type ProcessTest } from "../../view/filter.ts";
import { duration, intervalWords } from "../../view/format.ts";
import { type Axis, axisOf, cursorX } from "../../view/history/time-axis.ts";
import type { WarnedSinceOf } from "../../view/history/warned-since.ts";
import { findMachine, slugsOf } from "../../view/machine-slug.ts";
import { sorted } from "../../view/sorting.ts";
import { isProblem, type Subject, subjectsAt, subjectsNow } from "../../view/subject.ts";
import { clockOf, type Times, timesFor } from "../../view/times.ts";
import { type Masthead, mastheadOf, refreshSeconds } from "../components/masthead.ts";
import { standingNotices } from "../components/notices.tsx";
import { hrefWith, type PageQuery } from "../components/page-query.ts";
import { type AxisLink, axisLinks } from "../history/axis-links.ts";
import { type EntryPanel, entryPanelOf } from "../history/entry-view-model.ts";
import { type Alone, aloneOf } from "./alone.ts";
import { type CutOffNotice, cutOffNoticeOf } from "./cut-off.ts";
import { type MachineRow, rowOf } from "./machine-row.ts";
import { LEAST_FOR_SMALL, type Tiles, tilesOf } from "./tiles.ts";

/** What the page needs beside the view; `strips` and `at` are asked for only when needed. */
export interface ClusterPageInput {
  readonly view: ClusterView;
  readonly query: PageQuery;
  readonly times: Times;
  readonly strips: (
    sinceWallMs: number,
    ids: readonly string[],
  ) => ReadonlyMap<string, readonly StripPoint[]>;
  readonly at: (wallMs: number) => ReadonlyMap<string, Entry>;
  readonly warnedSince?: WarnedSinceOf;
}

export interface ClusterPage {
  readonly title: string;
  readonly masthead: Masthead;
  readonly query: PageQuery;
  readonly notices: readonly string[];
  readonly past?: PastNotice;
  readonly alone?: Alone;
  readonly cutOff?: CutOffNotice;
  readonly answers?: Answers;
  readonly tiles?: Tiles;
  readonly table?: MachineTable;
  readonly refreshSeconds: number;
}

export interface PastNotice {
  /** The time shown: `03:10`, `Mon 18:40`. */
  readonly time: string;
  readonly ago: string;
  readonly earlier: string;
  readonly later?: string;
  readonly now: string;
}

export interface MachineTable {
  readonly caption: string;
  readonly axis: Axis;
  readonly axisLinks: readonly AxisLink[];
  readonly cursor?: { readonly x: number; readonly label: string };
  readonly sections: readonly TableSection[];
  readonly panel?: EntryPanel;
  /** Why the table is empty. */
  readonly empty?: string;
  readonly tags: readonly {
    readonly tag: string;
    readonly shown: string;
    readonly count: number;
  }[];
  readonly pages: readonly { readonly page: number; readonly isCurrent: boolean }[];
  readonly cellWords: string;
  readonly spanWords: string;
}

/** A part of the rows under a heading of its own; one without heading when all are shown. */
export interface TableSection {
  readonly heading?: string;
  /** What was looked for, with a link that ends it. */
  readonly isResult: boolean;
  readonly rows: readonly MachineRow[];
}

/** Rows of one page of the machines looked for, and of the problems. */
const PAGE_ROWS = 100;
/** Tags offered as links; the commonest. */
const MOST_TAGS = 24;
/** Longer ones are no words for grouping, and would not fit into a link. */
const LONGEST_TAG = 64;

function tagCounts(view: ClusterView): MachineTable["tags"] {
  const counts = new Map<string, number>();
  for (const { tags } of view.machines) {
    const fit = tags.filter((tag) => tag.trim() !== "" && tag.length <= LONGEST_TAG);
    for (const tag of fit) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts]
    .map(([tag, count]) => ({ tag, shown: shownText(tag, 32), count }))
    .sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1))
    .slice(0, MOST_TAGS)
    .sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

function pastOf(input: ClusterPageInput, atWallMs: number): PastNotice {
  const { view, times, query } = input;
  const nowMs = view.moment.wallMs;
  const stepMs = view.updateSeconds * 1000;
  const link = (wallMs: number) =>
    hrefWith(query.raw, { at: times.stamp(wallMs), open: undefined });
  return {
    time: times.since(atWallMs, nowMs),
    ago: duration((nowMs - atWallMs) / 1000),
    earlier: link(atWallMs - stepMs),
    ...(atWallMs + stepMs <= nowMs ? { later: link(atWallMs + stepMs) } : {}),
    now: hrefWith(query.raw, { at: undefined }),
  };
}

interface Opened {
  readonly panel?: EntryPanel;
  /** When the opened entry was made, ms: any time that it covers opens it. */
  readonly atMs?: number;
  readonly notice?: string;
}

function openedOf(
  input: ClusterPageInput,
  slugs: ReadonlyMap<string, string>,
  strips: ReadonlyMap<string, readonly StripPoint[]>,
): Opened {
  const { view, query, times } = input;
  const { open } = query;
  if (open === undefined) return {};
  const found = findMachine(view.machines, open.slug);
  const shownSlug = `“${shownText(open.slug, 60)}”`;
  if (found.kind === "none") return { notice: `There is no machine ${shownSlug}.` };
  if (found.kind === "many") {
    return {
      notice: `${found.machines.length} machines are called ${shownSlug}: open one by its id.`,
    };
  }
  const entries = input.at(open.atWallMs);
  const { machine } = found;
  const entry = entries.get(machine.id);
  if (entry === undefined) {
    const when = times.since(open.atWallMs, view.moment.wallMs);
    return { notice: `There is no entry of ${shownName(machine)} at ${when}.` };
  }
  return {
    atMs: entry.state === "up" ? entry.atWallMs : open.atWallMs,
    panel: entryPanelOf({
      machine,
      slug: slugs.get(machine.id) ?? machine.id,
      entry,
      times,
      updateSeconds: view.updateSeconds,
      nowMs: view.moment.wallMs,
      points: strips.get(machine.id) ?? [],
      others: subjectsAt(view, slugs, entries),
    }),
  };
}

interface Part {
  readonly heading?: string;
  readonly isResult: boolean;
  readonly subjects: readonly Subject[];
}

interface Parts {
  readonly parts: readonly Part[];
  readonly pages: MachineTable["pages"];
}

function problemPart(subjects: readonly Subject[]): Part {
  const problems = subjects.filter(isProblem);
  const shown = problems.slice(0, PAGE_ROWS);
  const first = shown.length < problems.length ? `, the first ${shown.length}` : "";
  const heading = `${problems.length === 0 ? "none" : problems.length} with problems${first}`;
  return { heading, isResult: false, subjects: shown };
}

/**
 * What the table shows: all machines while they fit; else the problems, and below them what the
 * reader asked for by filter, tag, order or page, a hundred at a time.
 */
function partsOf(
  subjects: readonly Subject[],
  chosen: readonly Subject[],
  query: PageQuery,
): Parts {
  const order = (all: readonly Subject[]) => sorted(all, query);
  if (subjects.length < LEAST_FOR_SMALL) {
    return { parts: [{ isResult: false, subjects: order(chosen) }], pages: [] };
  }
  const { raw } = query;
  const isFiltered = query.filter !== "" || query.tag !== undefined;
  const last = Math.max(1, Math.ceil(chosen.length / PAGE_ROWS));
  const current = Math.min(query.page, last);
  const problems = current === 1 ? [problemPart(order(subjects))] : [];
  if (!isFiltered && raw.sort === undefined && raw.page === undefined) {
    return { parts: problems, pages: [] };
  }
  const from = (current - 1) * PAGE_ROWS;
  const shown = order(chosen).slice(from, from + PAGE_ROWS);
  const which = last === 1 ? "" : `, ${from + 1}–${from + shown.length}`;
  const what = isFiltered ? `match ${wantedText(query)}` : "machines in all";
  const heading = `${chosen.length} ${what}${which}`;
  return {
    parts: [...problems, { heading, isResult: true, subjects: shown }],
    pages:
      last === 1
        ? []
        : Array.from({ length: last }, (_, at) => ({
            page: at + 1,
            isCurrent: at + 1 === current,
          })),
  };
}

/** The filter and the tag, as one would type them. */
function wantedText(query: PageQuery): string {
  const asked = [query.filter, ...(query.tag === undefined ? [] : [`tag:${query.tag}`])];
  return shownText(asked.filter((part) => part !== "").join(" "), 120);
}

interface TableInput {
  readonly slugs: ReadonlyMap<string, string>;
  readonly subjects: readonly Subject[];
  /** Those that the filter and the tag leave. */
  readonly chosen: readonly Subject[];
  readonly isWanted?: ProcessTest | undefined;
}

function tableOf(
  input: ClusterPageInput,
  { slugs, subjects, chosen, isWanted }: TableInput,
): { table: MachineTable; notices: readonly string[] } {
  const { view, query, times } = input;
  const nowMs = view.moment.wallMs;
  const axis = axisOf({
    nowMs,
    times,
    updateSeconds: view.updateSeconds,
    historyEntries: view.historyEntries,
  });
  const { parts, pages } = partsOf(subjects, chosen, query);
  const ids = new Set(parts.flatMap((part) => part.subjects.map(({ machine }) => machine.id)));
  const opened = query.open === undefined ? undefined : findMachine(view.machines, query.open.slug);
  if (opened?.kind === "one") ids.add(opened.machine.id);
  // One cell more: a report made before the first cell still speaks of it.
  const strips = input.strips(axis.startMs - axis.cellMs, [...ids]);
  const { panel, notice, atMs } = openedOf(input, slugs, strips);
  const cursorMs = atMs ?? query.open?.atWallMs ?? query.atWallMs;
  const cursor = cursorMs === undefined ? undefined : cursorX(cursorMs, axis);
  const context = {
    times,
    nowMs,
    axis,
    strips,
    updateSeconds: view.updateSeconds,
    ...(cursorMs === undefined ? {} : { cursorMs }),
    ...(isWanted === undefined ? {} : { isWanted }),
  };
  const table: MachineTable = {
    caption:
      chosen.length === view.machines.length
        ? counted(view.machines.length, "machine")
        : `${chosen.length} of ${counted(view.machines.length, "machine")}`,
    axis,
    axisLinks: axisLinks(axis, times, query.raw),
    ...(cursor === undefined || cursorMs === undefined
      ? {}
      : { cursor: { x: cursor, label: clockOf(times, view.updateSeconds)(cursorMs) } }),
    sections: parts.map(({ subjects: own, ...part }) => ({
      ...part,
      rows: own.map((subject) => rowOf(subject, context)),
    })),
    ...(panel === undefined ? {} : { panel }),
    ...(chosen.length === 0 ? { empty: `nothing matches ${wantedText(query)}` } : {}),
    tags: tagCounts(view),
    pages,
    cellWords: `one cell = ${intervalWords(axis.cellMs / 1000)}`,
    spanWords: axis.spanWords,
  };
  return { table, notices: notice === undefined ? [] : [notice] };
}

export function clusterPageOf(given: ClusterPageInput): ClusterPage {
  const { view, query } = given;
  const times = timesFor(given.times, view.updateSeconds);
  const input = { ...given, times };
  const slugs = slugsOf(view.machines);
  const filter = filterOf(query.filter, query.tag);
  const isPast = query.atWallMs !== undefined;
  const subjects =
    query.atWallMs !== undefined
      ? subjectsAt(view, slugs, input.at(query.atWallMs))
      : subjectsNow(view, slugs);
  const chosen = subjects.filter(filter.accepts);
  const path = hrefWith(query.raw, {});
  const masthead = mastheadOf({
    view,
    times,
    slugs,
    filter: query.filter,
    page: "machines",
    path,
  });
  const notices = [...standingNotices(view), ...query.notices, ...filter.notices];
  const base = { masthead, query, refreshSeconds: refreshSeconds(view) };
  const { table, notices: tableNotices } = tableOf(input, {
    ...{ slugs, subjects, chosen },
    isWanted: filter.isWanted,
  });
  const alone = aloneOf(view);
  const cutOff = isPast ? undefined : cutOffNoticeOf(view, times, path);
  const tiles = tilesOf(subjects, query);
  const groups = new Set(tiles?.groups.map(({ tag }) => tag));
  return {
    ...base,
    title: titleOf(masthead, table.panel, {
      isAlone: alone !== undefined,
      isCutOff: cutOff !== undefined,
    }),
    notices: [...notices, ...tableNotices],
    ...(query.atWallMs !== undefined ? { past: pastOf(input, query.atWallMs) } : {}),
    ...(alone === undefined || isPast ? {} : { alone }),
    ...(cutOff === undefined ? {} : { cutOff }),
    ...(alone !== undefined || cutOff !== undefined || isPast
      ? {}
      : { answers: answersOf(chosen, subjects, { ...input, nowMs: view.moment.wallMs }) }),
    ...(tiles === undefined ? {} : { tiles }),
    // A tag whose group stands among the tiles is a link there.
    table: { ...table, tags: table.tags.filter(({ tag }) => !groups.has(tag)) },
  };
}

function titleOf(
  masthead: Masthead,
  panel: EntryPanel | undefined,
  { isAlone, isCutOff }: { readonly isAlone: boolean; readonly isCutOff: boolean },
): string {
  if (panel !== undefined) return `${panel.machineName} at ${panel.time} – unagi`;
  const plight = isCutOff ? "may be cut off: " : "";
  return `${plight}${masthead.countWords}${isAlone ? ", alone" : ""} – unagi`;
}
