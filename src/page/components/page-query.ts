/**
 * The query of the cluster page: `?sort=`, `?filter=`, `?tag=`, `?by=user`, `?at=`, `?open=`,
 * `?page=`. A value that is not understood costs a notice, never an error.
 */
import { SENTENCE_LENGTH, shownText, withoutInvisible } from "../../base/shown-text.ts";
import { encodeReadably } from "../../view/machine-href.ts";
import { SORT_KEYS, type SortKey } from "../../view/sorting.ts";
import type { Times } from "../../view/times.ts";

/** The parameters in the order in which links write them. */
const PARAMETERS = ["by", "tag", "filter", "sort", "at", "open", "page"] as const;
export type Parameter = (typeof PARAMETERS)[number];

/** Characters: longer than anything one would type. The rest is cut, with a notice. */
const LONGEST_VALUE = 200;

export interface PageQuery {
  /** The values as given, for links that change one of them and keep the others. */
  readonly raw: Readonly<Partial<Record<Parameter, string>>>;
  readonly sort: SortKey;
  readonly isDescending: boolean;
  readonly filter: string;
  readonly tag?: string | undefined;
  readonly byUser: boolean;
  /** The time that the table shows, ms; undefined: now. */
  readonly atWallMs?: number | undefined;
  /** The entry that is opened below its row. */
  readonly open?: { readonly slug: string; readonly atWallMs: number } | undefined;
  /** The first page is 1. */
  readonly page: number;
  /** Sentences about values that were not understood or were cut. */
  readonly notices: readonly string[];
}

interface ReadContext {
  readonly times: Times;
  readonly nowMs: number;
}

const TIME_FORMS = "03:10 or 2026-11-24T03:10";

function quoted(value: string): string {
  return `“${shownText(value, 60)}”`;
}

function readSort(value: string, notices: string[]): Pick<PageQuery, "sort" | "isDescending"> {
  const isDescending = value.startsWith("-");
  const name = isDescending ? value.slice(1) : value;
  const sort = SORT_KEYS.find((key) => key === name);
  if (sort !== undefined) return { sort, isDescending };
  notices.push(`There is no column ${quoted(name)} to sort by: use ${SORT_KEYS.join(", ")}.`);
  return { sort: "machine", isDescending: false };
}

function readTime(value: string, context: ReadContext, notices: string[]): number | undefined {
  const atWallMs = context.times.parse(value, context.nowMs);
  if (atWallMs === undefined) {
    notices.push(`${quoted(value)} is not a valid time: write it as ${TIME_FORMS}.`);
  } else if (atWallMs > context.nowMs) {
    notices.push(`${quoted(value)} is in the future; showing now.`);
    return undefined;
  }
  return atWallMs;
}

function readOpen(value: string, context: ReadContext, notices: string[]): PageQuery["open"] {
  const split = value.lastIndexOf("@");
  if (split <= 0) {
    notices.push(`${quoted(value)} is not an entry: write it as MACHINE@TIME, as in node02@03:10.`);
    return undefined;
  }
  const atWallMs = readTime(value.slice(split + 1), context, notices);
  return atWallMs === undefined ? undefined : { slug: value.slice(0, split), atWallMs };
}

function readPage(value: string, notices: string[]): number {
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value);
  notices.push(`${quoted(value)} is not a page number.`);
  return 1;
}

/** `nowMs`: the serving machine's wall clock; a bare `03:10` means the latest one before it. */
export function parsePageQuery(parameters: URLSearchParams, context: ReadContext): PageQuery {
  const notices: string[] = [];
  const raw: Partial<Record<Parameter, string>> = {};
  for (const name of PARAMETERS) {
    const value = parameters.get(name)?.trim();
    if (value === undefined || value === "") continue;
    raw[name] = withoutInvisible(value.slice(0, LONGEST_VALUE));
    if (value.length > LONGEST_VALUE)
      notices.push(`${name} was cut to ${LONGEST_VALUE} characters.`);
  }
  if (raw.by !== undefined && raw.by !== "user") {
    notices.push(`There is no page by ${quoted(raw.by)}: use by=user.`);
    delete raw.by;
  }
  const open = raw.open === undefined ? undefined : readOpen(raw.open, context, notices);
  if (open === undefined) delete raw.open;
  const atWallMs = raw.at === undefined ? undefined : readTime(raw.at, context, notices);
  if (atWallMs === undefined) delete raw.at;
  return {
    raw,
    ...readSort(raw.sort ?? "machine", notices),
    filter: raw.filter ?? "",
    tag: raw.tag,
    byUser: raw.by === "user",
    atWallMs,
    open,
    page: readPage(raw.page ?? "1", notices),
    notices: notices.map((notice) => shownText(notice, SENTENCE_LENGTH)),
  };
}

export type Changes = Readonly<Partial<Record<Parameter, string | undefined>>>;

/** A link to `/` that keeps the query except for `changes`; `undefined` removes a parameter. */
export function hrefWith(raw: PageQuery["raw"], changes: Changes): string {
  const merged: Changes = { ...raw, ...changes };
  const pairs: string[] = [];
  for (const name of PARAMETERS) {
    const value = merged[name];
    if (value !== undefined) pairs.push(`${name}=${encodeReadably(value)}`);
  }
  return pairs.length === 0 ? "/" : `/?${pairs.join("&")}`;
}
