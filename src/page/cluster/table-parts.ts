/**
 * Which machines the table shows, and under which headings: all of them while they fit; otherwise
 * the problems, and below them what the reader asked for, a hundred rows at a time.
 */
import { shownText } from "../../base/shown-text.ts";
import { sorted } from "../../view/sorting.ts";
import { isProblem, type Subject } from "../../view/subject.ts";
import type { PageQuery } from "../components/page-query.ts";
import { LEAST_FOR_SMALL } from "./tiles-view-model.ts";

interface TablePart {
  /** Absent when the table shows all machines. */
  readonly heading?: string;
  /** What the reader asked for, with a link that clears it. */
  readonly isResult: boolean;
  readonly subjects: readonly Subject[];
}

interface TableParts {
  readonly parts: readonly TablePart[];
  /** Pages of results; none where all fit on one. */
  readonly pages: readonly { readonly page: number; readonly isCurrent: boolean }[];
}

/** Rows of a page of results, and of the problems. */
const PAGE_ROWS = 100;

export function isFiltered({ filter, tag }: PageQuery): boolean {
  return filter !== "" || tag !== undefined;
}

/** The filter and the tag, as one would type them. */
export function wantedText({ filter, tag }: PageQuery): string {
  const asked = tag === undefined ? filter : `${filter} tag:${tag}`.trimStart();
  return shownText(asked, 120);
}

function problemPart(subjects: readonly Subject[], query: PageQuery): TablePart {
  const problems = sorted(subjects.filter(isProblem), query);
  const shown = problems.slice(0, PAGE_ROWS);
  const first = shown.length < problems.length ? `, the first ${shown.length}` : "";
  const heading = `${problems.length === 0 ? "none" : problems.length} with problems${first}`;
  return { heading, isResult: false, subjects: shown };
}

/** `chosen`: the machines that the filter and the tag leave. */
export function tableParts(
  subjects: readonly Subject[],
  chosen: readonly Subject[],
  query: PageQuery,
): TableParts {
  if (subjects.length < LEAST_FOR_SMALL) {
    return { parts: [{ isResult: false, subjects: sorted(chosen, query) }], pages: [] };
  }
  const { raw } = query;
  const last = Math.max(1, Math.ceil(chosen.length / PAGE_ROWS));
  const current = Math.min(query.page, last);
  const problems = current === 1 ? [problemPart(subjects, query)] : [];
  if (!isFiltered(query) && raw.sort === undefined && raw.page === undefined) {
    return { parts: problems, pages: [] };
  }
  const from = (current - 1) * PAGE_ROWS;
  const shown = sorted(chosen, query).slice(from, from + PAGE_ROWS);
  const which = last === 1 ? "" : `, ${from + 1}–${from + shown.length}`;
  const what = isFiltered(query) ? `match ${wantedText(query)}` : "machines in all";
  const heading = `${chosen.length} ${what}${which}`;
  const pages = Array.from({ length: last === 1 ? 0 : last }, (_, index) => ({
    page: index + 1,
    isCurrent: index + 1 === current,
  }));
  return { parts: [...problems, { heading, isResult: true, subjects: shown }], pages };
}
