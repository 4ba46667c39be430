/** The table of machines as plain data: its rows on one time axis, and the entry opened among them. */

import { counted } from "../../base/shown-text.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import type { ProcessTest } from "../../view/filter.ts";
import { intervalWords } from "../../view/format.ts";
import { axisOf, cursorX } from "../../view/history/time-axis.ts";
import type { Subject } from "../../view/subject.ts";
import { clockOf } from "../../view/times.ts";
import { axisLinks } from "../history/axis-links.ts";
import type { ClusterPageInput } from "./cluster-page-input.ts";
import { rowOf } from "./machine-row-view-model.ts";
import { openedEntry, openedMachine } from "./opened-entry.ts";
import { tableParts, wantedText } from "./table-parts.ts";

export type MachineTable = ReturnType<typeof tableOf>["table"];
export type TableSection = MachineTable["sections"][number];

export interface ChosenMachines {
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

export function tableOf(
  input: ClusterPageInput,
  { slugs, subjects, chosen, isWanted }: ChosenMachines,
) {
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
  const { panel, notice, atMs } = openedEntry(input, opened, slugs, points);
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
