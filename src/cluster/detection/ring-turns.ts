/**
 * The ring of ids, and which successor in it is tested when. All machines that are up and answer quick
 * questions stand in the ring, in the order of their ids; the last is followed by the first. Each of our
 * two successors is tested every 4 s, one 2 s after the other, and halfway between the turns of the other
 * machine that tests it.
 */
import { RING_PERIOD_MS, RING_STEER_MS, RING_SUCCESSORS, WAKE_SPREAD_MS } from "../limits.ts";
import type { Peer } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";

export class RingTurns {
  readonly #parts: Polling;
  /** The place of the successor whose turn was last. */
  #place = 0;
  #nextMs: number;
  /** Turns are steered once between two of them: a machine that asks all the time must not stop them. */
  #isSteered = false;

  constructor(parts: Polling) {
    this.#parts = parts;
    // Machines that start together must not ask together.
    this.#nextMs = parts.context.clock.deadlineMs + (RING_PERIOD_MS / 2) * parts.context.random();
  }

  nextMs(): number {
    return this.#nextMs;
  }

  /** Takes the turn that is due. Returns the successor that is to be tested, if there is one. */
  take(nowMs: number): Peer | undefined {
    const pauseMs = RING_PERIOD_MS / RING_SUCCESSORS;
    // Varied a little, so that no two machines go on forever at the same moments.
    this.#nextMs = nowMs + pauseMs * (0.98 + this.#parts.context.random() / 25);
    this.#place = (this.#place + 1) % RING_SUCCESSORS;
    this.#isSteered = false;
    return this.successors()[this.#place];
  }

  successors(): readonly Peer[] {
    return successorsOf(this.#parts.context.self.id, this.#parts.table.all());
  }

  /**
   * This machine was asked a quick question. The machine right before it in the ring tests our first
   * successor as well, half a period after it has tested us. If we test that successor at the moment when
   * we are tested ourselves, it is tested evenly.
   */
  steer(sender: Peer | undefined): void {
    if (sender === undefined || this.#isSteered) return;
    if (!isRightBefore(this.#parts.context.self.id, sender, this.#parts.table.all())) return;
    const nowMs = this.#parts.context.clock.deadlineMs;
    const isFirstNext = this.#place !== 0;
    const firstMs = this.#nextMs + (isFirstNext ? 0 : RING_PERIOD_MS / RING_SUCCESSORS);
    const lateMs = nearestZero(firstMs - nowMs, RING_PERIOD_MS);
    const shiftMs = Math.min(Math.max(-lateMs, -RING_STEER_MS), RING_STEER_MS);
    this.#nextMs = Math.max(nowMs, this.#nextMs + shiftMs);
    this.#isSteered = true;
  }

  /** This machine was suspended, and the network may not be there yet. */
  postpone(): void {
    this.#nextMs = this.#parts.context.clock.deadlineMs + WAKE_SPREAD_MS;
  }
}

/** `value` moved by whole periods until it lies within half a period of 0. Same unit as `period`. */
function nearestZero(value: number, period: number): number {
  return value - Math.round(value / period) * period;
}

/**
 * Whether the machine stands in the ring: it is up, has answered in this run, answers quick questions, and
 * has not said goodbye.
 */
export function isInRing(peer: Peer): boolean {
  const isUp = peer.state === "up" && !peer.isRecalled && peer.goodbye === undefined;
  return isUp && peer.protocol === 2 && peer.answersRing;
}

/** The machines that come next in the ring after this id: two, or fewer if there are no more. */
function successorsOf(selfId: string, peers: Iterable<Peer>): readonly Peer[] {
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
function isRightBefore(selfId: string, peer: Peer, peers: Iterable<Peer>): boolean {
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
