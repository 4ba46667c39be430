/** Writes the answers of the JSON interface: from what the daemon knows to the shapes of types.ts. */
import type { Machine, ReportTrouble } from "../cluster/machine.ts";
import type { Report } from "../protocol/report.ts";
import type { Entry } from "../store/history-types.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import type {
  ClusterJson,
  Detail,
  EntriesJson,
  EntryJson,
  EventJson,
  MachineJson,
} from "./types.ts";

/** The report without processes, users, messages and interfaces; their counts stay. */
export function summaryOf(report: Report): Report {
  const { processes: _p, users: _u, messages: _m, network, ...rest } = report;
  if (network === undefined) return rest;
  const { interfaces: _i, ...totals } = network;
  return { ...rest, network: totals };
}

/** Written for each of a thousand machines a second, so nothing is copied to leave out `undefined`. */
export function machineJson(machine: Machine, detail: Detail = "full"): MachineJson {
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
    lastHeardSeconds: toMilliseconds(machine.lastHeardSeconds),
    reportAgeSeconds: toMilliseconds(machine.reportAgeSeconds),
    isLive: machine.isLive,
    reportTrouble: machine.reportTrouble && troubleJson(machine.reportTrouble),
    clockOffsetSeconds: toMilliseconds(machine.clockOffsetSeconds),
    replaces: machine.replaces,
    report: reportIn(machine, detail),
  };
}

function troubleJson({ kind, sinceWallMs, reason }: ReportTrouble) {
  return { kind, since: isoTime(1000 * Math.floor(sinceWallMs / 1000)), reason };
}

export function clusterJson(view: ClusterView, detail: Detail): ClusterJson {
  return {
    self: view.selfId,
    network: view.network,
    isSealed: view.isSealed,
    updateSeconds: view.updateSeconds,
    generatedAt: isoTime(view.moment.wallMs),
    candidates: view.candidates,
    drops: view.drops,
    unsealedSenders: view.unsealedSenders,
    machines: view.machines.map((machine) => machineJson(machine, detail)),
  };
}

export interface EventContent {
  readonly version: number;
  readonly detail: Detail;
  /** The machines that have changed; `undefined`: all. */
  readonly ids: ReadonlySet<string> | undefined;
}

export function eventJson(view: ClusterView, { version, detail, ids }: EventContent): EventJson {
  const told = ids === undefined ? view.machines : view.machines.filter(({ id }) => ids.has(id));
  const there = new Set(told.map(({ id }) => id));
  return {
    version,
    machines: told.map((machine) => machineJson(machine, detail)),
    removed: [...(ids ?? [])].filter((id) => !there.has(id)),
  };
}

/** `entries`: one more than fit on the page, if there is one: it tells that a page follows. */
export function entriesJson(entries: readonly Entry[], limit: number): EntriesJson {
  const page = entries.slice(0, limit).map(entryJson);
  const last = entries.length > limit ? page.at(-1) : undefined;
  // An outage and a report may have one time, so the place in the list is both.
  return { entries: page, next: last && `${last.at},${last.state}` };
}

function entryJson(entry: Entry): EntryJson {
  const at = isoTime(entry.atWallMs);
  if (entry.state === "up") return { at, state: entry.state, report: entry.report };
  const { state, untilWallMs } = entry;
  return { at, state, until: untilWallMs === undefined ? undefined : isoTime(untilWallMs) };
}

function reportIn({ report }: Machine, detail: Detail): Report | undefined {
  if (report === undefined || detail === "none") return undefined;
  return detail === "summary" ? summaryOf(report) : report;
}

function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** Seconds, rounded to the millisecond: smaller digits are only the noise of a division. */
function toMilliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000) / 1000;
}
