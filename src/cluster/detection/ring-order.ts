/**
 * The ring of ids (design 6.6): whom this machine watches closely. All machines that are up and
 * answer quick questions stand in it, in the order of their keys; the last is followed by the first.
 */
import { RING_SUCCESSORS } from "../limits.ts";
import type { Peer } from "../peers/peer.ts";

/**
 * Whether a machine can be liveDemand so: it is up, has said that it answers quick questions, has
 * done so in this run of ours, and is not about to leave.
 */
export function isInRing(peer: Peer): boolean {
  const isUp = peer.state === "up" && !peer.isRecalled && peer.goodbye === undefined;
  return isUp && peer.protocol === 2 && peer.answersRing;
}

/** The machines that come next in the ring after this key; fewer where there are not so many. */
export function successorsOf(selfKey: string, peers: Iterable<Peer>): readonly Peer[] {
  const nearest: Peer[] = [];
  for (const peer of peers) {
    const last = nearest[RING_SUCCESSORS - 1];
    if (last !== undefined && !isSooner(peer.id, last.id, selfKey)) continue;
    if (!isInRing(peer)) continue;
    const place = nearest.findIndex((other) => isSooner(peer.id, other.id, selfKey));
    if (place >= 0) nearest.splice(place, 0, peer);
    else nearest.push(peer);
    if (nearest.length > RING_SUCCESSORS) nearest.pop();
  }
  return nearest;
}

/** Whether this machine is the last one in the ring before that key. */
export function isRightBefore(selfKey: string, peer: Peer, peers: Iterable<Peer>): boolean {
  if (!isInRing(peer)) return false;
  for (const other of peers) {
    const isBetween = other !== peer && isSooner(other.id, selfKey, peer.id);
    if (isBetween && isInRing(other)) return false;
  }
  return true;
}

/** Whether the way round from `start` meets `a` before `b`. */
function isSooner(a: string, b: string, start: string): boolean {
  const isAWrapped = a < start;
  const isBWrapped = b < start;
  return isAWrapped === isBWrapped ? a < b : isBWrapped;
}
