/** The table of machines as plain data: its rows on one time axis, and the entry opened among them. */
import { counted, shownName, shownText } from "../../base/shown-text.ts";
import type { Machine } from "../../cluster/machine.ts";
import type { StripPoint } from "../../store/history-types.ts";
import type { ClusterSource, ClusterView } from "../../view/cluster-view.ts";
import { namedTop, processFacts } from "../../view/facts.ts";
import type { ProcessTest } from "../../view/filter.ts";
import { intervalWords } from "../../view/format.ts";
import { type Axis, axisOf, cursorX } from "../../view/history/time-axis.ts";
import { findMachine } from "../../view/machine-slug.ts";
import { type Subject, subjectsAt } from "../../view/subject.ts";
import { sentenceOf, stateFor } from "../../view/subject-words.ts";
import { clockOf, type Times } from "../../view/times.ts";
import type { PageQuery } from "../components/page-query.ts";
import { entryPanelOf } from "../history/entry-view-model.ts";
import { axisLinks, stripOf } from "../history/strip.ts";
import { tableParts, wantedText } from "./table-parts.ts";

export type MachineTable = ReturnType<typeof tableOf>["table"];
export type TableSection = MachineTable["sections"][number];
export type MachineRow = ReturnType<typeof rowOf>;

export interface TableInput {
  readonly view: ClusterView;
  readonly query: PageQuery;
  readonly times: Times;
  readonly source: Pick<ClusterSource, "strips" | "at">;
}

interface ChosenMachines {
  readonly slugs: ReadonlyMap<string, string>;
  readonly subjects: readonly Subject[];
  /** Those that the filter and the tag leave. */
  readonly chosen: readonly Subject[];
  readonly isWanted?: ProcessTest | undefined;
}

/** The most frequent tags are offered as links. */
const MOST_TAGS = 24;
/** Characters: a longer tag is no word for grouping and would not fit into a link. */
const LONGEST_TAG = 64;

function tagCounts({ machines }: ClusterView) {
  const counts = new Map<string, number>();
  for (const tag of machines.flatMap(({ tags }) => tags)) {
    if (tag.trim() === "" || tag.length > LONGEST_TAG) continue;
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1))
    .slice(0, MOST_TAGS)
    .sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

/** The entry that `?open=MACHINE@TIME` asks for: its machine, or why there is none. */
function openedMachine({ view, query }: TableInput) {
  if (query.open === undefined) return {};
  const found = findMachine(view.machines, query.open.slug);
  if (found.kind === "one") return { machine: found.machine };
  const shown = `“${shownText(query.open.slug, 60)}”`;
  return {
    notice:
      found.kind === "none"
        ? `There is no machine ${shown}.`
        : `${found.machines.length} machines are called ${shown}: open one by its ID.`,
  };
}

/** Reads the opened entry: its panel and time, or a sentence that says why there is none. */
function openedEntry(
  { view, query: { open }, times, source }: TableInput,
  machine: Machine | undefined,
  slugs: ReadonlyMap<string, string>,
  points: readonly StripPoint[],
) {
  if (open === undefined || machine === undefined) return {};
  const nowMs = view.moment.wallMs;
  const entries = source.at(open.atWallMs);
  const entry = entries.get(machine.id);
  if (entry === undefined) {
    const when = times.since(open.atWallMs, nowMs);
    return { notice: `There is no entry of ${shownName(machine)} at ${when}.` };
  }
  const others = subjectsAt(view, slugs, entries);
  const report = others.find((one) => one.machine.id === machine.id)?.report;
  return {
    /** When the entry was made, ms. Any time that it covers opens it. */
    atMs: entry.state === "up" ? entry.atWallMs : open.atWallMs,
    panel: entryPanelOf({
      machine,
      slug: slugs.get(machine.id) ?? machine.id,
      entry: entry.state === "up" && report !== undefined ? { ...entry, report } : entry,
      times,
      updateSeconds: view.updateSeconds,
      nowMs,
      points,
      others,
    }),
  };
}

interface RowContext {
  readonly times: Times;
  readonly nowMs: number;
  readonly axis: Axis;
  readonly updateSeconds: number;
  readonly strips: ReadonlyMap<string, readonly StripPoint[]>;
  readonly cursorMs: number | undefined;
  /** The largest of these takes the place of the top process. */
  readonly isWanted: ProcessTest | undefined;
}

/** The largest process that is to be named, or `idle`; `undefined`: unknown. */
function topOf({ facts, report }: Subject, isWanted: ProcessTest | undefined) {
  const wanted = isWanted && report?.processes?.find(isWanted);
  return wanted && report ? processFacts(wanted, report) : namedTop(facts, report);
}

/**
 * A machine that is down or stopped has a sentence in place of figures: old numbers never stand in
 * current columns.
 */
function rowOf(subject: Subject, context: RowContext) {
  const { machine } = subject;
  const history = {
    points: context.strips.get(machine.id) ?? [],
    state: machine.state,
    updateSeconds: machine.report?.updateSeconds ?? context.updateSeconds,
  };
  const sentence = sentenceOf(subject, context);
  return {
    subject,
    stateFor: stateFor(subject, context.nowMs),
    strip: stripOf(history, context),
    sentence,
    top: sentence === undefined ? topOf(subject, context.isWanted) : undefined,
  };
}

export function tableOf(input: TableInput, { slugs, subjects, chosen, isWanted }: ChosenMachines) {
  const { view, query, times } = input;
  const { updateSeconds } = view;
  const nowMs = view.moment.wallMs;
  const axis = axisOf({ ...view, nowMs, times });
  const { parts, pages } = tableParts(subjects, chosen, query);
  const ids = new Set(parts.flatMap((part) => part.subjects.map(({ machine }) => machine.id)));
  const opened = openedMachine(input);
  if (opened.machine !== undefined) ids.add(opened.machine.id);
  // One cell more: a report made before the first cell covers a part of it.
  const strips = input.source.strips(axis.startMs - axis.cellMs, [...ids]);
  const points = strips.get(opened.machine?.id ?? "") ?? [];
  const { panel, notice = opened.notice, atMs } = openedEntry(input, opened.machine, slugs, points);
  const cursorMs = atMs ?? query.open?.atWallMs ?? query.atWallMs;
  const x = cursorMs === undefined ? undefined : cursorX(cursorMs, axis);
  const cursor =
    x === undefined || cursorMs === undefined
      ? undefined
      : { x, label: clockOf(times, updateSeconds)(cursorMs) };
  const context = { times, nowMs, axis, strips, updateSeconds, cursorMs, isWanted };
  const all = counted(view.machines.length, "machine");
  const table = {
    caption: chosen.length === view.machines.length ? all : `${chosen.length} of ${all}`,
    axis,
    axisLinks: axisLinks(axis, times, query.raw),
    cursor,
    sections: parts.map(({ subjects: own, ...part }) => ({
      ...part,
      rows: own.map((subject) => rowOf(subject, context)),
    })),
    panel,
    /** Why the table is empty. */
    empty: chosen.length === 0 ? `nothing matches ${wantedText(query)}` : undefined,
    tags: tagCounts(view),
    pages,
    cellWords: `one cell = ${intervalWords(axis.cellMs / 1000)}`,
  };
  return { table, notice };
}
