/** A machine as the readers of the core see it: plain data, made anew for each reading. */
import type { Writable } from "../../base/writable.ts";
import type { CoreClock } from "../core-clock.ts";
import type { Machine } from "../machine.ts";
import { type ShownReport, shownReport } from "./live-report.ts";
import { addressesOf, isQuiet, type Peer } from "./peer.ts";

/** Field by field, as it is made of all of a thousand machines for each reading. */
export function viewOfPeer(
  peer: Peer,
  options: {
    readonly clock: CoreClock;
    readonly isClone: boolean;
    readonly replacedBy?: string | undefined;
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
  return view;
}

function shownOfPeer(peer: Peer, clock: CoreClock): ShownReport | undefined {
  if (peer.report === undefined) return undefined;
  const interval = { report: peer.report, madeMs: peer.reportMadeMs };
  const { live } = peer;
  return shownReport({ interval, live, nowMs: clock.ageMs, isQuiet: isQuiet(peer) });
}

function seconds(ms: number): number {
  return Math.max(0, ms / 1000);
}
