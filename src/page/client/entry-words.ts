/** One entry of the history in a line: fetched when the reader comes to its cell, and kept. */
import type { EntriesJson } from "../../api/types.ts";
import { shownText } from "../../base/shown-text.ts";
import type { Report } from "../../protocol/report.ts";
import { type Facts, factsOf, namedTop } from "../../view/facts.ts";
import { figure, known, megabytesPerMinute, percent } from "../../view/format.ts";
import { type CellAxis, timeOf } from "./chart-scene.ts";

/** The most cells kept: an hour of moving about. */
const MOST_KEPT = 2000;
/** A pointer on its way elsewhere crosses cells faster than this. */
const DWELL_MS = 60;

const kept = new Map<string, EntryWords>();

type EntryWords = ReturnType<typeof reportWords>;

function topWords(facts: Facts, report: Report): string {
  const top = namedTop(facts, report);
  if (top === undefined || top === "idle") return top ?? "";
  const cores = known(top.cores, (value) => ` ${figure(value)}`);
  return `${shownText(top.user, 24)} ${shownText(top.command, 32)}${cores}`;
}

/**
 * `all`: `CPU 93 %, disk 63 MB/min, chen ffmpeg 14`. `top`: the largest process and its cores,
 * `chen ffmpeg 14`; empty: not known.
 */
export function reportWords(report: Report) {
  const facts = factsOf(report);
  const top = topWords(facts, report);
  const parts = [
    known(facts.cpuPercent, (value) => `CPU ${percent(value)} %`),
    known(facts.diskBytesPerSecond, (value) => `disk ${figure(megabytesPerMinute(value))} MB/min`),
    top,
  ];
  return { all: parts.filter((part) => part !== "").join(", "), top };
}

/**
 * The words of the report that covers the middle of a cell; `undefined` if there is none or the
 * server did not give it.
 */
export async function wordsOf(
  slug: string,
  { middleMs, intervalMs }: { readonly middleMs: number; readonly intervalMs: number },
  signal: AbortSignal,
): Promise<EntryWords | undefined> {
  // A report may be up to an interval late, so two are asked for; beyond that, all four entries could be
  // newer than the wanted one.
  const before = new Date(middleMs + 2 * intervalMs).toISOString();
  const path = `/api/v1/machines/${encodeURIComponent(slug)}/entries?limit=4&before=${before}`;
  const answer = await fetch(path, { signal });
  if (!answer.ok) return undefined;
  const { entries }: EntriesJson = await answer.json();
  // Newest first: the last report made at or after the middle is the one that covers it.
  const entry = entries.findLast(({ at, state }) => state === "up" && Date.parse(at) >= middleMs);
  if (entry?.state !== "up") return undefined;
  const words = reportWords(entry.report);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(nameOf(slug, middleMs), words);
  return words;
}

function nameOf(slug: string, middleMs: number): string {
  return `${slug} ${middleMs}`;
}

/**
 * Tells the words of a cell: at once if they are known, else when the cursor rests on it, unless
 * the returned request is aborted.
 */
export function askForWords(
  slug: string,
  cell: number,
  axis: CellAxis,
  tell: (words: EntryWords) => void,
): AbortController {
  const own = new AbortController();
  const middleMs = timeOf(cell, axis);
  const words = kept.get(nameOf(slug, middleMs));
  if (words !== undefined) {
    tell(words);
    return own;
  }
  setTimeout(() => {
    if (own.signal.aborted) return;
    wordsOf(slug, { middleMs, intervalMs: axis.intervalMs }, own.signal)
      .then((words) => {
        if (words !== undefined && !own.signal.aborted) tell(words);
      })
      // The cursor has moved on, or the server does not answer: what is shown stands.
      .catch(() => undefined);
  }, DWELL_MS);
  return own;
}
