/**
 * The JSON interface, in the shapes of the documentation: times are ISO 8601 in UTC, what is
 * unknown is absent.
 */

import { shownText } from "../base/shown-text.ts";
import type { Machine } from "../cluster/machine.ts";
import type { EventQuery } from "../http/events.ts";
import type { Report } from "../protocol/report.ts";
import type { Entry, EntryQuery } from "../store/kept.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import type { Times } from "../view/times.ts";

/** Leaves out what is long: processes, users, messages, interfaces. The counts stay. */
export function summaryOf(report: Report): Report {
  const { processes: _p, users: _u, messages: _m, network, ...rest } = report;
  if (network === undefined) return rest;
  const { interfaces: _i, ...totals } = network;
  return { ...rest, network: totals };
}

/** Seconds to the millisecond: what lies below is the noise of a division. */
function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000) / 1000;
}

/**
 * How much is told of a machine: all, the report without its lists, or who and how it is alone,
 * for who asks for the rest when it has changed.
 */
export type Detail = "full" | "summary" | "none";

function reportIn(machine: Machine, detail: Detail): Report | undefined {
  const { report } = machine;
  if (report === undefined || detail === "none") return undefined;
  return detail === "summary" ? summaryOf(report) : report;
}

export function machineJson(machine: Machine, detail: Detail = "full") {
  return {
    id: machine.id,
    name: machine.name,
    address: machine.address,
    addresses: machine.addresses,
    state: machine.state,
    isSelf: machine.isSelf,
    protocol: machine.protocol,
    httpPort: machine.httpPort,
    tags: machine.tags,
    lastHeardSeconds: milliseconds(machine.lastHeardSeconds),
    reportAgeSeconds: milliseconds(machine.reportAgeSeconds),
    isLive: machine.isLive,
    clockOffsetSeconds: milliseconds(machine.clockOffsetSeconds),
    report: reportIn(machine, detail),
  };
}

export function clusterJson(view: ClusterView, detail: Detail): string {
  return JSON.stringify({
    self: view.selfId,
    network: view.network,
    isSealed: view.isSealed,
    updateSeconds: view.updateSeconds,
    generatedAt: new Date(view.moment.wallMs).toISOString(),
    candidates: view.candidates,
    drops: view.drops,
    machines: view.machines.map((machine) => machineJson(machine, detail)),
  });
}

/** An outage has no report, and `until` once it is over. */
function entryJson(entry: Entry) {
  const at = new Date(entry.atWallMs).toISOString();
  if (entry.state === "up") return { at, state: entry.state, report: entry.report };
  const until = entry.untilWallMs;
  return {
    at,
    state: entry.state,
    until: until === undefined ? undefined : new Date(until).toISOString(),
  };
}

export function entriesJson(entries: readonly Entry[]): string {
  return JSON.stringify({ entries: entries.map(entryJson) });
}

/** A wrong parameter, or a thing that is not there. */
export function errorJson(error: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ error, ...more });
}

export interface WrongParameter {
  readonly parameter: string;
  readonly reason: string;
}

/** More than one answer should hold: 1,000 whole reports are 3 MB. */
const MOST_ENTRIES = 1000;
const DEFAULT_ENTRIES = 144;

function wrong(parameter: string, value: string, remedy: string): WrongParameter {
  return { parameter, reason: `${parameter}=${shownText(value, 60)}: ${remedy}` };
}

/** The first parameter that is not among `known`. */
function unknownOf(
  parameters: URLSearchParams,
  known: readonly string[],
): WrongParameter | undefined {
  for (const name of parameters.keys()) {
    if (known.includes(name)) continue;
    const parameter = shownText(name, 60);
    const remedy = known.length === 0 ? "there are none" : `known are ${known.join(", ")}`;
    return { parameter, reason: `there is no parameter ${parameter}; ${remedy}` };
  }
  return undefined;
}

/** The age in seconds that is asked for; `undefined` without one, or where it is no number. */
export function readFresh(parameters: URLSearchParams): number | undefined {
  const fresh = parameters.get("fresh");
  return fresh !== null && FRESH.test(fresh) ? Number(fresh) : undefined;
}

/** Seconds, to the millisecond. */
const FRESH = /^\d{1,6}(\.\d{1,3})?$/;

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
  return held === null ? { detail } : { detail, since: Number(held) };
}

/** Exact as a number. */
const VERSION = /^\d{1,15}$/;

function readDetail(parameters: URLSearchParams): Detail | WrongParameter {
  const report = parameters.get("report");
  if (report === null) return "full";
  if (report === "summary" || report === "none") return report;
  return wrong("report", report, "use report=summary or report=none, or leave it out");
}

export function readMachineQuery(parameters: URLSearchParams): WrongParameter | undefined {
  return unknownOf(parameters, []);
}

export function readEntryQuery(
  parameters: URLSearchParams,
  context: { readonly times: Times; readonly nowMs: number },
): EntryQuery | WrongParameter {
  const unknown = unknownOf(parameters, ["limit", "before"]);
  if (unknown !== undefined) return unknown;
  const limit = parameters.get("limit") ?? String(DEFAULT_ENTRIES);
  if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > MOST_ENTRIES) {
    return wrong("limit", limit, `write a number from 1 to ${MOST_ENTRIES}`);
  }
  const before = parameters.get("before");
  if (before === null) return { limit: Number(limit) };
  const beforeWallMs = context.times.parse(before, context.nowMs);
  if (beforeWallMs === undefined) {
    return wrong("before", before, "write a time as in an entry's at, 2026-11-24T03:10:00Z");
  }
  return { limit: Number(limit), beforeWallMs };
}
