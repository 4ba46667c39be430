/**
 * The ring of ids: which machines this one tests by quick questions. All machines that are up
 * and answer quick questions stand in it, in the order of their ids; the last is followed by the first.
 */
import { RING_SUCCESSORS } from "../limits.ts";
import type { Peer } from "../peers/peer.ts";

/**
 * Whether the machine stands in the ring: it is up, has answered in this run, answers quick questions, and
 * has not said goodbye.
 */
export function isInRing(peer: Peer): boolean {
  const isUp = peer.state === "up" && !peer.isRecalled && peer.goodbye === undefined;
  return isUp && peer.protocol === 2 && peer.answersRing;
}

/** The machines that come next in the ring after this id: two, or fewer if there are no more. */
export function successorsOf(selfId: string, peers: Iterable<Peer>): readonly Peer[] {
  const nearest: Peer[] = [];
  for (const peer of peers) {
    const last = nearest[RING_SUCCESSORS - 1];
    // Compared first: of a thousand machines this leaves few to be looked at more closely.
    if (last !== undefined && !isSooner(peer.id, last.id, selfId)) continue;
    if (!isInRing(peer)) continue;
    const place = nearest.findIndex((other) => isSooner(peer.id, other.id, selfId));
    if (place >= 0) nearest.splice(place, 0, peer);
    else nearest.push(peer);
    if (nearest.length > RING_SUCCESSORS) nearest.pop();
  }
  return nearest;
}

/** Whether this peer is the last machine in the ring before that id. */
export function isRightBefore(selfId: string, peer: Peer, peers: Iterable<Peer>): boolean {
  if (!isInRing(peer)) return false;
  for (const other of peers) {
    const isBetween = other !== peer && isSooner(other.id, selfId, peer.id);
    if (isBetween && isInRing(other)) return false;
  }
  return true;
}

/** Whether the way round the ring from `start` meets `a` before `b`. */
function isSooner(a: string, b: string, start: string): boolean {
  const isAWrapped = a < start;
  const isBWrapped = b < start;
  return isAWrapped === isBWrapped ? a < b : isBWrapped;
}
