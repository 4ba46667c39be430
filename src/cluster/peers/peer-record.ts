/** What is stored of a machine across restarts, and how a machine is made from it at the next start. */
import type { Writable } from "../../base/writable.ts";
import type { KnownMachine, MachineInfo } from "../../store/history-types.ts";
import type { CoreClock } from "../core-clock.ts";
import { addressesOf, Peer } from "./peer.ts";

/** A machine of an earlier run. Its ages come from the wall clock, the only clock both runs share. */
export function peerFromKnown(known: KnownMachine, clock: CoreClock): Peer {
  const sinceHeardMs = Math.max(0, clock.wallMs - known.lastHeardWallMs);
  const { id, protocol, addresses } = known;
  const peer = new Peer({ id, protocol, address: addresses[0] ?? "", clock });
  peer.isRecalled = true;
  peer.metMs = Number.NEGATIVE_INFINITY;
  peer.name = known.name;
  peer.state = known.state;
  peer.stateSinceWallMs = known.stateSinceWallMs;
  peer.heardMs = clock.ageMs - sinceHeardMs;
  peer.heardDeadlineMs = clock.deadlineMs - sinceHeardMs;
  peer.quietSinceMs = clock.deadlineMs - Math.max(0, clock.wallMs - known.stateSinceWallMs);
  peer.incarnation = known.incarnation;
  peer.sequence = known.sequence;
  peer.retiredIncarnations = (known.retiredIncarnations ?? []).map((incarnation) => {
    return { incarnation, atMs: clock.deadlineMs, proofs: 0 };
  });
  peer.httpPort = known.httpPort;
  if (known.report !== undefined) {
    peer.report = known.report;
    peer.reportAtWallMs = known.reportAtWallMs;
    const madeWallMs = known.reportAtWallMs ?? known.lastHeardWallMs;
    peer.reportMadeMs = clock.ageMs - Math.max(0, clock.wallMs - madeWallMs);
    const { updateSeconds } = known.report;
    if (updateSeconds !== undefined) peer.intervalMs = updateSeconds * 1000;
  }
  return peer;
}

/** Field by field, as it is made at each change of each of a thousand machines. */
export function knownFromPeer(peer: Peer, clock: CoreClock): MachineInfo {
  const known: Writable<MachineInfo> = {
    id: peer.id,
    name: peer.name,
    addresses: addressesOf(peer),
    protocol: peer.protocol,
    state: peer.state,
    stateSinceWallMs: peer.stateSinceWallMs,
    lastHeardWallMs: clock.wallAt(peer.heardMs),
  };
  if (peer.httpPort !== undefined) known.httpPort = peer.httpPort;
  if (peer.incarnation !== undefined) known.incarnation = peer.incarnation;
  if (peer.sequence !== undefined) known.sequence = peer.sequence;
  if (peer.retiredIncarnations.length > 0)
    known.retiredIncarnations = peer.retiredIncarnations.map(({ incarnation }) => incarnation);
  if (peer.reportAtWallMs !== undefined) known.reportAtWallMs = peer.reportAtWallMs;
  return known;
}
