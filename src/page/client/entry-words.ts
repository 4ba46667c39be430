/** One entry of the history in a line: fetched when the reader comes to its cell, and kept. */
import type { EntriesJson } from "../../api/types.ts";
import { shownText } from "../../base/shown-text.ts";
import type { Report } from "../../protocol/report.ts";
import { type Facts, factsOf, isIdle, isIdleMachine } from "../../view/facts.ts";
import { figure, known, megabytesPerMinute, percent } from "../../view/format.ts";
import { type CellAxis, timeOf } from "./chart-scene.ts";

/** The most cells kept: an hour of moving about. */
const MOST_KEPT = 2000;
/** A pointer on its way elsewhere crosses cells faster than this. */
const DWELL_MS = 60;

const kept = new Map<string, EntryWords>();

type EntryWords = ReturnType<typeof reportWords>;

function topWords(facts: Facts): string {
  const { top } = facts;
  if (top === undefined) return "";
  if (isIdle(top)) return isIdleMachine(facts) ? "idle" : "";
  const cores = known(top.cores, (value) => ` ${figure(value)}`);
  return `${shownText(top.user, 24)} ${shownText(top.command, 32)}${cores}`;
}

/**
 * `all`: `CPU 93 %, disk 63 MB/min, chen ffmpeg 14`. `top`: the largest process and its cores,
 * `chen ffmpeg 14`; empty: not known.
 */
export function reportWords(report: Report) {
  const facts = factsOf(report);
  const top = topWords(facts);
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
  { middleMs, stepMs }: { readonly middleMs: number; readonly stepMs: number },
  signal: AbortSignal,
): Promise<EntryWords | undefined> {
  // Two intervals: a report may be late. Of more, the four could all be later than the one wanted.
  const before = new Date(middleMs + 2 * stepMs).toISOString();
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
  const known = kept.get(nameOf(slug, middleMs));
  if (known !== undefined) {
    tell(known);
    return own;
  }
  setTimeout(() => {
    if (own.signal.aborted) return;
    wordsOf(slug, { middleMs, stepMs: axis.stepMs }, own.signal)
      .then((words) => {
        if (words !== undefined && !own.signal.aborted) tell(words);
      })
      // The cursor has moved on, or the server does not answer: what is shown stands.
      .catch(() => undefined);
  }, DWELL_MS);
  return own;
}
