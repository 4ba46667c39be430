/** One entry of the history in a line: fetched when the reader comes to its cell, and kept. */

import type { EntriesJson, EntryJson } from "../../api/types.ts";
import { shownText } from "../../base/shown-text.ts";
import { factsOf, isIdle } from "../../view/facts.ts";
import { figure, megabytesPerMinute, percent } from "../../view/format.ts";

type Report = Extract<EntryJson, { state: "up" }>["report"];

/** The most cells kept: an hour of moving about. */
const MOST_KEPT = 2000;
const kept = new Map<string, EntryWords>();

export interface EntryWords {
  /** `CPU 93 %, disk 63 MB/min, chen ffmpeg 14`. */
  readonly all: string;
  /** `chen ffmpeg 14`: the largest process and its cores; empty: not known. */
  readonly top: string;
}

function topWords({ cpuPercent, top }: ReturnType<typeof factsOf>): string {
  if (top === undefined) return "";
  if (isIdle(top)) return cpuPercent === undefined ? "" : "idle";
  const cores = top.cores === undefined ? "" : ` ${figure(top.cores)}`;
  return `${shownText(top.user, 24)} ${shownText(top.command, 32)}${cores}`;
}

export function reportWords(report: Report): EntryWords {
  const facts = factsOf(report);
  const { cpuPercent, diskBytesPerSecond } = facts;
  const top = topWords(facts);
  const parts = [
    ...(cpuPercent === undefined ? [] : [`CPU ${percent(cpuPercent)} %`]),
    ...(diskBytesPerSecond === undefined
      ? []
      : [`disk ${figure(megabytesPerMinute(diskBytesPerSecond))} MB/min`]),
  ];
  if (top !== "") parts.push(top);
  return { all: parts.join(", "), top };
}

/**
 * The words of the report that covers the middle of a cell; `undefined` if there is none or the
 * server did not give it.
 */
export async function entryWords(
  slug: string,
  cell: { readonly middleMs: number; readonly cellMs: number },
  signal: AbortSignal,
): Promise<EntryWords | undefined> {
  const name = `${slug} ${cell.middleMs}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const before = new Date(cell.middleMs + 1.5 * cell.cellMs).toISOString();
  const path = `/api/v1/machines/${encodeURIComponent(slug)}/entries?limit=4&before=${before}`;
  const answer = await fetch(path, { signal });
  if (!answer.ok) return undefined;
  const { entries }: EntriesJson = await answer.json();
  // Newest first: the last report made at or after the middle is the one that covers it.
  const entry = entries.findLast(
    ({ at, state }) => state === "up" && Date.parse(at) >= cell.middleMs,
  );
  if (entry?.state !== "up") return undefined;
  const words = reportWords(entry.report);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(name, words);
  return words;
}
