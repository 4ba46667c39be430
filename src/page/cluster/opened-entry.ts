/** The entry that `?open=MACHINE@TIME` asks for, or a sentence that says why there is none. */

import { shownName, shownText } from "../../base/shown-text.ts";
import type { Machine } from "../../cluster/machine.ts";
import type { StripPoint } from "../../store/history-types.ts";
import { findMachine } from "../../view/machine-slug.ts";
import { subjectsAt } from "../../view/subject.ts";
import { type EntryPanel, entryPanelOf } from "../history/entry-view-model.ts";
import type { ClusterPageInput } from "./cluster-page-input.ts";

export type OpenedMachine =
  | { readonly machine: Machine; readonly notice?: undefined }
  | { readonly machine?: undefined; readonly notice?: string };

export interface OpenedEntry {
  readonly panel?: EntryPanel;
  /** When the entry was made, ms. Any time that it covers opens it. */
  readonly atMs?: number;
  readonly notice?: string | undefined;
}

export function openedMachine({ view, query }: ClusterPageInput): OpenedMachine {
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

export function openedEntry(
  input: ClusterPageInput,
  { machine, notice }: OpenedMachine,
  slugs: ReadonlyMap<string, string>,
  points: readonly StripPoint[],
): OpenedEntry {
  const { view, query, times } = input;
  const { open } = query;
  if (open === undefined || machine === undefined) return { notice };
  const nowMs = view.moment.wallMs;
  const entries = input.source.at(open.atWallMs);
  const entry = entries.get(machine.id);
  if (entry === undefined) {
    const when = times.since(open.atWallMs, nowMs);
    return { notice: `There is no entry of ${shownName(machine)} at ${when}.` };
  }
  const others = subjectsAt(view, slugs, entries);
  const report = others.find((one) => one.machine.id === machine.id)?.report;
  return {
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
