/** One entry of the history in a line, fetched when the reader comes to its cell, and kept. */

import { shownText } from "../../base/shown-text.ts";
import type { Report } from "../../protocol/report.ts";
import { factsOf, isIdle } from "../../view/facts.ts";
import { figure, megabytesPerMinute, percent } from "../../view/format.ts";

interface EntryJson {
  readonly at: string;
  readonly state: string;
  readonly report?: Report;
}

/** Cells kept: an hour of moving about; more would only grow. */
const MOST_KEPT = 2000;
const kept = new Map<string, string>();

/** `CPU 93 %, disk 63 MB/min, chen ffmpeg 14`. */
export function reportWords(report: Report): string {
  const facts = factsOf(report);
  const { cpuPercent, diskBytesPerSecond, top } = facts;
  const parts = [
    ...(cpuPercent === undefined ? [] : [`CPU ${percent(cpuPercent)} %`]),
    ...(diskBytesPerSecond === undefined
      ? []
      : [`disk ${figure(megabytesPerMinute(diskBytesPerSecond))} MB/min`]),
  ];
  if (top !== undefined && !isIdle(top)) {
    const cores = top.cores === undefined ? "" : ` ${figure(top.cores)}`;
    parts.push(`${shownText(top.user, 24)} ${shownText(top.command, 32)}${cores}`);
  } else if (top !== undefined && cpuPercent !== undefined) parts.push("idle");
  return parts.join(", ");
}

/**
 * Of the report that covers the middle of a cell. `undefined`: there is none, or the server did
 * not give it; what the strip itself says has to do.
 */
export async function entryWords(
  key: string,
  cell: { readonly middleMs: number; readonly cellMs: number },
  signal: AbortSignal,
): Promise<string | undefined> {
  const name = `${key} ${cell.middleMs}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const before = new Date(cell.middleMs + 1.5 * cell.cellMs).toISOString();
  const path = `/api/v1/machines/${encodeURIComponent(key)}/entries?limit=4&before=${before}`;
  const answer = await fetch(path, { signal });
  if (!answer.ok) return undefined;
  const { entries }: { entries: readonly EntryJson[] } = await answer.json();
  // Newest first: the last of those made at or after the middle is the one that speaks of it.
  const entry = entries.findLast(
    ({ at, state }) => state === "up" && Date.parse(at) >= cell.middleMs,
  );
  if (entry?.report === undefined) return undefined;
  const words = reportWords(entry.report);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(name, words);
  return words;
}
