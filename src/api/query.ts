/** Reads the query parameters of the JSON interface: what is asked for, or which one is wrong. */
import { shownText } from "../base/shown-text.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import { ENTRY_STATES, type EntryQuery } from "../store/history-types.ts";
import type { Times } from "../view/times.ts";
import type { Detail } from "./types.ts";

export interface WrongParameter {
  readonly parameter: string;
  /** Names the value and the remedy. */
  readonly reason: string;
}

export interface EventQuery {
  readonly detail: Detail;
  /** The version that the reader holds. */
  readonly since?: number;
}

interface TimeContext {
  readonly times: Times;
  readonly nowMs: number;
}

/** More than one answer should hold: 1,000 whole reports are 3 MB. */
const MOST_ENTRIES = 1000;
const DEFAULT_ENTRIES = 144;
/** Seconds, to the millisecond. */
const FRESH = /^\d{1,6}(\.\d{1,3})?$/;
/** At most 15 digits, so that the number is exact. */
const VERSION = /^\d{1,15}$/;

export function readClusterQuery(
  parameters: URLSearchParams,
): { readonly detail: Detail } | WrongParameter {
  const unknown = unknownOf(parameters, ["report", "fresh"]);
  if (unknown !== undefined) return unknown;
  const fresh = parameters.get("fresh");
  if (fresh !== null && !FRESH.test(fresh)) {
    return wrong("fresh", fresh, "write an age in seconds, as in fresh=2");
  }
  const detail = readDetail(parameters);
  return typeof detail === "string" ? { detail } : detail;
}

/** The age in seconds that `?fresh=` asks for; `undefined` without it, or where it is no number. */
export function readFresh(parameters: URLSearchParams): number | undefined {
  const fresh = parameters.get("fresh");
  return fresh !== null && FRESH.test(fresh) ? Number(fresh) : undefined;
}

/** `lastEventId`: what a browser sends when it connects again; it is newer than `since`. */
export function readEventQuery(
  parameters: URLSearchParams,
  lastEventId: string | null,
): EventQuery | WrongParameter {
  const unknown = unknownOf(parameters, ["report", "since"]);
  if (unknown !== undefined) return unknown;
  const detail = readDetail(parameters);
  if (typeof detail !== "string") return detail;
  const since = parameters.get("since");
  if (since !== null && !VERSION.test(since)) {
    return wrong("since", since, "write the version of an event that came before");
  }
  const held = lastEventId !== null && VERSION.test(lastEventId) ? lastEventId : since;
  return withoutUndefined({ detail, since: held === null ? undefined : Number(held) });
}

/** A machine is asked for without parameters: any is wrong. */
export function readMachineQuery(parameters: URLSearchParams): WrongParameter | undefined {
  return unknownOf(parameters, []);
}

export function readEntryQuery(
  parameters: URLSearchParams,
  context: TimeContext,
): EntryQuery | WrongParameter {
  const unknown = unknownOf(parameters, ["limit", "before"]);
  if (unknown !== undefined) return unknown;
  const limit = parameters.get("limit") ?? String(DEFAULT_ENTRIES);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > MOST_ENTRIES) {
    return wrong("limit", limit, `write a number from 1 to ${MOST_ENTRIES}`);
  }
  const before = parameters.get("before");
  if (before === null) return { limit: Number(limit) };
  const cursor = readCursor(before, context);
  if (cursor !== undefined) return { limit: Number(limit), ...cursor };
  const remedy = "write a time as in an entry's at, 2026-11-24T03:10:00Z, or what next said";
  return wrong("before", before, remedy);
}

/** A time, or `TIME,STATE`: the last entry of the page before, as its `next` names it. */
function readCursor(text: string, { times, nowMs }: TimeContext) {
  const [, time = text, word] = /^(.*),(\w+)$/.exec(text) ?? [];
  const beforeWallMs = times.parse(time, nowMs);
  const beforeState = ENTRY_STATES.find((state) => state === word);
  if (beforeWallMs === undefined || (word !== undefined && beforeState === undefined)) {
    return undefined;
  }
  return withoutUndefined({ beforeWallMs, beforeState });
}

function readDetail(parameters: URLSearchParams): Detail | WrongParameter {
  const report = parameters.get("report");
  if (report === null) return "full";
  if (report === "summary" || report === "none") return report;
  return wrong("report", report, "use report=summary or report=none, or leave it out");
}

/** The first parameter that is not among `known`. */
function unknownOf(
  parameters: URLSearchParams,
  known: readonly string[],
): WrongParameter | undefined {
  const name = [...parameters.keys()].find((key) => !known.includes(key));
  if (name === undefined) return undefined;
  const parameter = shownText(name, 60);
  const remedy = known.length === 0 ? "there are none" : `known are ${known.join(", ")}`;
  return { parameter, reason: `there is no parameter ${parameter}; ${remedy}` };
}

function wrong(parameter: string, value: string, remedy: string): WrongParameter {
  return { parameter, reason: `${parameter}=${shownText(value, 60)}: ${remedy}` };
}
