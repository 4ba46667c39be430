/** A machine as the readers of the core see it: plain data, made anew for each reading. */
import type { Writable } from "../../base/writable.ts";
import type { CoreClock } from "../core-clock.ts";
import { DOWN_INTERVALS, MIN_DOWN_MS } from "../limits.ts";
import type { Machine, ReportTrouble } from "../machine.ts";
import { shownReport } from "./live-report.ts";
import { addressesOf, isDownOrStopped, isQuiet, type Peer } from "./peer.ts";
import { silenceIntervalMs } from "./v1-reports.ts";

/** Field by field, as it is made of all of a thousand machines for each reading. */
export function viewOfPeer(
  peer: Peer,
  options: {
    readonly clock: CoreClock;
    readonly isClone: boolean;
    readonly replacedBy?: string | undefined;
    /** Our own interval. */
    readonly intervalMs: number;
  },
): Machine {
  const { clock, isClone, replacedBy } = options;
  const view: Writable<Machine> = {
    id: peer.id,
    name: peer.name,
    address: peer.address,
    addresses: addressesOf(peer),
    state: peer.state,
    stateSinceWallMs: peer.stateSinceWallMs,
    isSelf: false,
    protocol: peer.protocol,
    tags: peer.report?.tags ?? [],
    lastHeardSeconds: seconds(clock.ageMs - peer.heardMs),
    unanswered: peer.unanswered,
    isClone,
  };
  if (replacedBy !== undefined) view.replacedBy = replacedBy;
  if (peer.httpPort !== undefined) view.httpPort = peer.httpPort;
  if (peer.incarnation !== undefined) view.incarnation = peer.incarnation;
  if (peer.sequence !== undefined) view.sequence = peer.sequence;
  if (peer.clockOffsetSeconds !== undefined) view.clockOffsetSeconds = peer.clockOffsetSeconds;
  const shown = shownOfPeer(peer, clock);
  if (shown !== undefined) {
    view.report = shown.report;
    view.reportAgeSeconds = seconds(clock.ageMs - shown.madeMs);
    if (shown.isLive) view.isLive = true;
  }
  const trouble = reportTroubleOf(peer, shown, options);
  if (trouble !== undefined) view.reportTrouble = trouble;
  return view;
}

/** A report is overdue when it is as old as the last word of a machine that is called down. */
function reportTroubleOf(
  peer: Peer,
  shown: ReturnType<typeof shownOfPeer>,
  { clock, intervalMs }: { readonly clock: CoreClock; readonly intervalMs: number },
): ReportTrouble | undefined {
  if (isDownOrStopped(peer)) return undefined;
  const refused = peer.protocol === 1 ? peer.contacts[0]?.refused : undefined;
  if (refused !== undefined) return { kind: "refused", ...refused };
  if (peer.state !== "up" || shown === undefined) return undefined;
  const dueMs =
    DOWN_INTERVALS * Math.max(silenceIntervalMs(peer, intervalMs), peer.intervalMs ?? 0);
  if (clock.ageMs - shown.madeMs < Math.max(dueMs, MIN_DOWN_MS)) return undefined;
  return { kind: "overdue", sinceWallMs: Math.round(clock.wallAt(shown.madeMs)) };
}

function shownOfPeer(peer: Peer, clock: CoreClock) {
  if (peer.report === undefined) return undefined;
  const interval = { report: peer.report, madeMs: peer.reportMadeMs };
  const { live } = peer;
  return shownReport({ interval, live, nowMs: clock.ageMs, isQuiet: isQuiet(peer) });
}

function seconds(ms: number): number {
  return Math.max(0, ms / 1000);
}
