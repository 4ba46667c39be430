/** An address that this machine speaks with: a candidate's, or one of a machine's. */
import type { Peer } from "./peer.ts";

export interface Contact {
  readonly address: string;
  /** The machine that last answered from here; none: a candidate. */
  peer: Peer | undefined;
  question: OpenQuestion | undefined;
  /** Questions sent here so far; every second one after the first may be bare. */
  asked: number;
  /** Of a candidate: a valid message has come from here, it was not only named by others. */
  hasSpoken: boolean;
  /** A question has come from here: a later one that knows nothing of us may be of a new start. */
  hasAsked: boolean;
  /** When protocol 1's `>` was last sent here (deadlines); a program of either kind answers it. */
  lastBareMs: number;
  /** When it was last asked for somebody who watches (deadlines). */
  lastWatchingMs: number;
  /** When the first answer of protocol 1 came since its machine was last heard (deadlines). */
  firstOldMs: number;
  /** Questions left of a probe (schedule.ts). */
  probesLeft: number;
}

/** What may be answered; on the clock of deadlines. */
export interface OpenQuestion {
  readonly number: number;
  readonly firstSentMs: number;
  lastSentMs: number;
  /** The JSON answer with this number has come: no second one counts. */
  isAnswered: boolean;
}

export function newContact(address: string): Contact {
  return {
    address,
    peer: undefined,
    question: undefined,
    asked: 0,
    hasSpoken: false,
    hasAsked: false,
    lastBareMs: Number.NEGATIVE_INFINITY,
    lastWatchingMs: Number.NEGATIVE_INFINITY,
    firstOldMs: Number.NEGATIVE_INFINITY,
    probesLeft: 0,
  };
}
